"""Interaction: something a member did, seen from the member's side."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .payloads import Json, snowflake

if TYPE_CHECKING:
    from .world import World

LIFETIME = 900.0
"""Seconds for which an interaction's token is good."""


class Interaction:
    """Something a member did, and what the bot made of it.

    Attributes:
        callback: the first response as the bot posted it (`type`, `data`); None while there is none.
        message: the id of `@original`; where a button's message is updated, of that message.
        told, acknowledged: when the bot was told of it, and when it posted the first response; by `time.monotonic`.
    """

    def __init__(self, world: "World", channel: int, clicked: str | None, ago: float) -> None:
        self.id = str(snowflake(ago))
        self.token = f"interaction-{self.id}"
        self.channel = str(channel)
        self.clicked = clicked
        self.callback: Json | None = None
        self.message: str | None = None
        self.followup_ids: list[str] = []
        self.told = time.monotonic()
        self.acknowledged: float | None = None
        self._end = self.told - ago + LIFETIME
        self._world = world

    @property
    def expired(self) -> bool:
        """Whether its token is good for nothing any more."""
        return time.monotonic() >= self._end

    def expire(self) -> None:
        """Let its token end now."""
        self._end = time.monotonic()

    @property
    def original(self) -> Json | None:
        """The `@original` message as it is now; None before there is one and once it is deleted."""
        return self._world.messages.get(self.message or "")

    @property
    def edits(self) -> list[Json]:
        """Every version of `@original` in order, from the deferred one on."""
        return self._world.versions[self.message] if self.message else []

    @property
    def followups(self) -> list[Json]:
        """The follow-up messages as they are now. As in Discord, one sent to a deferred reply becomes `@original`."""
        return [self._world.messages[each] for each in self.followup_ids if each in self._world.messages]

    def wait(self, predicate: Callable[[Json], Any], timeout: float = 10.0) -> Json:
        """Block until `predicate` is true of `@original` as it is now or as a later edit made it; return that version.

        TimeoutError if it never is. Not for the bot's own event loop: there, use `seen`.
        """
        start = max(len(self.edits) - 1, 0)
        return self._world.wait_until(lambda: next(filter(predicate, self.edits[start:]), None), timeout)

    async def seen(self, predicate: Callable[[Json], Any], timeout: float = 10.0) -> Json:  # noqa: ASYNC109
        """`wait` without blocking the event loop."""
        return await asyncio.to_thread(self.wait, predicate, timeout)
