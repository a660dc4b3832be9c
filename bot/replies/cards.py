"""Cards: what a reply looks like at each moment, as Components V2."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord

from bot.answers import Spans
from bot.errors import Cancelled, Refusal
from bot.replies.figures import duration
from bot.replies.fitting import MOST_BYTES, MOST_CHARACTERS
from bot.replies.renderers import Item, Voice, render
from bot.replies.split import Size, split
from bot.replies.text import plain, quote
from bot.request import File, Input, Request
from bot.tasks import Task
from bot.worker.door import Done, Event, Failed, Loading, Partial, Queued, Running, Source

_ALL_TEXT = Size(MOST_CHARACTERS, MOST_BYTES)

_WAITING, _ANSWERED, _REFUSED, _BROKEN = 0x80848E, 0x5865F2, 0xF0B232, 0xDA373C


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown. Where there is a `voice`, it is to be sent below the card; the card itself has no sound then."""

    view: discord.ui.LayoutView
    files: tuple[discord.File, ...] = ()
    voice: Voice | None = None


def progress(task: Task, request: Request, event: Event, cancel: discord.ui.Item[Any]) -> Card:
    """Queued, loading or running, with the button that ends it."""
    texts = [_heading(task), *map(_quote, request.inputs.values()), stage(event)]
    return Card(_card(_WAITING, *map(discord.ui.TextDisplay, texts), discord.ui.ActionRow(cancel)))


def answered(
    task: Task,
    request: Request,
    done: Done,
    buttons: Sequence[discord.ui.Item[Any]] = (),
    *,
    limit: int,
    speak: bool = False,
) -> Card:
    """The answer. Draws, so it takes tens of milliseconds: not on the event loop.

    Args:
        limit: bytes that a file may have where it is shown.
        speak: whether a sound may be sent as a voice message.
    """
    rendered = render(task, request, done.answer, limit)
    # What an answer marks its places in stands in the answer itself.
    inside = done.answer.text if isinstance(done.answer, Spans) else None
    quoted = [value for value in request.inputs.values() if value != inside]
    footer = _footer(task, done.source)
    texts = [_heading(task), *map(_quote, quoted), rendered.text]
    if not _ALL_TEXT.holds("".join([*texts, footer])):
        texts[1:-1] = [_quote(value, 60) for value in quoted]
    rows = [discord.ui.ActionRow[discord.ui.LayoutView](*buttons)] if buttons else []
    voice = rendered.voice if speak else None
    items, files = ((), ()) if voice else (rendered.items, rendered.files)
    spoiler = any(isinstance(value, File) and value.spoiler for value in request.inputs.values())
    shown = [*map(discord.ui.TextDisplay, texts), *items, discord.ui.TextDisplay(footer), *rows]
    return Card(_card(_ANSWERED, *shown, spoiler=spoiler), files, voice)


def refused(task: Task | None, refusal: Refusal) -> Card:
    """`task` is None where it isn't about one."""
    colour = _WAITING if isinstance(refusal, Cancelled) else _REFUSED
    texts = [_heading(task) if task else "", plain(refusal.sentence, 1500), refusal.hint]
    return Card(_card(colour, *map(discord.ui.TextDisplay, filter(None, texts))))


def moved(where: str) -> Card:
    """What is left where an answer was expected for longer than Discord lets it come there."""
    text = f"⏳ This takes longer than Discord lets me answer here. The answer comes {where}."
    return Card(_card(_WAITING, discord.ui.TextDisplay(text)))


def waits_for(user: int, button: discord.ui.Item[Any] | None) -> Card:
    """Tells a member in public, without a ping, that a private answer is there behind `button`; None: there is none."""
    if button is None:
        return notice(discord.ui.TextDisplay(f"I couldn't answer a private request of <@{user}>. Please ask it again."))
    shown: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay(f"A private answer for <@{user}> is ready.")
    return notice(shown, discord.ui.ActionRow(button))


def code(text: str, file: discord.File) -> Card:
    """Python, also as a file to keep."""
    beginning = split(f"```python\n{text}```", Size(3800, 9000))[0]
    shown = discord.ui.TextDisplay[discord.ui.LayoutView](beginning)
    return Card(_card(_ANSWERED, shown, discord.ui.File(file)), (file,))


def notice(*items: Item, files: tuple[discord.File, ...] = ()) -> Card:
    """Something that is no answer: help, privacy, the queue."""
    return Card(_card(_ANSWERED, *items), files)


def broken(defect: str) -> Card:
    """A defect of ours; the id is the one in the log."""
    text = f"Something broke on my side (id {defect}). Trying again may help; if not, tell the host this id."
    return Card(_card(_BROKEN, discord.ui.TextDisplay(text)))


def _card(colour: int, *items: Item, spoiler: bool = False) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items, accent_colour=colour, spoiler=spoiler))
    return view


def _heading(task: Task) -> str:
    return f"### {task.title}"


def _quote(given: Input, most: int = 280) -> str:
    return f"> 📄 {plain(given.name, 100)}" if isinstance(given, File) else quote(given, most)


def stage(event: Event) -> str:
    """What goes on, in a line."""
    match event:
        case Queued(0, _):
            return "⏳ Queued: you are next."
        case Queued(place, eta):
            wait = "" if eta is None else f", about {duration(eta)}"
            return f"⏳ Queued: {place} before you{wait}."
        case Loading():
            return _loading(event)
        case Running(row, rows):
            return "⚙️ Running…" if rows == 1 else f"⚙️ Running: {bar((row - 1) / rows)} part {row} of {rows}"
        case Partial(text):
            return plain(text, 3000)
        case Done() | Failed():
            return "✅ Done: the answer is on its way."
    raise TypeError(event)


def public(source: Source) -> Source:
    """`source` without the path of a folder of the host's, which is nobody else's business: its name is left."""
    steps = (it if it.revision or source.starter else replace(it, model=Path(it.model).name) for it in source.steps)
    return replace(source, steps=tuple(steps))


def _loading(event: Loading) -> str:
    if event.fraction is None:
        return "📦 Loading the model…"
    what = f"Downloading the model ({_size(event.size)}, once)" if event.size else "Loading the model"
    return f"📦 {what}: {bar(event.fraction)} {event.fraction:.0%}"


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 50_000_000 else f"{size / 1e6:.0f} MB"


def bar(share: float) -> str:
    """How much of something it is, from 0 to 1."""
    filled = round(share * 10)
    return "▰" * filled + "▱" * (10 - filled)


def _footer(task: Task, source: Source) -> str:
    models = (plain(it.model, 100) + (f"@{it.revision[:7]}" if it.revision else "") for it in public(source).steps)
    lines = [f"{' → '.join(models)} · {duration(source.seconds)} on {source.device}", *source.notes]
    if source.starter:
        lines.insert(0, f"⚠️ **Starter model**, {task.starter_warning}.")
    return "\n".join(f"-# {line}" for line in lines)
