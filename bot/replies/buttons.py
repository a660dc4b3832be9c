"""The buttons below answers, and the ones that try an example. All of them outlive a restart."""

import asyncio
import io
import logging
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol, Self, cast

import discord

from bot.errors import Refusal
from bot.replies import cards
from bot.replies.code import code_for
from bot.replies.recent import Answered, Recent
from bot.replies.reply import CannotSpeak, InteractionReply, NewReply, Reply, is_private
from bot.request import Request
from bot.tasks import Task, find
from bot.worker.door import Done, Source

log = logging.getLogger(__name__)

FORGOTTEN = Refusal(
    "I don't have that request any more: I keep them for a while only, and until I am restarted or they are deleted. "
    "Ask it again."
)


class Answers(Protocol):
    """What a client offers to the buttons below its replies."""

    recent: Recent

    async def answer(
        self, reply: NewReply, task: Task, *, model: str | None = None, author: int | None = None, **values: Any
    ) -> None: ...
    async def hand_over(self, reply: NewReply, request_id: str) -> None: ...
    async def repeat(self, reply: NewReply, request: Request, *, real: bool = False) -> None: ...


class Guarded:
    """Something to press or to choose from: what goes wrong in `pressed` is a defect, and said."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await self.pressed(interaction)
        except Exception as error:  # noqa: BLE001 - discord.py would log the exception's text, and leave the member alone
            await interaction.client.tree.on_error(interaction, error)

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        raise NotImplementedError


class Button(Guarded, discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"button"):
    """A button that outlives a restart."""


class RequestButton(Button, template=r"(?P<request>[0-9a-f]+)"):
    """A button whose id is what it does and to which request. So it knows all it needs, also after a restart."""

    label: str
    verb: str

    def __init__(self, request_id: str) -> None:
        super().__init__(discord.ui.Button(label=self.label, custom_id=f"{self.verb}:{request_id}"))
        self.request_id = request_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match["request"])


class _AnswerButton(RequestButton, template=r"(?P<request>[0-9a-f]+)"):
    """A button below an answer."""

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        answered = cast("Answers", interaction.client).recent.find(self.request_id)
        if answered is None:
            await InteractionReply(interaction).refuse(cards.refused(None, FORGOTTEN).view)
        else:
            await self.press(interaction, answered, find(answered.request.task))

    async def press(self, interaction: discord.Interaction[Any], answered: Answered, task: Task) -> None:
        raise NotImplementedError


class ShareButton(_AnswerButton, template=r"share:(?P<request>[0-9a-f]+)"):
    """Shows a private answer to everybody in the channel."""

    label, verb = "Share", "share"

    async def press(self, interaction: discord.Interaction[Any], answered: Answered, task: Task) -> None:
        reply = InteractionReply(interaction)
        await reply.acknowledge()
        await show_answer(reply, task, answered.request, answered.done)


class CodeButton(_AnswerButton, template=r"code:(?P<request>[0-9a-f]+)"):
    """Shows the lines of Python that give the answer, to the one who asks for them."""

    label, verb = "Show me the code", "code"

    async def press(self, interaction: discord.Interaction[Any], answered: Answered, task: Task) -> None:
        reply = InteractionReply(interaction, private=True)
        await reply.acknowledge()
        code = await asyncio.to_thread(code_for, task, answered.request, cards.public(answered.done.source))
        card = cards.code(code, discord.File(io.BytesIO(code.encode()), filename=f"{task.command}.py"))
        await reply.show(card.view, card.files)


class AgainButton(_AnswerButton, template=r"again:(?P<request>[0-9a-f]+)"):
    """Asks the same once more."""

    label, verb = "Again", "again"

    async def press(self, interaction: discord.Interaction[Any], answered: Answered, _task: Task) -> None:
        reply = InteractionReply(interaction, private=is_private(answered.request.address))
        await cast("Answers", interaction.client).repeat(reply, answered.request)


class RealButton(_AnswerButton, template=r"real:(?P<request>[0-9a-f]+)"):
    """Asks the same once more, of the model that a starter stood in for."""

    label, verb = "Answer with the real model", "real"

    async def press(self, interaction: discord.Interaction[Any], answered: Answered, _task: Task) -> None:
        reply = InteractionReply(interaction, private=is_private(answered.request.address))
        await cast("Answers", interaction.client).repeat(reply, answered.request, real=True)


def below(request: Request, source: Source, *, private: bool) -> list[discord.ui.Item[Any]]:
    """The buttons below an answer."""
    real: list[discord.ui.Item[Any]] = [RealButton(request.id)] if source.meanwhile else []
    share: list[discord.ui.Item[Any]] = [ShareButton(request.id)] if private else []
    return [*real, *share, CodeButton(request.id), AgainButton(request.id)]


async def show_answer(reply: Reply, task: Task, request: Request, done: Done, *, kept: bool = True) -> None:
    """Show the answer, its sound as a voice message where that can be. Raises discord.HTTPException.

    Args:
        kept: whether the buttons below it will find what they need.
    """

    async def drawn(*, speak: bool) -> cards.Card:
        # Items belong to one view, so each card has its own.
        buttons = below(request, done.source, private=is_private(reply.address)) if kept else []
        draw = partial(cards.answered, task, request, done, buttons, limit=reply.filesize_limit, speak=speak)
        return await asyncio.to_thread(draw)

    card = await drawn(speak=reply.may_speak)
    await reply.show(card.view, card.files)
    if card.voice is None:
        return
    try:
        await reply.speak(card.voice)
    except (discord.HTTPException, CannotSpeak) as error:
        log.info("a voice message can't be sent here (%s); it goes as a file", type(error).__name__)
        card = await drawn(speak=False)
        await reply.show(card.view, card.files)


class ShowMineButton(RequestButton, template=r"mine:(?P<request>[0-9a-f]+)"):
    """Shows a private answer that could go nowhere else, to the one who asked."""

    label, verb = "Show my answer", "mine"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        await cast("Answers", interaction.client).hand_over(
            InteractionReply(interaction, private=True), self.request_id
        )


class TryButton(Button, template=r"try:(?P<task>[\w-]+):(?P<example>\d+)"):
    """Asks one of a task's examples, as if the member had typed it."""

    def __init__(self, task: str, example: int, label: str | None = None) -> None:
        self._task = find(task)
        self._example = example
        shown = label or _in_short(self._task, self._task.examples[example])
        short = shown if len(shown) <= 60 else shown[:59] + "…"
        super().__init__(
            discord.ui.Button(label=short, custom_id=f"try:{task}:{example}", style=discord.ButtonStyle.primary)
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match["task"], int(match["example"]))

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        values = self._task.example(self._example)
        reply = InteractionReply(interaction, private=None)
        await cast("Answers", interaction.client).answer(reply, self._task, **values)


def _in_short(task: Task, example: Mapping[str, str]) -> str:
    """What tells an example from the others: what would be typed; else its files, with the options."""
    typed = [value for name, value in example.items() if name in task.takes and name not in task.media]
    typed += [value for name, value in example.items() if name not in task.takes and task.parameters()[name]]
    if typed:
        return typed[0]
    shown = (value if name in task.media else f"{name}: {value}" for name, value in example.items())
    return ", ".join(shown)


BUTTONS = (RealButton, ShowMineButton, ShareButton, CodeButton, AgainButton, TryButton)
