"""Pool: the loaded models, within a budget of memory."""

import time
from collections import OrderedDict
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # It loads torch.
    from bot.worker.loading import Loaded

Key = tuple[str, str]
"""A model by task name and folder."""


class Pool:
    """What is loaded, least recently used first. Not thread-safe: the worker holds its lock.

    A model is in use while `Loaded.users` isn't 0, and pinned where the host wants it to stay: neither is evicted.

    Attributes:
        loading: the model that is on its way.

    Args:
        budget: bytes.
        idle: seconds that a model may stay unused.
        pinned: names of tasks whose models stay.
    """

    def __init__(self, budget: int, idle: float, pinned: Collection[str] = ()) -> None:
        self.budget = budget
        self._pinned = pinned
        self.loading: Key | None = None
        self._idle = idle
        self._models: OrderedDict[Key, Loaded] = OrderedDict()
        self._used: dict[Key, float] = {}

    def __iter__(self) -> "Iterator[Loaded]":
        return iter(self._models.values())

    def get(self, key: Key) -> "Loaded | None":
        return self._models.get(key)

    def add(self, loaded: "Loaded") -> None:
        self._models[loaded.key] = loaded
        self.use(loaded)

    def use(self, loaded: "Loaded") -> None:
        """It is the most recently used one now."""
        self._models.move_to_end(loaded.key)
        self._used[loaded.key] = time.monotonic()

    def is_pinned(self, loaded: "Loaded") -> bool:
        return loaded.task.name in self._pinned

    @property
    def size(self) -> int:
        """Bytes taken."""
        return sum(loaded.bytes for loaded in self._models.values())

    @property
    def most(self) -> int:
        """Bytes that one more model can have at most: the budget without what is pinned."""
        return self.budget - sum(loaded.bytes for loaded in self if self.is_pinned(loaded))

    def has_room(self, size: int, wanted: Collection[Key] = ()) -> bool:
        """Whether `size` bytes fit once everything was evicted that may be, but for the `wanted` ones."""
        return self.size - sum(it.bytes for it in self._evictable(wanted)) + size <= self.budget

    def victim(self, wanted: Collection[Key]) -> "Loaded | None":
        """Who has to leave next: the least recently used one, the `wanted` ones last; None where nobody may."""
        return next(iter(self._evictable(wanted) or self._evictable(())), None)

    def idle(self) -> "Loaded | None":
        """One that nobody used for so long that it should leave."""
        oldest = time.monotonic() - self._idle
        return next((loaded for loaded in self._evictable(()) if self._used[loaded.key] < oldest), None)

    def evict(self, loaded: "Loaded") -> None:
        del self._models[loaded.key], self._used[loaded.key]

    def _evictable(self, wanted: Collection[Key]) -> "list[Loaded]":
        return [
            loaded
            for key, loaded in self._models.items()
            if not loaded.users and not self.is_pinned(loaded) and key not in wanted
        ]
