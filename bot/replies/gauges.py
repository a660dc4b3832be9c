"""Pictures of the worker: functions from what it measured to PNG bytes. As slow as `figures`: not on the loop."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal, Self

from matplotlib.axes import Axes

from bot.replies.figures import BACKGROUND, MOST_BARS, OTHER, TEXT, TRACK, bar_chart, canvas, duration, png, shortened
from bot.tasks import find
from bot.worker.door import LoadedModel, Pass, Served

MOST_MODELS = 6
"""Models that are named; what the rest take is drawn as one."""

_FAINT, _WAIT, _RUN = "#b5bac1", "#f0b232", OTHER
_COLOURS = ("#8f96e8", "#f0b232", "#43b581", "#e58fc0", "#56c5e9", "#e8845a", "#80848e")
_TICKS = {0.001: "1 ms", 0.01: "10 ms", 0.1: "0.1 s", 1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the memory."""

    name: str
    about: str
    bytes: int
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds that half of the requests stay within, and seconds that 95 of 100 do."""

    half: float
    most: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Self:
        return cls(median(seconds), sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1])


def queue(waiting: Mapping[str, int]) -> bytes:
    """A bar a task, the longest queue on top, at most `MOST_BARS`. Somebody waits."""
    rows = _queues(waiting)
    return bar_chart([(command, count / rows[0][1], str(count)) for command, count in rows])


def describe_queue(waiting: Mapping[str, int]) -> str:
    return "Waiting now: " + ", ".join(f"{command} {count}" for command, count in _queues(waiting))


def times(served: Sequence[Served]) -> bytes:
    """Two lines a task, of its waits and its runs, from the median to the 95th percentile; at most `MOST_BARS` tasks.

    Something was served. The scale is logarithmic, so that milliseconds are seen beside minutes.
    """
    rows = _spreads(served)
    seconds = [value for _, waited, ran in rows for value in (waited.half, waited.most, ran.half, ran.most)]
    low, high, ticks = _scale(min(seconds), max(seconds))
    left, right = 0.06 + 0.0175 * max(len(command) for command, _, _ in rows), 0.66

    def place(value: float) -> float:
        return left + (right - left) * math.log(min(max(value, low), high) / low) / math.log(high / low)

    figure, axes = canvas(0.9 + 0.66 * len(rows))
    bottom = 0.5 + 0.66 * len(rows)
    for tick in ticks:
        axes.plot([place(tick)] * 2, [0.45, bottom], color=TRACK, linewidth=1.5)
        _write(axes, place(tick), bottom + 0.17, _TICKS[tick], "center", faint=True)
    axes.plot(left, 0.24, "o", color=_WAIT, markersize=8)
    _write(axes, left + 0.025, 0.24, "waits")
    axes.plot(left + 0.16, 0.24, "D", color=_RUN, markersize=8)
    _write(axes, left + 0.185, 0.24, "runs")
    _write(axes, 0.98, 0.24, "median → 95%", "right", faint=True)
    for row, (command, waited, ran) in enumerate(rows):
        middle = 0.79 + 0.66 * row
        _write(axes, left - 0.03, middle, command, "right")
        for y, spread, colour, marker in ((middle - 0.14, waited, _WAIT, "o"), (middle + 0.14, ran, _RUN, "D")):
            axes.plot([place(spread.half), place(spread.most)], [y, y], color=colour, linewidth=4)
            axes.plot(place(spread.most), y, "|", color=colour, markersize=11, markeredgewidth=3)
            axes.plot(place(spread.half), y, marker, color=colour, markersize=8)
            _write(axes, 0.98, y, f"{duration(spread.half)} → {duration(spread.most)}", "right")
    return png(figure)


def describe_times(served: Sequence[Served]) -> str:
    def words(spread: Spread) -> str:
        return f"{duration(spread.half)} (95%: {duration(spread.most)})"

    return "Median times, and what 95% stay within: " + "; ".join(
        f"{command} waits {words(waited)}, runs {words(ran)}" for command, waited, ran in _spreads(served)
    )


def batches(passes: Sequence[Pass]) -> bytes:
    """How many passes had how many rows. There was one."""
    steps = _steps(passes)
    most = max(count for _, count in steps)
    figure, axes = canvas(2.7)
    for number, (rows, count) in enumerate(steps):
        x, height = (number + 0.5) / len(steps), 1.5 * count / most
        axes.bar(x, -height, bottom=2.0, width=0.72 / len(steps), color=OTHER)
        _write(axes, x, 1.83 - height, f"{count:,}", "center")
        _write(axes, x, 2.18, rows, "center")
    axes.plot([0.02, 0.98], [2.0, 2.0], color=TRACK, linewidth=2)
    _write(axes, 0.5, 2.48, "rows in a pass", "center", faint=True)
    return png(figure)


def describe_batches(passes: Sequence[Pass]) -> str:
    return "Passes by their rows: " + ", ".join(f"{count} had {rows}" for rows, count in _steps(passes) if count)


def models(loaded: Sequence[LoadedModel], budget: int) -> bytes:
    """What each model takes of the budget, the largest first; pinned ones are hatched. Something is loaded."""
    parts = _parts(loaded, budget)
    scale = 0.94 / sum(part.bytes for part in parts)
    figure, axes = canvas(0.85 + 0.56 * len(parts))
    x = 0.03
    for number, (part, colour) in enumerate(zip(parts, [*_COLOURS[: len(parts) - 1], TRACK], strict=True), start=1):
        width, y = part.bytes * scale, 0.46 + 0.56 * number
        hatch = "///" if part.pinned else None
        axes.barh(0.4, width, left=x, height=0.5, color=colour, edgecolor=BACKGROUND, linewidth=2, hatch=hatch)
        axes.barh(y, 0.05, left=0.03, height=0.3, color=colour, edgecolor=BACKGROUND, linewidth=0, hatch=hatch)
        _write(axes, 0.11, y - 0.12, part.name)
        _write(axes, 0.11, y + 0.12, part.about, faint=True)
        _write(axes, 0.97, y, size(part.bytes), "right")
        x += width
    return png(figure)


def describe_models(loaded: Sequence[LoadedModel], budget: int) -> str:
    return "Memory: " + ", ".join(f"{part.name} ({part.about}) {size(part.bytes)}" for part in _parts(loaded, budget))


def size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{math.ceil(count / 1e6)} MB"


def _queues(waiting: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(_command(task), count) for task, count in Counter(waiting).most_common(MOST_BARS)]


def _spreads(served: Sequence[Served]) -> list[tuple[str, Spread, Spread]]:
    """Waits and runs by command, of the tasks that were asked most."""
    tasks = Counter(it.task for it in served).most_common(MOST_BARS)
    return [
        (
            _command(task),
            Spread.of([it.waited for it in served if it.task == task]),
            Spread.of([it.ran for it in served if it.task == task]),
        )
        for task, _ in tasks
    ]


def _scale(least: float, most: float) -> tuple[float, float, list[float]]:
    """Where an axis that shows `least` and `most` begins and ends, and its ticks."""
    low = max((tick for tick in list(_TICKS)[:-1] if tick <= least), default=min(_TICKS))
    high = next((tick for tick in _TICKS if tick > low and tick >= most), max(_TICKS))
    ticks = [tick for tick in _TICKS if low <= tick <= high]
    return low, high, ticks if len(ticks) < 6 else ticks[::2]


def _steps(passes: Sequence[Pass]) -> list[tuple[str, int]]:
    """Numbers of rows in steps, each twice the last or, for large batches, four times; and how many passes had them."""
    most = max(it.rows for it in passes)
    ends = [1]
    while ends[-1] < max(most, 8):
        ends.append(ends[-1] * (2 if most <= 64 else 4))
    counts = Counter(bisect_left(ends, it.rows) for it in passes)
    names = ["1", *(str(end) if end == last + 1 else f"{last + 1}–{end}" for last, end in pairwise(ends))]
    return [(name, counts[step]) for step, name in enumerate(names)]


def _parts(loaded: Sequence[LoadedModel], budget: int) -> list[_Part]:
    """The largest models by name, the rest as one, and what is free."""
    ordered = sorted(loaded, key=lambda model: model.bytes, reverse=True)
    parts = [
        _Part(_name(model), _command(model.task) + (", pinned" if model.pinned else ""), model.bytes, model.pinned)
        for model in ordered[:MOST_MODELS]
    ]
    if rest := ordered[MOST_MODELS:]:
        parts.append(_Part(f"{len(rest)} more", "smaller ones", sum(model.bytes for model in rest)))
    free = max(0, budget - sum(model.bytes for model in loaded))
    return [*parts, _Part("free", f"of {size(budget)}", free)]


def _name(model: LoadedModel) -> str:
    # Whose model it is would take the room of what it is called.
    return shortened(" ".join(model.model.rpartition("/")[2].split()))


def _command(task: str) -> str:
    return f"/{find(task).command}"


def _write(
    axes: Axes, x: float, y: float, text: str, side: Literal["left", "center", "right"] = "left", *, faint: bool = False
) -> None:
    colour, points = (_FAINT, 11) if faint else (TEXT, 13)
    axes.text(x, y, text, color=colour, ha=side, va="center", fontsize=points, parse_math=False)
