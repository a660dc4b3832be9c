"""Pictures of answers: functions from an answer to PNG bytes. Each takes tens of milliseconds, so not on the loop."""

import io
import warnings
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.answers import Scores
from bot.replies.lettering import cut, font

# A label in a script that the font lacks is drawn as boxes; the warning would put its letters into the log.
warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)

MOST_BARS = 12
_LONGEST = 26
BACKGROUND, TRACK, TEXT, FAINT, BEST, OTHER = "#2b2d31", "#3a3c42", "#f2f3f5", "#b5bac1", "#5865f2", "#8f96e8"


def bars(scores: Scores) -> bytes:
    """A bar a label, best on top, at most `MOST_BARS`."""
    shown = scores.scores[:MOST_BARS]
    return bar_chart([(item.label, min(max(0.0, item.score), 1.0), percent(item.score)) for item in shown])


def describe_bars(scores: Scores) -> str:
    """The same in words, for those who don't see the picture."""
    shown = scores.scores[:MOST_BARS]
    return "Bar chart: " + ", ".join(f"{item.label} {percent(item.score)}" for item in shown)


def bar_chart(rows: Sequence[tuple[str, float, str]]) -> bytes:
    """A bar a row: its label, how long it is from 0 to 1, and what stands behind it."""
    labels = [cut(shortened(label), font(23), 420) for label, _, _ in rows]
    figure, axes = canvas(0.2 + 0.42 * len(rows))
    axes.set_ylim(len(rows) - 0.26, -0.74)
    # Labels take what the longest needs; the canvas is 960 pixels wide, and 11 points are 23 of them high.
    left, right = 0.05 + max(map(font(23).getlength, labels)) / 960, 0.87
    for row, (label, (_, share, value)) in enumerate(zip(labels, rows, strict=True)):
        axes.text(left - 0.02, row, label, color=TEXT, ha="right", va="center", fontsize=11, parse_math=False)
        axes.barh(row, right - left, left=left, height=0.56, color=TRACK)
        axes.barh(row, (right - left) * share, left=left, height=0.56, color=BEST if row == 0 else OTHER)
        axes.text(right + 0.02, row, value, color=TEXT, ha="left", va="center", fontsize=11)
    return png(figure)


def canvas(height: float) -> tuple[Figure, Axes]:
    """Room to draw, from 0 to 1 across the card and `height` inches down.

    On Discord's dark grey, readable in its light theme too.
    """
    figure = Figure(figsize=(6.4, height), dpi=150, facecolor=BACKGROUND)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(height, 0)
    return figure, axes


def png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", facecolor=BACKGROUND)
    return file.getvalue()


def shortened(label: str) -> str:
    """`label` on one line, of a length that leaves room beside it."""
    flat = " ".join(label.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"


def percent(score: float) -> str:
    return f"{score:.0%}" if 0.005 <= score <= 0.995 or score in {0.0, 1.0} else f"{score:.1%}"


def duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min"
