"""SimulatedWaits: a worker behind a simulated Discord, which has to be told that the bot waits for somebody else."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable

import simcord

from bot.errors import Cancelled
from bot.request import Request
from bot.worker.door import Done, Event, Failed, Run, Snapshot, Worker


class SimulatedWaits:
    """Passes everything on to `worker`; only waiting for a run's next event is declared to the simulation.

    Without the declaration an action in the page (or a test) would last until the answer stands, and no second one
    could begin meanwhile.

    Args:
        dwell: seconds each event is kept back for the next one, so that people get to see every stage of a fast model.
    """

    def __init__(self, worker: Worker, *, dwell: float = 0.0) -> None:
        self._worker = worker
        self.dwell = dwell
        self.env: simcord.Env

    def submit(self, request: Request) -> Run:
        return _SimulatedRun(self._worker.submit(request), self)

    def snapshot(self) -> Snapshot:
        return self._worker.snapshot()

    async def drain(self, grace: float) -> list[Request]:
        return await self._worker.drain(grace)

    async def close(self) -> None:
        await self._worker.close()


class _SimulatedRun:
    def __init__(self, run: Run, worker: SimulatedWaits) -> None:
        self._run = run
        self._worker = worker
        self._cancelled = False
        self._over = asyncio.Event()

    def cancel(self) -> None:
        self._cancelled = True
        self._over.set()
        self._run.cancel()

    async def __aiter__(self) -> AsyncIterator[Event]:
        events = self._run.__aiter__()
        event = await self._wait_for(anext(events))
        yield event
        while not isinstance(event, Done | Failed):
            event = await self._wait_for(self._next(events))
            yield event

    async def _wait_for(self, event: Awaitable[Event]) -> Event:
        waited: Event = await self._worker.env.external_wait(event, reason="the worker")
        return waited

    async def _next(self, events: AsyncIterator[Event]) -> Event:
        await self._dwell()
        event = await anext(events)
        # What is held back here may be long done, but not to the one who saw it running and cancelled.
        return Failed(Cancelled()) if self._cancelled and not isinstance(event, Failed) else event

    async def _dwell(self) -> None:
        if not self._cancelled:
            self._over = asyncio.Event()
            # In an empty context, because the simulation would make a timer of the bot's own a virtual one.
            contextvars.Context().run(asyncio.get_running_loop().call_later, self._worker.dwell, self._over.set)
            await self._over.wait()
