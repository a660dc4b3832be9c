"""Cards about the bot itself: help, and what a member has under way."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self, cast

import discord

from bot.media.limits import Limits
from bot.replies import cards
from bot.replies.buttons import Button, RequestButton, TryButton
from bot.replies.progress import Entry, UnderWay
from bot.replies.reply import InteractionReply
from bot.replies.text import plain
from bot.request import File
from bot.tasks import GROUPS, TASKS, Kind, Task, find
from bot.worker.door import Snapshot, Worker

_Text = discord.ui.TextDisplay[discord.ui.LayoutView]
_Row = discord.ui.ActionRow[Any]
_Line = discord.ui.Separator[discord.ui.LayoutView]

LISTED = 10
"""Requests that `/queue` has room for."""


def help_card(*, starters: bool = False) -> cards.Card:
    """Every task in a line, with a button for each group and one that tries something of it.

    Args:
        starters: whether starter models may answer: then it says which of them are trained.
    """
    groups = [_Text("\n".join([f"### {name}", *map(_line, tasks)])) for name, tasks in GROUPS.items()]
    return cards.notice(
        _Text("## What I can do"),
        *groups,
        _Text("**More about**"),
        _Row(*map(GroupButton, GROUPS)),
        _Text(_TRY),
        _Row(*(_try(tasks[0]) for tasks in GROUPS.values())),
        _Line(),
        _Text(_ALSO),
        *([_Text(STARTERS)] if starters else []),
    )


def group_card(group: str) -> cards.Card:
    """What each task of a group takes, with a button that tries it."""
    tasks = GROUPS[group]
    lines = [f"**/{task.command}** {_parameters(task)}\n{task.summary}" for task in tasks]
    rows = [_Row(*map(_try, tasks[start : start + _BUTTONS])) for start in range(0, len(tasks), _BUTTONS)]
    return cards.notice(_Text("\n".join([f"## {group}", *lines])), _Text(_OPTIONAL), _Text(_TRY), *rows)


def task_help_card(task: Task, model: str | None, limits: Limits) -> cards.Card:
    """One task: what it takes, what files may be, and its examples to try.

    Args:
        model: what does it if nobody names another; None where nothing does.
        limits: what files may have at most.
    """
    done = f"done by **{plain(model, 100)}** where nobody names another" if model else "for which you name the model"
    lines = [
        f"## /{task.command}\n{task.summary}.",
        f"You give it {_parameters(task)}. {_OPTIONAL}",
        f"It is the Hugging Face task *{task.name}*, {done}.",
    ]
    if task.chooses and any(model == default.id for default in task.models.each()):
        lines.append(task.chooses)
    lines += (_FILES[kind](task, limits) for kind in dict.fromkeys(task.takes.values()) if kind in _FILES)
    if task.media.keys() - set(task.optional):
        lines.append(_NEWEST)
    tries = [_Row(TryButton(task.name, number)) for number in range(len(task.examples))]
    return cards.notice(_Text("\n".join(lines)), _Text("**Try it:**"), *tries)


class GroupButton(Button, template=r"help:(?P<group>.+)"):
    """Shows what the commands of a group take."""

    def __init__(self, group: str) -> None:
        super().__init__(discord.ui.Button(label=group, custom_id=f"help:{group}"))
        self._group = group

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match["group"])

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        # Its group may have had another name when the card was written.
        card = group_card(self._group) if self._group in GROUPS else help_card()
        await InteractionReply(interaction).tell(card)


def queue_card(mine: list[Entry], snapshot: Snapshot) -> cards.Card:
    """A member's own requests, each with a button that cancels it."""
    everybody = f"-# Of everybody's requests, {snapshot.running} run and {snapshot.waiting} wait."
    if not mine:
        return cards.notice(_Text("## Nothing of yours is waiting or running"), _Text(everybody))
    items = [
        discord.ui.Section[Any](_entry(entry), accessory=QueueCancelButton(entry.request.id)) for entry in mine[:LISTED]
    ]
    more = [_Text(f"…and {len(mine) - LISTED} more")] if len(mine) > LISTED else []
    return cards.notice(_Text("## Your requests"), *items, *more, _Text(everybody))


class _HasWork(Protocol):
    under_way: UnderWay
    worker: Worker


class QueueCancelButton(RequestButton, template=r"dequeue:(?P<request>[0-9a-f]+)"):
    """Cancels a request from the list of `/queue`, and shows the list anew."""

    label, verb = "Cancel", "dequeue"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        client = cast("_HasWork", interaction.client)
        # One that ended meanwhile just isn't in the new list.
        client.under_way.cancel(self.request_id, interaction.user.id)
        mine = [entry for entry in client.under_way.of(interaction.user.id) if entry.request.id != self.request_id]
        await InteractionReply(interaction).replace(queue_card(mine, client.worker.snapshot()))


def _entry(entry: Entry) -> str:
    task = find(entry.request.task)
    given = next(iter(entry.request.inputs.values()))
    shown = given.name if isinstance(given, File) else given
    state = cards.stage(entry.event) if entry.event is not None else "⏳ Queued."
    return f"**/{task.command}** {plain(shown, 80)}\n{state}"


def _line(task: Task) -> str:
    return f"**/{task.command}** {task.summary}"


def _parameters(task: Task) -> str:
    return " ".join(f"`{name}{'' if required else '?'}`" for name, required in task.parameters().items())


def _try(task: Task) -> TryButton:
    return TryButton(task.name, 0, f"/{task.command}")


def _megabytes(limits: Limits) -> str:
    return f"up to {limits.bytes / 1e6:g} MB"


def _text_files(task: Task, _limits: Limits) -> str:
    return f"Text files of up to {task.max_file / 1e6:g} MB and {task.max_characters:,} characters can be attached."


def _pictures(task: Task, limits: Limits) -> str:
    pixels = min(task.pixels or limits.pixels, limits.pixels)
    return (
        f"Pictures may be PNG, JPEG, WebP, GIF and the like, of {_megabytes(limits)} and {pixels / 1e6:g} megapixels."
    )


def _recordings(task: Task, limits: Limits) -> str:
    heard = f" I listen to the first {task.seconds:g} seconds." if task.seconds else ""
    return (
        f"Recordings may be MP3, WAV, OGG, FLAC, M4A and the like, or the sound of a video, of {_megabytes(limits)} "
        f"and {limits.seconds / 60:g} minutes.{heard} A voice message can't be picked here: right-click it → **Apps**."
    )


def _videos(_task: Task, limits: Limits) -> str:
    return (
        f"Videos may be MP4, WebM, MOV and the like, of {_megabytes(limits)} and {limits.seconds / 60:g} minutes. "
        f"I look at up to {limits.frames} pictures out of one."
    )


def _tables(_task: Task, limits: Limits) -> str:
    return f"Tables may be CSV, Excel (XLSX) or JSON, of {_megabytes(limits)}."


def _documents(_task: Task, limits: Limits) -> str:
    return f"Pages may be a picture or a PDF, of {_megabytes(limits)}."


_FILES: Mapping[Kind, Callable[[Task, Limits], str]] = {
    Kind.LONG_TEXT: _text_files,
    Kind.IMAGE: _pictures,
    Kind.AUDIO: _recordings,
    Kind.VIDEO: _videos,
    Kind.TABLE: _tables,
    Kind.DOCUMENT: _documents,
}

_BUTTONS = 5
"""In a row; Discord's limit."""

_TRY = "**Try one**"
_OPTIONAL = "What stands with a question mark may be left out."
_NEWEST = "Leave the file out, and I offer the one you posted last, where I can see it."

_ALSO = (
    "Right-click a message (on a phone: hold it) → **Apps** → **Translate**, **Summarize**, **Transcribe**, "
    "**Describe** or **More…**, for you alone. Voice messages can only be given that way.\n"
    "Leave the picture out, and I offer the one you posted last, where I can see it; so too with other files.\n"
    "Each command also takes `model` (another one from the Hugging Face Hub) and `private` (only you see the answer).\n"
    "**/help** `topic` tells more about one of them, **/queue** shows what you have waiting, **/usage** what you have "
    "used of what you may, **/stats** how busy I am, **/privacy** what becomes of what you write. Those who manage a "
    "server set with **/settings** what I do there."
)

_TRAINED = ", ".join(f"**/{task.command}**" for task in TASKS if task.trained_starter)
STARTERS = (
    f"**Starter models** answer where a real one can't be had. Those of {_TRAINED} are trained and answer sensibly; "
    "those of all the other commands are untrained: they show the wiring, not a result."
)
"""Which starter models are worth asking."""
