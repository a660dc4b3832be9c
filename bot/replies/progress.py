"""From a run's events to one message that keeps up with them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import discord

from bot.errors import Interrupted, Refusal, record_defect
from bot.keeping import Held, counted, told
from bot.replies import cards
from bot.replies.buttons import RequestButton, show_answer
from bot.replies.lasting import Lasting, OutOfReach, Unreachable
from bot.replies.posted import NO_MENTIONS
from bot.replies.recent import Recent
from bot.request import Request
from bot.tasks import Task
from bot.worker.door import Done, Event, Failed, Run

log = logging.getLogger(__name__)


@dataclass
class Entry:
    """A request under way, and the last that was heard of it."""

    request: Request
    run: Run
    event: Event | None = None
    forgotten: bool = False


class UnderWay:
    """The requests whose answer isn't shown yet, by id: what a Cancel button may end and `/queue` lists."""

    def __init__(self) -> None:
        self._runs: dict[str, Entry] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def add(self, request: Request, run: Run) -> None:
        self._runs[request.id] = Entry(request, run)
        self._empty.clear()

    def saw(self, request: Request, event: Event) -> None:
        self._runs[request.id].event = event

    def of(self, user: int) -> list[Entry]:
        """A member's own, oldest first."""
        return [entry for entry in self._runs.values() if entry.request.asker and entry.request.asker.user == user]

    def discard(self, request: Request) -> None:
        self._runs.pop(request.id, None)
        if not self._runs:
            self._empty.set()

    async def wait_empty(self) -> None:
        """Wait until the end of every run was shown."""
        await self._empty.wait()

    def cancel(self, request_id: str, user: int) -> str | None:
        """Cancel it for `user`; None, or the sentence why not."""
        entry = self._runs.get(request_id)
        if entry is None:
            return "This one isn't running any more."
        if entry.request.asker is None or entry.request.asker.user != user:
            return "Only the member who asked can cancel this."
        entry.run.cancel()
        return None

    def is_forgotten(self, request: Request) -> bool:
        """Whether nothing of it may be kept any more, though its answer may have come before it could be cancelled."""
        return self._runs[request.id].forgotten

    async def held_of(self, user: int) -> Held | None:
        own = self.of(user)
        if not own:
            return None
        sentence = f"{counted(len(own), 'request')} waiting or running"
        return Held("under way", sentence, [told(entry.request) for entry in own])

    async def forget_member(self, user: int) -> None:
        self._forget(lambda request: request.concerns(user))

    async def forget_server(self, server: int) -> None:
        self._forget(lambda request: request.is_from(server))

    def _forget(self, unwanted: Callable[[Request], bool]) -> None:
        for entry in self._runs.values():
            if unwanted(entry.request):
                entry.forgotten = True
                entry.run.cancel()


class HasRuns(Protocol):
    """What a client offers to the buttons below its replies."""

    under_way: UnderWay


class CancelButton(RequestButton, template=r"cancel:(?P<request>[0-9a-f]+)"):
    """Ends a request, for the member who asked."""

    label, verb = "Cancel", "cancel"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        objection = cast("HasRuns", interaction.client).under_way.cancel(self.request_id, interaction.user.id)
        if objection is None:
            await interaction.response.defer()
        else:
            await interaction.response.send_message(objection, ephemeral=True, allowed_mentions=NO_MENTIONS)


def _not_taken(error: discord.HTTPException) -> Refusal:
    """What Discord has against an answer, for the member."""
    match error.code:
        case 200000 | 200001:
            return Refusal("This server's AutoMod blocked my answer.")
        case 40005 | 50045:
            return Refusal("My answer is larger than Discord takes here. Ask for less, or give me a smaller file.")
    return Refusal(f"Discord didn't take my answer (code {error.code}). Asking in other words may help.")


async def follow(
    reply: Lasting, task: Task, request: Request, run: Run, seen: Callable[[Event], None], recent: Recent
) -> Done | Failed:
    """Show the run's events until it is over, each told to `seen` first, and return its end.

    Stops the run if the message is gone. The answer has buttons if it is among the `recent` ones, which they need.

    Raises what `Lasting.show` does where the end could not be shown.
    """
    writer = _Writer(reply, task, request, run, recent)
    last: Event | None = None
    async for event in run:
        last = event
        seen(event)
        writer.put(event)
    assert isinstance(last, Done | Failed)
    await writer.finish()
    return last


class _Writer:
    """The one writer of a message. Latest wins: of what comes while an edit is under way, only the last is shown."""

    def __init__(self, reply: Lasting, task: Task, request: Request, run: Run, recent: Recent) -> None:
        self._reply = reply
        self._task = task
        self._request = request
        self._run = run
        self._recent = recent
        self._last: Event | None = None
        self._next: Event | None = None
        self._writing: asyncio.Task[None] | None = None
        left = reply.seconds_left
        self._moving = None if left is None else asyncio.get_running_loop().call_later(max(0.0, left), self._show_again)

    def put(self, event: Event) -> None:
        self._last = event
        if self._writing is None or self._writing.done():
            # What could not be shown before is older than this.
            self._next = None
            self._writing = asyncio.create_task(self._write(event))
        else:
            self._next = event

    async def finish(self) -> None:
        if self._moving is not None:
            self._moving.cancel()
        if self._writing is not None:
            await self._writing

    def _show_again(self) -> None:
        """The reply has to move now, and nothing may be new until then."""
        if self._last is not None:
            self.put(self._last)

    async def _write(self, event: Event | None) -> None:
        try:
            while event is not None:
                await self._show(event)
                event, self._next = self._next, None
        except (discord.NotFound, OutOfReach):
            log.info("nothing leads to the asker of request %s any more: cancelled", self._request.id)
            self._run.cancel()

    async def _show(self, event: Event) -> None:
        match event:
            case Done():
                kept = self._recent.find(self._request.id) is not None
                await self._reply.answering()
                try:
                    await show_answer(self._reply, self._task, self._request, event, kept=kept)
                except discord.HTTPException as error:
                    if isinstance(error, discord.NotFound | discord.DiscordServerError):
                        raise
                    log.warning("Discord refused an answer with status %s, code %s", error.status, error.code)
                    await self._reply.show(cards.refused(self._task, _not_taken(error)).view)
            case Failed(Interrupted()) if self._reply.perhaps_answered:
                pass
            case Failed(Refusal() as refusal):
                await self._reply.show(cards.refused(self._task, refusal).view)
            case Failed(error):
                await self._reply.show(cards.broken(record_defect(error)).view)
            case _ if not self._reply.perhaps_answered:
                await self._show_progress(event)

    async def _show_progress(self, event: Event) -> None:
        card = cards.progress(self._task, self._request, event, CancelButton(self._request.id))
        try:
            await self._reply.show(card.view)
        except discord.NotFound:
            raise
        except (discord.HTTPException, Unreachable) as error:
            # The next event, or the answer, may get through.
            log.warning("a progress edit failed (%s)", type(error).__name__)
