"""Pictures of answers: functions from an answer to PNG bytes. Each takes tens of milliseconds, so not on the loop."""

import io
import warnings

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.answers import Scores

# A label in a script that the font lacks is drawn as boxes; the warning would put its letters into the log.
warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)

MOST_BARS = 12
_LONGEST = 26
_BACKGROUND, _TRACK, _TEXT, _BEST, _OTHER = "#2b2d31", "#3a3c42", "#f2f3f5", "#5865f2", "#8f96e8"


def bars(scores: Scores) -> bytes:
    """A bar a label, best on top, at most `MOST_BARS`; on Discord's dark grey, readable in its light theme too."""
    shown = scores.scores[:MOST_BARS]
    labels = [item.label if len(item.label) <= _LONGEST else item.label[: _LONGEST - 1] + "…" for item in shown]
    figure = Figure(figsize=(6.4, 0.2 + 0.42 * len(shown)), dpi=150, facecolor=_BACKGROUND)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(shown) - 0.26, -0.74)
    # Labels take what the longest needs, at about 1.45% of the width a character.
    left, right = 0.05 + 0.0145 * max(map(len, labels)), 0.87
    for row, (label, item) in enumerate(zip(labels, shown, strict=True)):
        strength = min(max(item.score, 0.0), 1.0)
        axes.text(left - 0.02, row, label, color=_TEXT, ha="right", va="center", fontsize=11, parse_math=False)
        axes.barh(row, right - left, left=left, height=0.56, color=_TRACK)
        axes.barh(row, (right - left) * strength, left=left, height=0.56, color=_BEST if row == 0 else _OTHER)
        axes.text(right + 0.02, row, percent(item.score), color=_TEXT, ha="left", va="center", fontsize=11)
    png = io.BytesIO()
    figure.savefig(png, format="png", facecolor=_BACKGROUND)
    return png.getvalue()


def describe_bars(scores: Scores) -> str:
    """The same in words, for those who don't see the picture."""
    shown = scores.scores[:MOST_BARS]
    return "Bar chart: " + ", ".join(f"{item.label} {percent(item.score)}" for item in shown)


def percent(score: float) -> str:
    return f"{score:.0%}" if 0.005 <= score <= 0.995 or score in {0.0, 1.0} else f"{score:.1%}"
