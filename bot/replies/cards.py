"""Cards: what a reply looks like at each moment, as Components V2. One renderer a kind of answer."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import discord

from bot.answers import Scores
from bot.errors import Cancelled, Refusal
from bot.replies import figures
from bot.replies.text import plain, quote
from bot.request import Request
from bot.tasks import Task
from bot.worker.door import Done, Event, Loading, Partial, Queued, Running, Source

_WAITING, _ANSWERED, _REFUSED, _BROKEN = 0x80848E, 0x5865F2, 0xF0B232, 0xDA373C


_Item = discord.ui.Item[discord.ui.LayoutView]
_Rendered = tuple[str, list[_Item], list[discord.File]]


@dataclass(frozen=True, slots=True)
class Card:
    view: discord.ui.LayoutView
    files: tuple[discord.File, ...] = ()


def progress(task: Task, request: Request, event: Event, cancel: discord.ui.Item[Any]) -> Card:
    """Queued, loading or running, with the button that ends it."""
    texts = [_heading(task), *_quotes(request), _stage(event)]
    return Card(_card(_WAITING, *map(discord.ui.TextDisplay, texts), discord.ui.ActionRow(cancel)))


def answered(task: Task, request: Request, done: Done) -> Card:
    """The answer. Draws, so it takes tens of milliseconds: not on the event loop."""
    headline, items, files = _RENDERERS[type(done.answer)](done.answer)
    texts = [_heading(task), *_quotes(request), headline]
    return Card(
        _card(
            _ANSWERED,
            *(discord.ui.TextDisplay(text) for text in texts if text),
            *items,
            discord.ui.TextDisplay(_footer(done.source)),
        ),
        tuple(files),
    )


def refused(task: Task, refusal: Refusal) -> Card:
    colour = _WAITING if isinstance(refusal, Cancelled) else _REFUSED
    texts = (_heading(task), plain(refusal.sentence, 1500))
    return Card(_card(colour, *map(discord.ui.TextDisplay, texts)))


def broken(defect: str) -> Card:
    """A defect of ours; the id is the one in the log."""
    text = f"Something broke on my side (id {defect}). Trying again may help; if not, tell the host this id."
    return Card(_card(_BROKEN, discord.ui.TextDisplay(text)))


def _card(colour: int, *items: _Item) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items, accent_colour=colour))
    return view


def _heading(task: Task) -> str:
    return f"### {task.title}"


def _quotes(request: Request) -> list[str]:
    return [quote(value) for value in request.inputs.values() if isinstance(value, str)]


def _stage(event: Event) -> str:
    match event:
        case Queued(0, _):
            return "⏳ Queued: you are next."
        case Queued(place, eta):
            wait = "" if eta is None else f", about {_duration(eta)}"
            return f"⏳ Queued: {place} before you{wait}."
        case Loading(fraction):
            if fraction is None:
                return "📦 Loading the model…"
            filled = round(fraction * 10)
            return f"📦 Loading the model: {'▰' * filled}{'▱' * (10 - filled)} {fraction:.0%}"
        case Running():
            return "⚙️ Running…"
        case Partial(text):
            return plain(text, 3000)
    raise TypeError(event)


def _footer(source: Source) -> str:
    model = plain(source.model, 100) + (f"@{source.revision[:7]}" if source.revision else "")
    lines = [f"{model} · {_duration(source.seconds)} on {source.device}", *source.notes]
    if source.starter:
        lines.insert(0, "⚠️ **Starter model**, untrained: this shows the wiring, not a result.")
    return "\n".join(f"-# {line}" for line in lines)


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min"


def _scores(answer: Scores) -> _Rendered:
    best = answer.scores[0]
    picture = discord.File(
        io.BytesIO(figures.bars(answer)), filename="scores.png", description=figures.describe_bars(answer)[:1024]
    )
    gallery: discord.ui.MediaGallery[discord.ui.LayoutView] = discord.ui.MediaGallery(
        discord.MediaGalleryItem(picture, description=picture.description)
    )
    return f"**{plain(best.label, 80)}** · {figures.percent(best.score)}", [gallery], [picture]


_RENDERERS: dict[type, Callable[[Any], _Rendered]] = {Scores: _scores}
