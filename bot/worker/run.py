"""ThreadRun: the events of one request, from the worker's threads to one reader on the event loop."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

from bot.worker.door import Done, Event, Failed

PACE = 1.0
"""Seconds between two events of the same kind. Discord wants about one edit a second, and nobody reads faster."""


class ThreadRun:
    """Events arrive in order; one that was not read when the next of its kind comes is dropped for that."""

    def __init__(self, on_cancel: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_cancel = on_cancel
        self._lock = threading.Lock()
        self._over = False
        self.cancelled = threading.Event()
        self._unread: dict[type, Event] = {}
        self._reader: asyncio.Future[None] | None = None
        self._paced: asyncio.TimerHandle | None = None
        self._last_kind: type | None = None
        self._last_time = 0.0

    def cancel(self) -> None:
        """Ask for an end. The run ends with Failed(Cancelled) unless it was over already."""
        self.cancelled.set()
        self._on_cancel()

    def post(self, event: Event) -> bool:
        """From any thread. False where the run was over before."""
        with self._lock:
            if self._over:
                return False
            self._over = isinstance(event, Done | Failed)
        try:
            self._loop.call_soon_threadsafe(self._arrive, event)
        except RuntimeError:  # The loop has closed: nobody is left to read.
            return False
        return True

    def _arrive(self, event: Event) -> None:
        if self._paced is not None:
            self._paced.cancel()
        wait = self._last_time + PACE - self._loop.time()
        if type(event) is self._last_kind and wait > 0:
            self._paced = self._loop.call_later(wait, self._deliver, event)
        else:
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        self._last_kind, self._last_time = type(event), self._loop.time()
        self._unread.pop(type(event), None)
        self._unread[type(event)] = event
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            if not self._unread:
                self._reader = self._loop.create_future()
                await self._reader
            event = self._unread.pop(next(iter(self._unread)))
            yield event
            if isinstance(event, Done | Failed):
                return
