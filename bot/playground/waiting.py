"""SimulatedWaits: a worker behind a simulated Discord, which has to be told that the bot waits for somebody else."""

import asyncio
import contextvars
from collections.abc import AsyncIterator

import simcord

from bot.request import Request
from bot.worker.door import Event, Run, Snapshot, Worker


class SimulatedWaits:
    """Passes everything on to `worker`; only waiting for a run's next event is declared to the simulation.

    Without the declaration an action in the page (or a test) would last until the answer stands, and no second one
    could begin meanwhile.

    Args:
        dwell: seconds each event is kept back for the next one, so that people get to see every stage of a fast model.
    """

    def __init__(self, worker: Worker, *, dwell: float = 0.0) -> None:
        self._worker = worker
        self._dwell = dwell
        self.env: simcord.Env

    def submit(self, request: Request) -> Run:
        return _SimulatedRun(self._worker.submit(request), self)

    def snapshot(self) -> Snapshot:
        return self._worker.snapshot()

    async def drain(self, grace: float) -> list[Request]:
        return await self._worker.drain(grace)

    async def close(self) -> None:
        await self._worker.close()

    async def pause(self) -> None:
        """`dwell` seconds of real time."""
        if self._dwell:
            loop = asyncio.get_running_loop()
            over = asyncio.Event()
            # In an empty context, because the simulation would make a timer of the bot's own a virtual one.
            contextvars.Context().run(loop.call_later, self._dwell, over.set)
            await over.wait()


class _SimulatedRun:
    def __init__(self, run: Run, worker: SimulatedWaits) -> None:
        self._run = run
        self._worker = worker

    def cancel(self) -> None:
        self._run.cancel()

    async def __aiter__(self) -> AsyncIterator[Event]:
        events = self._run.__aiter__()
        first = True
        while True:
            try:
                event = await self._worker.env.external_wait(self._next(events, first), reason="the worker")
            except StopAsyncIteration:
                return
            first = False
            yield event

    async def _next(self, events: AsyncIterator[Event], first: bool) -> Event:
        if not first:
            await self._worker.pause()
        return await anext(events)
