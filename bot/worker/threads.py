"""PlacedThreads: a few threads that take the work whose turn it is."""

import itertools
import os
import queue
import sys
import threading
from collections.abc import Callable

from bot.worker.turns import Place

NICE = 10


def step_back() -> None:
    """Let the event loop go first where both want the same core. What this thread starts inherits it, as torch's do."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


class PlacedThreads:
    """Runs functions on `count` threads, of those that wait the one with the smallest place first.

    What is submitted must not raise.
    """

    def __init__(self, count: int, name: str) -> None:
        self._order = itertools.count()
        self._work: queue.PriorityQueue[tuple[Place, int, Callable[[], None] | None]] = queue.PriorityQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True) for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, place: Place, function: Callable[[], None]) -> None:
        self._work.put((place, next(self._order), function))

    def close(self) -> None:
        """Wait for what was submitted to end."""
        last = Place(chore=True, round=0, turn=0, order=1 << 62)
        for _ in self._threads:
            self._work.put((last, next(self._order), None))
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        step_back()
        while (function := self._work.get()[2]) is not None:
            function()
