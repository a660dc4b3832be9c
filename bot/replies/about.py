"""Cards about the bot itself: help, privacy, and what a member has under way."""

from typing import Any, Protocol, cast

import discord

from bot.replies import cards
from bot.replies.buttons import RequestButton, TryButton
from bot.replies.progress import Entry, UnderWay
from bot.replies.recent import KEPT_FOR
from bot.replies.renderers import Item
from bot.replies.reply import InteractionReply
from bot.replies.text import plain
from bot.request import File
from bot.tasks import TASKS, Kind, Task, find
from bot.worker.door import Snapshot, Worker

_Text = discord.ui.TextDisplay[discord.ui.LayoutView]
_Row = discord.ui.ActionRow[Any]
_Line = discord.ui.Separator[discord.ui.LayoutView]

LISTED = 10
"""Requests that `/queue` has room for."""


def help_card(introduction: str, *more: Item) -> cards.Card:
    """Every task with its summary and a button that tries it; `more` comes last."""
    tasks = [
        discord.ui.Section[Any](
            f"**/{task.command}** {_parameters(task)}\n{task.summary}", accessory=TryButton(task.name, 0, "Try it")
        )
        for task in TASKS
    ]
    return cards.notice(_Text(introduction), _Line(), *tasks, _Line(), _Text(_ALSO), *more)


def task_help_card(task: Task, model: str) -> cards.Card:
    """One task: what it takes, the `model` that does it if nobody names another, and its examples to try."""
    lines = [
        f"## /{task.command}\n{task.summary}.",
        f"You give it {_parameters(task)}. What stands with a question mark may be left out.",
        f"It is the Hugging Face task *{task.name}*, done by **{plain(model, 100)}** where nobody names another.",
    ]
    if task.chooses and model == task.model.id:
        lines.append(task.chooses)
    if Kind.LONG_TEXT in task.takes.values():
        lines.append(
            f"Text files of up to {task.max_file / 1e6:g} MB and {task.max_characters:,} characters can be attached."
        )
    tries = [_Row(TryButton(task.name, number)) for number in range(len(task.examples))]
    return cards.notice(_Text("\n".join(lines)), _Text("**Try it:**"), *tries)


def privacy_card() -> cards.Card:
    return cards.notice(_Text(_PRIVACY))


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

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
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


def _parameters(task: Task) -> str:
    return " ".join(f"`{name}{'' if required else '?'}`" for name, required in task.parameters().items())


_ALSO = (
    "Right-click a message (on a phone: hold it) → **Apps** → **Translate** or **Summarize**, for you alone.\n"
    "Each command also takes `model` (another one from the Hugging Face Hub) and `private` (only you see the answer).\n"
    "**/help** `topic` tells more about one of them, **/queue** shows what you have waiting, **/stats** how busy I am, "
    "**/privacy** what becomes of what you write."
)

_PRIVACY = f"""## What becomes of what you write
**Where it goes.** What you give a command is worked on by models on the host's own machine, and sent to nobody \
else. When a model is used for the first time, its files come from the Hugging Face Hub, which learns that this \
machine wanted that model, not what for.
**What is read.** Only what you hand me: the options of a command, the files you attach, the message you right-click. \
I don't read along in channels.
**What is kept.** Your request is kept in memory until it is answered, and for {KEPT_FOR / 60:.0f} minutes after \
that for the buttons below the answer (Share, Show me the code, Again). None of it is written to disk, and all \
of it is gone when I am restarted. The log holds no word of what anybody wrote.
**What others see.** An answer is visible to everybody in the channel, unless you set `private`. The right-click \
menus always answer you alone, until you press Share. Deleting an answer is up to a moderator, as with any \
message of mine.
**Training.** Nothing you write trains a model."""
