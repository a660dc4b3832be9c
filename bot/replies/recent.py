"""What was answered lately, for the buttons below the answers."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.request import File, Request
from bot.worker.door import Done

KEPT_FOR = 3600.0
"""Seconds."""
KEPT_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Answered:
    request: Request
    done: Done
    since: float

    @property
    def bytes(self) -> int:
        values = self.request.inputs.values()
        return sum(len(value.data if isinstance(value, File) else value.encode()) for value in values)


class Recent:
    """Answered requests of the last hour, in memory only; the oldest leave first where they are too much."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, Answered] = OrderedDict()
        self._bytes = 0

    def keep(self, request: Request, done: Done) -> None:
        answered = Answered(request, done, self._clock())
        self._kept[request.id] = answered
        self._bytes += answered.bytes
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            self._drop_oldest()

    def find(self, request_id: str) -> Answered | None:
        """The answered request, or None where it was too long ago, or before the last start."""
        self.forget_old()
        return self._kept.get(request_id)

    def forget_old(self) -> None:
        """Drop what is older than `KEPT_FOR`. To be called when that time is over, or it stays because nobody asks."""
        while self._kept and self._clock() - next(iter(self._kept.values())).since > KEPT_FOR:
            self._drop_oldest()

    def models(self, task: str) -> list[str]:
        """The models from the Hub that answered `task`, newest first."""
        kept = (answered for answered in reversed(self._kept.values()) if answered.request.task == task)
        steps = (step for answered in kept for step in answered.done.source.steps)
        return list(dict.fromkeys(step.model for step in steps if step.revision is not None))

    def _drop_oldest(self) -> None:
        _, answered = self._kept.popitem(last=False)
        self._bytes -= answered.bytes
