"""Measures: what the worker did lately, for estimates and for `/stats`."""

from collections import deque

from bot.worker.door import Pass, Served

KEPT = 500
_NEW = 0.2
"""The weight of the newest in what is expected."""


class Measures:
    """The latest requests and passes, and what can be expected from them. Not thread-safe."""

    def __init__(self) -> None:
        self.served: deque[Served] = deque(maxlen=KEPT)
        self.passes: deque[Pass] = deque(maxlen=KEPT)
        self.loads = 0
        self.load_seconds = 1.0
        """What loading a model takes; a guess until one was loaded."""
        self._by_task: dict[str, float] = {}

    def add(self, served: Served) -> None:
        self.served.append(served)
        self._by_task[served.task] = _moved(self._by_task.get(served.task), served.ran)

    def add_load(self, seconds: float) -> None:
        self.loads += 1
        self.load_seconds = _moved(self.load_seconds, seconds)

    def expected(self, task: str) -> float | None:
        """Seconds of the device that a request takes; that of any task where this one is new, None where all are."""
        if task in self._by_task:
            return self._by_task[task]
        return sum(self._by_task.values()) / len(self._by_task) if self._by_task else None


def _moved(past: float | None, new: float) -> float:
    return new if past is None else (1 - _NEW) * past + _NEW * new
