from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from bot.tasks import ENTITIES, SENTIMENT, Task
from bot.worker import pool as pool_module
from bot.worker.pool import Key, Pool

if TYPE_CHECKING:
    from bot.worker.loading import Loaded


@dataclass(eq=False)
class StandIn:
    """What pools and choices read of a model."""

    name: str
    bytes: int = 100
    task: Task = SENTIMENT
    users: int = 0
    packs: bool = True
    alone: bool = False
    budget: int = 1000

    @property
    def key(self) -> Key:
        return self.task.name, self.name

    @property
    def loaded(self) -> "Loaded":
        return cast("Loaded", self)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pool_module, "time", clock)
    return clock


def filled(*models: StandIn, budget: int = 300, pinned: tuple[str, ...] = ()) -> Pool:
    pool = Pool(budget, 60.0, pinned)
    for model in models:
        pool.add(model.loaded)
    return pool


def leaving(pool: Pool, wanted: set[Key]) -> list[str]:
    """The names of all that may leave, in that order."""
    names = []
    while (victim := pool.victim(wanted)) is not None:
        names.append(victim.key[1])
        pool.evict(victim)
    return names


def test_the_least_recently_used_leaves_first_and_the_wanted_ones_last() -> None:
    models = [StandIn(name) for name in "abcd"]
    a, c = models[0], models[2]
    pool = filled(*models)
    pool.use(a.loaded)
    assert leaving(pool, set()) == ["b", "c", "d", "a"]
    pool = filled(*models)
    assert leaving(pool, {a.key, c.key}) == ["b", "d", "a", "c"]
    assert list(pool) == []
    assert pool.get(a.key) is None


def test_what_is_in_use_or_pinned_never_leaves(clock: Clock) -> None:
    used, pinned, free = StandIn("used", users=1), StandIn("pinned", task=ENTITIES), StandIn("free")
    pool = filled(used, pinned, free, pinned=(ENTITIES.name,))
    clock.now += 100
    assert pool.idle() is free.loaded
    assert leaving(pool, set()) == ["free"]
    assert pool.idle() is None
    used.users = 0
    assert leaving(pool, set()) == ["used"]
    assert list(pool) == [pinned.loaded]


def test_room_is_what_the_budget_leaves_once_all_left_that_may() -> None:
    used, pinned, free = StandIn("used", users=1), StandIn("pinned", task=ENTITIES), StandIn("free")
    pool = filled(used, pinned, free, pinned=(ENTITIES.name,))
    assert pool.size == 300
    assert (pool.has_room(100), pool.has_room(101)) == (True, False)
    assert (pool.has_room(0, {free.key}), pool.has_room(1, {free.key})) == (True, False)
    used.users = 0
    assert (pool.has_room(200), pool.has_room(201)) == (True, False)
    assert pool.most == 200


def test_what_nobody_used_for_long_is_idle(clock: Clock) -> None:
    a, b = StandIn("a"), StandIn("b")
    pool = filled(a, b)
    clock.now += 50
    pool.use(a.loaded)
    assert pool.idle() is None
    clock.now += 20
    assert pool.idle() is b.loaded
    pool.evict(b.loaded)
    assert pool.idle() is None
    clock.now += 50
    assert pool.idle() is a.loaded
