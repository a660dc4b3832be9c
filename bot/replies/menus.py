"""The menu "More…": which tasks fit a message, and the modal that offers them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import discord

from bot.errors import Refusal
from bot.replies import cards
from bot.replies.attachments import kinds_of
from bot.replies.buttons import Answers
from bot.replies.contents import serving_as, text_file_of
from bot.replies.reply import InteractionReply
from bot.tasks import DESCRIBE, SUMMARIZE, TASKS, TRANSCRIBE, TRANSLATE, Kind, Task

MOST = 25
"""Discord's limit for what a select offers."""

OPEN_FOR = 900.0
"""Seconds that a modal is waited for: nobody tells when it is closed."""

_OWN_MENU = {task.name for task in (TRANSLATE, SUMMARIZE, TRANSCRIBE, DESCRIBE)}

WANTED = {
    "instruction": "an instruction, such as: shorter and friendlier",
    "labels": "your labels, with commas between",
    "prompt": "a question",
    "question": "a question",
    "second": "a text to compare it with",
    "what": "what to look for",
}
"""What members may have to type, by its name in the task."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A task that fits a message: the `values` that the message gives, and the name of what a member may type."""

    task: Task
    values: Mapping[str, Any]
    asks: str | None = None

    @property
    def needs(self) -> str | None:
        """What has to be typed, in words."""
        return None if self.asks is None or self.asks in self.values else WANTED[self.asks]

    def with_typed(self, typed: str) -> dict[str, Any]:
        """The task's values. Refusal where one is missing."""
        if self.asks is not None and typed.strip():
            return {**self.values, self.asks: typed}
        if self.needs:
            raise Refusal(
                f"/{self.task.command} needs {self.needs}. Choose “More…” once more, and write that below the list."
            )
        return dict(self.values)


def fits(text: str, attachments: Sequence[discord.Attachment]) -> list[Fit]:
    """The tasks that fit a message, of those without a menu of their own; at most `MOST`, those for its files first.

    A task fits where the message gives all it needs but one text: its files, and either the text that it is about or,
    unless something else is typed, what is asked about the files.
    """
    found = (_fit(task, text, attachments) for task in TASKS if task.name not in _OWN_MENU)
    fitting = [fit for fit in found if fit is not None]
    return sorted(fitting, key=lambda fit: not fit.task.media.keys() & fit.values.keys())[:MOST]


def _fit(task: Task, text: str, attachments: Sequence[discord.Attachment]) -> Fit | None:
    files = _files(task, attachments)
    if files is None:
        return None
    missing = [name for name, required in task.parameters().items() if required]
    values: dict[str, Any] = dict(files)
    if files:
        asked = next((name for name in missing if name in task.takes), None)
        if asked and text:
            values[asked] = text
    else:
        about = _about(task, text, attachments)
        if about is None:
            return None
        values |= about
        missing = [name for name in missing if name not in values]
    if len(missing) > 1 or (not missing and _objects(task, values)):
        return None
    return Fit(task, values, missing[0] if missing else None)


def _files(task: Task, attachments: Sequence[discord.Attachment]) -> dict[str, discord.Attachment] | None:
    """What `attachments` give of the files that `task` takes; None where one is missing that it can't do without."""
    given: dict[str, discord.Attachment] = {}
    for name, kind in task.media.items():
        left = [it for it in serving_as(kind, attachments) if it not in given.values()]
        if name in task.optional and kind is Kind.AUDIO:
            # A video is given as one.
            left = [it for it in left if Kind.VIDEO not in kinds_of(it)]
        if left:
            given[name] = left[0]
        elif name not in task.optional:
            return None
    return given


def _about(task: Task, text: str, attachments: Sequence[discord.Attachment]) -> dict[str, Any] | None:
    """The text that `task` is about, out of the message; it may be in a file, where the task reads files."""
    if text:
        name = task.long_text or next((name for name, kind in task.takes.items() if kind is Kind.TEXT), None)
        return None if name is None else {name: text}
    file = text_file_of(attachments) if task.long_text else None
    return None if file is None else {"file": file}


def _objects(task: Task, values: Mapping[str, Any]) -> bool:
    try:
        task.check(values)
    except Refusal:
        return True
    return False


class MoreModal(discord.ui.Modal, title="What shall I do with it?"):
    """Offers the tasks that fit a message of `author`, and answers the chosen one for the member alone."""

    def __init__(self, offered: Sequence[Fit], author: int) -> None:
        super().__init__(timeout=OPEN_FOR)
        self._author = author
        self._offered = {fit.task.name: fit for fit in offered}
        self._chosen = discord.ui.Select[Any](
            custom_id="task", placeholder="Choose one", required=True, options=[_option(fit) for fit in offered]
        )
        self._typed = discord.ui.TextInput[Any](
            custom_id="typed", style=discord.TextStyle.paragraph, required=False, max_length=4000
        )
        self.add_item(discord.ui.Label(text="Do this", component=self._chosen))
        self.add_item(
            discord.ui.Label(
                text="Question, labels or instruction",
                description="Only some need this; the list says which.",
                component=self._typed,
            )
        )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        fit = self._offered[self._chosen.values[0]]
        reply = InteractionReply(interaction, private=True)
        try:
            values = fit.with_typed(self._typed.value)
        except Refusal as refusal:
            await reply.refuse(cards.refused(fit.task, refusal).view)
        else:
            await cast("Answers", interaction.client).answer(reply, fit.task, author=self._author, **values)

    async def on_error(  # type: ignore[override]  # as discord.py's own Modal does
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        # discord.py's own would log the exception's text, which may quote what somebody wrote.
        await interaction.client.tree.on_error(interaction, error)


def _option(fit: Fit) -> discord.SelectOption:
    needs = f": needs {fit.needs}" if fit.needs else ""
    return discord.SelectOption(label=f"/{fit.task.command}{needs}", value=fit.task.name, description=fit.task.summary)
