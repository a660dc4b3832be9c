"""What was answered lately, for the buttons below the answers."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.keeping import Held, counted, readable, told
from bot.request import File, Request
from bot.worker.door import Done

KEPT_FOR = 3600.0
"""Seconds, where the host doesn't say otherwise."""
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
    """Answered requests of late, in memory only; the oldest leave first where they are too much.

    Args:
        kept_for: seconds; 0 keeps nothing.
    """

    def __init__(self, kept_for: float = KEPT_FOR, clock: Callable[[], float] = time.monotonic) -> None:
        self.kept_for = kept_for
        self._clock = clock
        self._kept: OrderedDict[str, Answered] = OrderedDict()
        self._bytes = 0

    def keep(self, request: Request, done: Done) -> None:
        if not self.kept_for:
            return
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
        """Drop what is older than `kept_for`. To be called when that time is over, or it stays because nobody asks."""
        while self._kept and self._clock() - next(iter(self._kept.values())).since > self.kept_for:
            self._drop_oldest()

    def models(self, task: str) -> list[str]:
        """The models from the Hub that answered `task`, newest first."""
        kept = (answered for answered in reversed(self._kept.values()) if answered.request.task == task)
        steps = (step for answered in kept for step in answered.done.source.steps)
        return list(dict.fromkeys(step.model for step in steps if step.revision is not None))

    async def held_of(self, user: int) -> Held | None:
        self.forget_old()
        own = [answered for answered in self._kept.values() if answered.request.is_of(user)]
        others = [answered for answered in self._kept.values() if answered.request.author == user]
        if not own and not others:
            return None
        sentences = [f"{counted(len(own), 'recent answer')} to you, for the buttons below"] if own else []
        sentences += [f"{counted(len(others), 'recent answer')} to others, about a message of yours"] if others else []
        # What others asked, and who they are, is theirs.
        data = {
            "to you": [told(it.request) | {"answer": readable(it.done.answer)} for it in own],
            "to others about a message of yours": [
                {"task": it.request.task, "asked": readable(it.request.created)} for it in others
            ],
        }
        return Held("recent answers", "; ".join(sentences), data)

    async def forget_member(self, user: int) -> None:
        self._drop(lambda request: request.concerns(user))

    async def forget_server(self, server: int) -> None:
        self._drop(lambda request: request.is_from(server))

    def _drop(self, unwanted: Callable[[Request], bool]) -> None:
        for answered in [it for it in self._kept.values() if unwanted(it.request)]:
            del self._kept[answered.request.id]
            self._bytes -= answered.bytes

    def _drop_oldest(self) -> None:
        _, answered = self._kept.popitem(last=False)
        self._bytes -= answered.bytes
