"""Who is let through, how much they may use, and that there is no way around it."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import tasks
from bot.errors import Refusal
from bot.gate import Gate
from bot.request import Asker
from bot.rules import HostRules, Quota, ServerRules
from bot.storage.database import IN_MEMORY, Database
from bot.storage.servers import Servers
from bot.storage.storage import Storage
from bot.storage.usage import Usage
from bot.tasks import SENTIMENT, TRANSLATE

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ANN, BOB = 1, 2
SERVER, OTHER = 10, 20
CHANNEL, THREAD, ELSEWHERE = 100, 101, 102
MODERATORS, GUESTS = 7, 8


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


Build = Callable[..., Gate]


@pytest.fixture
def gate(clock: Clock, storage: Storage) -> Build:
    def build(**host: object) -> Gate:
        return Gate(HostRules(**host), storage.servers, storage.usage, clock)  # type: ignore[arg-type]

    return build


def asker(user: int = ANN, server: int | None = SERVER, channels: tuple[int, ...] = (CHANNEL,), *roles: int) -> Asker:
    return Asker(user, server, channels, roles)


def ask(gate: Gate, who: Asker | None = None, seconds: float = 0.0) -> None:
    who = who or asker()
    gate.check(who, SENTIMENT)
    with gate.count(who):
        gate.count_seconds(who, seconds)


def refusal(gate: Gate, who: Asker | None = None, task: tasks.Task = SENTIMENT) -> Refusal:
    with pytest.raises(Refusal) as raised:
        gate.check(who or asker(), task)
    return raised.value


def stamp(time: datetime) -> str:
    return f"<t:{time.timestamp():.0f}:R>"


async def test_as_many_at_once_as_are_allowed(gate: Build) -> None:
    held = gate(member=Quota(at_once=2))
    with held.count(asker()), held.count(asker()):
        told = refusal(held)
        assert told.sentence == "You have 2 requests under way, and the host allows no more."
        assert "when one of them is done" in told.hint
        ask(held, asker(BOB))
    ask(held)


async def test_one_that_breaks_is_not_under_way_any_more(gate: Build) -> None:
    held = gate(member=Quota(at_once=1))
    with pytest.raises(RuntimeError), held.count(asker()):
        raise RuntimeError
    ask(held)


async def test_over_the_minute_it_is_told_when_to_come_back_and_then_there_is_room(gate: Build, clock: Clock) -> None:
    held = gate(member=Quota(a_minute=3))
    for _ in range(3):
        ask(held)
        clock.wait(seconds=10)
    told = refusal(held)
    assert told.sentence == "You have asked 3 times within a minute, and the host allows no more."
    assert stamp(NOON + timedelta(minutes=1)) in told.hint
    clock.wait(seconds=29.9)
    refusal(held)
    clock.wait(seconds=0.1)
    ask(held)
    assert stamp(NOON + timedelta(seconds=70)) in refusal(held).hint


async def test_over_the_day_it_begins_anew_at_midnight(gate: Build, clock: Clock) -> None:
    held = gate(member=Quota(a_day=1))
    ask(held)
    told = refusal(held)
    assert told.sentence == "You have asked once today, and the host allows no more."
    assert stamp(datetime(2026, 5, 5, tzinfo=UTC)) in told.hint
    clock.now = datetime(2026, 5, 5, tzinfo=UTC)
    ask(held)


async def test_seconds_of_the_device_count_whatever_became_of_the_request(gate: Build) -> None:
    held = gate(member=Quota(seconds_a_day=60))
    ask(held, seconds=59.5)
    ask(held, seconds=1700)
    assert refusal(held).sentence == "You have used 1,760 seconds of the device today, and the host allows no more."


async def test_a_member_is_held_to_the_hosts_quota_across_servers_and_direct_messages(gate: Build) -> None:
    held = gate(member=Quota(a_day=3))
    for server in (SERVER, OTHER, None):
        ask(held, asker(server=server))
    refusal(held, asker(server=77))


async def test_all_members_of_a_server_share_its_quota_and_direct_messages_have_none(gate: Build) -> None:
    held = gate(server=Quota(a_day=2))
    ask(held, asker(ANN))
    ask(held, asker(BOB))
    assert refusal(held, asker(3)).sentence == "This server has asked 2 times today, and the host allows no more."
    ask(held, asker(3, OTHER))
    for _ in range(3):
        ask(held, asker(3, None))


async def test_a_server_may_be_stricter_but_not_laxer(gate: Build, storage: Storage) -> None:
    held = gate(member=Quota(a_day=3))
    await storage.servers.change(SERVER, lambda _: ServerRules(member=Quota(a_day=1)))
    await storage.servers.change(OTHER, lambda _: ServerRules(member=Quota(a_day=100)))
    ask(held)
    assert "those who manage this server allow no more" in refusal(held).sentence
    ask(held, asker(server=OTHER))
    ask(held, asker(server=OTHER))
    assert "the host allows no more" in refusal(held, asker(server=OTHER)).sentence


async def test_what_was_used_elsewhere_does_not_count_against_a_servers_own_quota(
    gate: Build, storage: Storage
) -> None:
    held = gate()
    await storage.servers.change(SERVER, lambda _: ServerRules(member=Quota(a_day=1)))
    ask(held, asker(server=OTHER))
    ask(held)


async def test_an_exempt_role_frees_from_the_quota_of_who_exempted_it(gate: Build, storage: Storage) -> None:
    held = gate(member=Quota(a_day=2), server=Quota(a_day=4), exempt_roles=frozenset({MODERATORS}))
    await storage.servers.change(SERVER, lambda _: ServerRules(member=Quota(a_day=1), exempt_roles=frozenset({GUESTS})))
    guest, moderator = asker(ANN, SERVER, (), GUESTS), asker(BOB, SERVER, (), MODERATORS)
    ask(held, guest)
    ask(held, guest)
    assert "the host allows" in refusal(held, guest).sentence
    ask(held, moderator)
    assert "those who manage this server allow" in refusal(held, moderator).sentence
    both = asker(BOB, SERVER, (), MODERATORS, GUESTS)
    ask(held, both)
    assert "This server has asked 4 times" in refusal(held, both).sentence


@pytest.mark.parametrize(
    ("host", "who", "let_in"),
    [
        ({"denied_members": {ANN}}, asker(ANN), False),
        ({"denied_members": {ANN}}, asker(BOB), True),
        ({"denied_members": {ANN}}, asker(ANN, None), False),
        ({"denied_servers": {SERVER}}, asker(), False),
        ({"denied_servers": {SERVER}}, asker(server=None), True),
        ({"allowed_servers": {SERVER}}, asker(), True),
        ({"allowed_servers": {SERVER}}, asker(server=OTHER), False),
        ({"allowed_servers": {SERVER}}, asker(server=None), False),
        ({"allowed_servers": {SERVER}, "allowed_members": {ANN}}, asker(ANN, None), True),
        ({"allowed_servers": {SERVER}, "allowed_members": {ANN}}, asker(BOB, OTHER), False),
        ({"allowed_members": {ANN}}, asker(BOB), False),
        ({"allowed_members": {ANN}, "denied_members": {ANN}}, asker(ANN), False),
        ({"allowed_members": {ANN}, "denied_servers": {SERVER}}, asker(ANN), False),
    ],
)
async def test_the_lists_of_the_host(gate: Build, host: dict[str, set[int]], who: Asker, let_in: bool) -> None:
    held = gate(**{name: frozenset(ids) for name, ids in host.items()})
    if let_in:
        held.check(who, SENTIMENT)
    else:
        assert "Only the host can change that." in refusal(held, who).sentence


@pytest.mark.parametrize(
    ("rules", "who", "let_in"),
    [
        ({"denied_channels": {CHANNEL}}, asker(), False),
        ({"denied_channels": {CHANNEL}}, asker(channels=(THREAD, CHANNEL)), False),
        ({"denied_channels": {CHANNEL}}, asker(channels=(ELSEWHERE,)), True),
        ({"allowed_channels": {CHANNEL}}, asker(channels=(THREAD, CHANNEL)), True),
        ({"allowed_channels": {CHANNEL}}, asker(channels=(ELSEWHERE,)), False),
        ({"allowed_channels": {CHANNEL}, "denied_channels": {THREAD}}, asker(channels=(THREAD, CHANNEL)), False),
        ({"denied_members": {ANN}}, asker(), False),
        ({"denied_members": {ANN}}, asker(BOB), True),
        ({"denied_roles": {GUESTS}}, asker(ANN, SERVER, (), MODERATORS, GUESTS), False),
        ({"allowed_roles": {MODERATORS}}, asker(ANN, SERVER, (), MODERATORS), True),
        ({"allowed_roles": {MODERATORS}}, asker(), False),
        ({"allowed_roles": {MODERATORS}, "allowed_members": {ANN}}, asker(ANN), True),
        ({"allowed_members": {ANN}, "denied_members": {ANN}}, asker(ANN), False),
        ({"denied_members": {ANN}}, asker(server=OTHER), True),
        ({"denied_members": {ANN}}, asker(server=None), True),
    ],
)
async def test_the_lists_of_a_server(
    gate: Build, storage: Storage, rules: dict[str, set[int]], who: Asker, let_in: bool
) -> None:
    held = gate()
    await storage.servers.change(
        SERVER,
        lambda _: ServerRules(**{name: frozenset(ids) for name, ids in rules.items()}),  # type: ignore[arg-type]
    )
    if let_in:
        held.check(who, SENTIMENT)
    else:
        assert "Those who manage the server can change that, with /settings." in refusal(held, who).sentence


async def test_a_task_that_is_off_or_elsewhere(gate: Build, storage: Storage) -> None:
    held = gate()
    await storage.servers.change(
        SERVER,
        lambda _: ServerRules(
            off=frozenset({SENTIMENT.name}), only_in={TRANSLATE.name: frozenset({CHANNEL}), "gone": frozenset({3})}
        ),
    )
    told = refusal(held)
    assert told.sentence.startswith("/sentiment is switched off on this server.")
    told = refusal(held, asker(channels=(ELSEWHERE,)), TRANSLATE)
    assert told.sentence.startswith("/translate isn't done in this channel.")
    assert told.hint == f"Try <#{CHANNEL}>."
    held.check(asker(channels=(THREAD, CHANNEL)), TRANSLATE)
    held.check(asker(server=OTHER), SENTIMENT)


class World:
    """A gate, and beside it a plain list of all that it let through."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.clock = Clock()
        self.database = Database(IN_MEMORY)
        self.let_through: list[tuple[int, datetime]] = []
        self.forgotten: list[tuple[int, datetime]] = []
        self.lately: list[tuple[int, datetime]] = []
        self.under_way: dict[int, list[ExitStack]] = {ANN: [], BOB: []}

    async def start(self) -> None:
        """What a restart forgets: what is under way, the minute, and what was to be forgotten."""
        self.usage = await Usage.read(self.database)
        self.gate = Gate(HostRules(member=self.quota), Servers(self.database, {}), self.usage, self.clock)
        self.under_way = {ANN: [], BOB: []}
        self.lately, self.forgotten = [], []

    async def restart(self, _user: int, _server: int | None) -> None:
        await self.usage.settle()
        await self.start()

    async def forget(self, user: int, _server: int | None) -> None:
        await self.usage.forget_member(user)
        self.forgotten += [it for it in self.let_through if it[0] == user]
        self.let_through = [it for it in self.let_through if it[0] != user]

    async def end(self, user: int, _server: int | None) -> None:
        if self.under_way[user]:
            self.under_way[user].pop().close()

    async def ask(self, user: int, server: int | None) -> None:
        now, quota = self.clock.now, self.quota
        counted = self.let_through + self.forgotten
        today = sum(who == user and time.date() == now.date() for who, time in counted)
        minute = sum(who == user and time > now - timedelta(minutes=1) for who, time in self.lately)
        room = len(self.under_way[user]) < quota.at_once and minute < quota.a_minute and today < quota.a_day
        who = asker(user, server)
        if not room:
            refusal(self.gate, who)
            return
        self.gate.check(who, SENTIMENT)
        stack = ExitStack()
        stack.enter_context(self.gate.count(who))
        self.under_way[user].append(stack)
        self.let_through.append((user, now))
        self.lately.append((user, now))


steps = st.lists(
    st.tuples(
        st.sampled_from([World.ask, World.ask, World.ask, World.end, World.restart, World.forget]),
        st.sampled_from([ANN, BOB]),
        st.sampled_from([SERVER, OTHER, None]),
        st.sampled_from([0, 0, 1, 20, 59, 60, 40_000]),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.builds(Quota, st.integers(1, 3), st.integers(1, 4), st.integers(1, 6)))
def test_never_more_than_the_quota_and_never_less_whatever_is_done(steps: list[Any], quota: Quota) -> None:
    async def scenario() -> None:
        world = World(quota)
        await world.database.open()
        await world.start()
        for do, user, server, pause in steps:
            await do(world, user, server)
            world.clock.wait(seconds=pause)
        await world.usage.settle()
        await world.database.close()

    asyncio.run(scenario())
