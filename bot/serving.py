"""Serving: from a request that somebody makes to the end that they are shown, whatever ends meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord

from bot.errors import Cancelled, Interrupted, Refusal, record_defect
from bot.gate import Gate
from bot.replies import cards
from bot.replies.buttons import FORGOTTEN, show_answer
from bot.replies.lasting import OFFERED, SPEAKING, SPOKEN, Lasting, OutOfReach, Unreachable, insist, restored
from bot.replies.progress import UnderWay, follow
from bot.replies.recent import Recent
from bot.replies.reply import NewReply
from bot.request import Request
from bot.storage.journal import Entry, Steps
from bot.storage.storage import Storage
from bot.tasks import Task, find
from bot.worker.door import Done, Event, Failed, Worker

log = logging.getLogger(__name__)

MOST_DEATHS = 2
"""How often the process may die while a request is under way before that isn't tried again."""


RESTARTING = Refusal("I am being restarted. Ask me again in a minute.")


class Serving:
    """Accepts requests, has them run, and shows what becomes of them.

    Attributes:
        stopped: whether nothing more is accepted, because this process is about to end.
        perhaps_twice: messages that may have been sent a second time, because a process died before it wrote down that
            the first one had arrived.
    """

    def __init__(
        self,
        client: discord.Client,
        worker: Worker,
        storage: Storage,
        gate: Gate,
        under_way: UnderWay,
        recent: Recent,
    ) -> None:
        self.perhaps_twice = 0
        self.stopped = False
        self._client = client
        self._worker = worker
        self._journal = storage.journal
        self._gate = gate
        self._under_way = under_way
        self._recent = recent

    async def hand_over(self, reply: NewReply, request_id: str) -> None:
        """Show in `reply`, which is private, an answer that could go nowhere else; work it out anew if need be."""
        await reply.acknowledge()
        answered = self._recent.find(request_id)
        entry = None if answered else await self._journal.find(request_id)
        request = answered.request if answered else entry.request if entry else None
        if request is None:
            await reply.show(cards.refused(None, FORGOTTEN).view)
        elif request.asker is None or request.asker.user != reply.asker.user:
            await reply.show(cards.refused(None, Refusal("Only the member who asked can see this.")).view)
        elif answered:
            await show_answer(reply, find(request.task), request, answered.done)
            self._journal.strike(request)
        else:
            again = replace(request, adult=reply.adult, asker=reply.asker, address=reply.address)
            await self._carry_out(Lasting(self._client, reply, again, Steps(self._journal, again)), again)

    async def resume(self) -> None:
        """Go on with what an earlier process accepted and didn't answer, oldest first.

        To be called once, when logged in and with the worker open. What was under way when that process died runs
        alone, so that, if it kills this one too, nothing else is suspected.
        """
        entries = [entry for entry in await self._journal.unanswered() if OFFERED not in entry.steps]
        if entries:
            log.info("%d requests were not answered yet: going on with them", len(entries))
        under_way = []
        for entry in entries:
            going_on = asyncio.create_task(self._go_on(entry))
            under_way.append(going_on)
            if entry.deaths:
                await going_on
        await asyncio.gather(*under_way)

    async def _go_on(self, entry: Entry) -> None:
        request = entry.request
        steps = Steps(self._journal, request, entry.steps)
        reply = restored(self._client, request, steps)
        if reply is None:
            self._journal.strike(request)
            return
        if SPEAKING in steps and SPOKEN not in steps:
            self.perhaps_twice += 1
            log.warning("the voice message of request %s may come twice", request.id)
        poison = entry.deaths >= MOST_DEATHS and not reply.perhaps_answered
        if poison:
            log.error("request %s was under way when the process died, %d times: given up", request.id, entry.deaths)
        await self._carry_out(reply, request, poison=poison)

    def stop(self) -> None:
        """Accept nothing more. What was accepted goes on."""
        self.stopped = True

    async def serve(self, reply: NewReply, task: Task, make: Callable[[], Awaitable[Request]]) -> None:
        """Acknowledge, accept what `make` gives, and answer. Raises what acknowledging does where that fails."""
        if self.stopped:
            await reply.refuse(cards.refused(task, RESTARTING).view)
            return
        with self._gate.count(reply.asker):
            await reply.acknowledge()
            try:
                request = await make()
                await self._journal.add(request)
            except Refusal as refusal:
                refused = cards.refused(task, refusal).view
                await insist(lambda: reply.show(refused))
            except Exception as error:  # noqa: BLE001
                # The last resort: whatever it was, the member isn't left with a spinner.
                broken = cards.broken(record_defect(error)).view
                await insist(lambda: reply.show(broken))
            else:
                await self._carry_out(Lasting(self._client, reply, request, Steps(self._journal, request)), request)

    async def _carry_out(self, reply: Lasting, request: Request, *, poison: bool = False) -> None:
        """From an accepted request to its end, which is shown; else the journal keeps it for the next process."""
        try:
            kept = await self._shown(reply, request, poison=poison)
        except (discord.HTTPException, OutOfReach, Unreachable) as error:
            kept = isinstance(error, Unreachable)
            log.warning("the end of request %s could not be shown (%s)", request.id, type(error).__name__)
        if not kept:
            self._journal.strike(request)

    async def _shown(self, reply: Lasting, request: Request, *, poison: bool) -> bool:
        try:
            return await self._run(reply, request, poison=poison)
        except Interrupted as interruption:
            await reply.show(cards.refused(None, interruption).view)
            return True
        except Refusal as refusal:
            await reply.show(cards.refused(None, refusal).view)
        except (discord.HTTPException, OutOfReach, Unreachable):
            raise
        except Exception as error:  # noqa: BLE001 - as above
            if self._client.is_closed():
                return True
            await reply.show(cards.broken(record_defect(error)).view)
        return False

    async def _run(self, reply: Lasting, request: Request, *, poison: bool) -> bool:
        """Whether the journal is to keep it."""

        def seen(event: Event) -> None:
            self._under_way.saw(request, event)
            if isinstance(event, Done | Failed):
                spent = event.source.seconds if isinstance(event, Done) else event.seconds
                self._gate.count_seconds(request.asker, spent)
            if isinstance(event, Done) and not self._under_way.is_forgotten(request):
                self._recent.keep(request, event)
                self._client.loop.call_later(self._recent.kept_for + 1, self._recent.forget_old)

        if poison:
            raise Refusal(
                "I was stopped twice while I worked on this, so I don't try it a third time. Ask me something else, "
                "or tell the host."
            )
        task = find(request.task)
        run = self._worker.submit(request)
        self._under_way.add(request, run)
        try:
            match await follow(reply, task, request, run, seen, self._recent):
                case Failed(Interrupted()):
                    return True
                case Failed(Cancelled()):
                    pass
                case end:
                    await reply.end(answered=isinstance(end, Done))
        finally:
            self._under_way.discard(request)
        return reply.offered
