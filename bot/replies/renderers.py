"""What an answer looks like: one renderer a kind of answer."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import discord

from bot.answers import Answer, Scores, Span, Spans, Text
from bot.replies import figures
from bot.replies.split import Size, split
from bot.replies.text import escaped, markdown, plain
from bot.tasks import Task

ROOM = Size(2400, 5500)
"""What an answer's text may take of a card: Discord allows 4,000 characters and about 10,000 bytes in all."""

AROUND = 350
"""Characters of the text shown before and after a place in it."""

_SIGNS = ("🟦", "🟩", "🟧", "🟪", "🟨", "🟥", "🟫", "⬜")
_LABELS = {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "other", "GPE": "place", "DATE": "date"}

Item = discord.ui.Item[discord.ui.LayoutView]


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer's text, what stands below it, and the files that both refer to."""

    text: str
    items: tuple[Item, ...] = ()
    files: tuple[discord.File, ...] = ()


def render(task: Task, answer: Answer) -> Rendered:
    """Draws, so it takes tens of milliseconds: not on the event loop."""
    return _RENDERERS[type(answer)](task, answer)


def picture(name: str, png: bytes, description: str) -> tuple[tuple[Item, ...], tuple[discord.File, ...]]:
    """A picture as wide as the card, and its file; `description` is for those who don't see it."""
    file = discord.File(io.BytesIO(png), filename=name, description=description[:1024])
    gallery: discord.ui.MediaGallery[discord.ui.LayoutView] = discord.ui.MediaGallery(
        discord.MediaGalleryItem(file, description=file.description)
    )
    return (gallery,), (file,)


def _scores(_task: Task, answer: Scores) -> Rendered:
    best = answer.scores[0]
    drawn = picture("scores.png", figures.bars(answer), figures.describe_bars(answer))
    text = f"**{plain(best.label, 80)}** · {figures.percent(best.score)}"
    if (hidden := len(answer.scores) - figures.MOST_BARS) > 0:
        text += f"\n-# The {figures.MOST_BARS} best are drawn; {hidden} more scored less."
    return Rendered(text, *drawn)


def _text(task: Task, answer: Text) -> Rendered:
    shown = markdown(answer.text).strip()
    if not shown:
        return Rendered(f"*{task.nothing}*")
    if ROOM.holds(shown):
        return Rendered(shown)
    beginning = split(shown, Size(ROOM.characters - 60, ROOM.bytes - 60))[0]
    whole = _file(f"{task.command}.txt", answer.text, "The whole text")
    return Rendered(f"{beginning}\n-# …and so on: the whole text is in the file.", *_attached(whole))


def _spans(task: Task, answer: Spans) -> Rendered:
    if not answer.spans:
        return Rendered(f"*{task.nothing}*")
    return _labelled(task, answer) if any(span.label for span in answer.spans) else _places(answer)


def _labelled(task: Task, answer: Spans) -> Rendered:
    """The text with its spans marked, and a legend."""
    counts = Counter(span.label for span in answer.spans)
    signs = {label: _SIGNS[min(n, len(_SIGNS) - 1)] for n, (label, _) in enumerate(counts.most_common())}
    legend = " · ".join(
        f"{signs[label]} {plain(_name(label), 40)} ({count})" for label, count in counts.most_common(12)
    )
    room = Size(ROOM.characters - len(legend) - 80, ROOM.bytes - len(legend.encode()) - 80)
    marked, place = "", 0
    for number, span in enumerate(answer.spans):
        following = f"{escaped(answer.text[place : span.start])}{signs[span.label]} **{_shown(answer, span)}**"
        if not room.holds(marked + following):
            told = f"-# The first {number} of {len(answer.spans)} are shown; the file has them all."
            return Rendered(f"{marked} …\n\n{legend}\n{told}", *_attached(_table(task, answer)))
        marked, place = marked + following, span.end
    rest = escaped(answer.text[place:])
    marked += rest if room.holds(marked + rest) else " …"
    return Rendered(f"{marked.strip()}\n\n{legend}")


def _places(answer: Spans) -> Rendered:
    """The best span by itself, and inside its context."""
    best = max(answer.spans, key=lambda span: span.score)
    start, end = max(0, best.start - AROUND), min(len(answer.text), best.end + AROUND)
    marked, place = "…" if start else "", start
    for span in sorted(answer.spans, key=lambda span: span.start):
        if place <= span.start and span.end <= end:
            marked += f"{escaped(answer.text[place : span.start])}__**{_shown(answer, span)}**__"
            place = span.end
    marked += escaped(answer.text[place:end]) + ("…" if end < len(answer.text) else "")
    others = [span for span in answer.spans if span is not best]
    text = f"## {_shown(answer, best)}\n-# {figures.percent(best.score)} sure\n>>> {marked}"
    if others:
        also = ", ".join(f"{_shown(answer, span)} ({figures.percent(span.score)})" for span in others)
        # Above the context, because a quote in Discord has no end.
        text = text.replace("\n>>>", f"\n-# Or else: {also}\n>>>", 1)
    return Rendered(text)


def _shown(answer: Spans, span: Span) -> str:
    return plain(answer.text[span.start : span.end], 200)


def _name(label: str) -> str:
    return _LABELS.get(label.upper(), label.lower())


def _table(task: Task, answer: Spans) -> discord.File:
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["text", "label", "score", "start", "end"])
    for span in answer.spans:
        rows.writerow(
            [answer.text[span.start : span.end], _name(span.label), f"{span.score:.3f}", span.start, span.end]
        )
    return _file(f"{task.command}.csv", table.getvalue(), "Everything that was found")


def _file(name: str, text: str, description: str) -> discord.File:
    return discord.File(io.BytesIO(text.encode()), filename=name, description=description)


def _attached(file: discord.File) -> tuple[tuple[Item, ...], tuple[discord.File, ...]]:
    return (discord.ui.File[discord.ui.LayoutView](file),), (file,)


_RENDERERS: dict[type, Callable[[Task, Any], Rendered]] = {Scores: _scores, Spans: _spans, Text: _text}
