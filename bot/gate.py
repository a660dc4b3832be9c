"""The gate: whether a request may be taken, from memory alone."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.errors import Refusal
from bot.request import Asker
from bot.rules import HostRules, Quota
from bot.storage.servers import Servers
from bot.storage.usage import Key, Usage, keys
from bot.tasks import Task

MINUTE = timedelta(minutes=1)

Measured = Literal["at once", "a minute", "a day", "seconds a day"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What was used of one thing that is limited.

    Attributes:
        most: what is allowed; 0 is no limit.
        free: when there is room again, where time brings it.
    """

    of: Measured
    used: float
    most: int
    free: datetime | None = None

    @property
    def is_full(self) -> bool:
        return 0 < self.most <= self.used


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota, and what counts against it.

    Attributes:
        whose: a member's or everybody's, and on which server or everywhere.
        by_host: whether the host set it; else those who manage the server did.
    """

    whose: Key
    quota: Quota
    by_host: bool


class Gate:
    """It counts what it lets through, and knows what is allowed.

    A request counts once it is let through, also where it is refused later. Its seconds are those of the device, as
    the worker measured them, whatever became of it.

    Args:
        host: what the host says.
        servers: what those who manage a server say.
        usage: what was used today.
        now: tells the time.
    """

    def __init__(
        self, host: HostRules, servers: Servers, usage: Usage, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.host = host
        self._servers = servers
        self._usage = usage
        self._now = now
        self._under_way: Counter[Key] = Counter()
        self._lately: deque[tuple[datetime, Key]] = deque()
        self._a_minute: Counter[Key] = Counter()

    def check(self, asker: Asker, task: Task) -> None:
        """Refusal where `asker` may not ask for `task`, here or now."""
        self._check_host(asker)
        self._check_server(asker)
        self._check_task(asker, task)
        for limit in [*self.limits_of_member(asker), *self.limits_of_server(asker.server)]:
            for measure in self.measures(limit):
                if measure.is_full:
                    raise _too_much(limit, measure)

    @contextmanager
    def count(self, asker: Asker) -> Iterator[None]:
        """Count a request, which is under way until the block ends. Nothing was awaited since it was checked."""
        now = self._now()
        self._forget_before(now - MINUTE)
        self._usage.add(now.date(), asker.user, asker.server, requests=1)
        counted = list(keys(asker.user, asker.server))
        self._lately.extend((now, key) for key in counted)
        self._a_minute.update(counted)
        self._under_way.update(counted)
        try:
            yield
        finally:
            for key in counted:
                _take_one(self._under_way, key)

    def count_seconds(self, asker: Asker | None, seconds: float) -> None:
        """Count what a request took of the device."""
        if asker is not None and seconds:
            self._usage.add(self._now().date(), asker.user, asker.server, seconds=seconds)

    def is_private(self, server: int | None) -> bool:
        """Whether answers on `server` are private where the asker didn't say."""
        return self._servers.of(server).private

    def limits_of_member(self, asker: Asker) -> list[Limit]:
        """What `asker` is held to: first by the host, then, on a server, by those who manage it."""
        rules, roles = self._servers.of(asker.server), set(asker.roles)
        member = Quota() if self.host.exempt_roles & roles else self.host.member
        limits = [Limit((asker.user, None), member, by_host=True)]
        if asker.server is not None:
            member_here = Quota() if rules.exempt_roles & roles else rules.member
            limits.append(Limit((asker.user, asker.server), member_here, by_host=False))
        return limits

    def limits_of_server(self, server: int | None) -> list[Limit]:
        """What all members of `server` are held to together."""
        if server is None:
            return []
        everybody = self._servers.of(server).everybody
        return [
            Limit((None, server), self.host.server, by_host=True),
            Limit((None, server), everybody, by_host=False),
        ]

    def measures(self, limit: Limit) -> list[Measure]:
        """What was used of each thing that `limit` limits."""
        now, whose, quota = self._now(), limit.whose, limit.quota
        self._forget_before(now - MINUTE)
        today = self._usage.of(now.date(), whose)
        return [
            Measure("at once", self._under_way[whose], quota.at_once),
            Measure("a minute", self._a_minute[whose], quota.a_minute, self._room_in_the_minute(whose, quota.a_minute)),
            Measure("a day", today.requests, quota.a_day, next_day(now)),
            Measure("seconds a day", today.seconds, quota.seconds_a_day, next_day(now)),
        ]

    def _forget_before(self, time: datetime) -> None:
        while self._lately and self._lately[0][0] <= time:
            _take_one(self._a_minute, self._lately.popleft()[1])

    def _room_in_the_minute(self, whose: Key, most: int) -> datetime | None:
        leave_first = self._a_minute[whose] - most
        if not most or leave_first < 0:
            return None
        times = [time for time, key in self._lately if key == whose]
        return times[leave_first] + MINUTE

    def _check_host(self, asker: Asker) -> None:
        host = self.host
        if asker.user in host.denied_members:
            raise Refusal("The host of this bot doesn't let you ask me. Only the host can change that.")
        if asker.server in host.denied_servers:
            raise Refusal("The host of this bot doesn't let me work on this server. Only the host can change that.")
        allowed = asker.server in host.allowed_servers or asker.user in host.allowed_members
        if (host.allowed_servers or host.allowed_members) and not allowed:
            here = "in direct messages with you" if asker.server is None else "here"
            raise Refusal(f"The host of this bot doesn't let me work {here}. Only the host can change that.")

    def _check_server(self, asker: Asker) -> None:
        rules = self._servers.of(asker.server)
        channels, roles = set(asker.channels), set(asker.roles)
        if channels & rules.denied_channels:
            raise Refusal(f"I don't answer in this channel. {MANAGERS}")
        if rules.allowed_channels and not channels & rules.allowed_channels:
            raise Refusal(f"I don't answer in this channel. {MANAGERS}", hint=_only_in(rules.allowed_channels))
        named = rules.allowed_roles or rules.allowed_members
        allowed = asker.user in rules.allowed_members or roles & rules.allowed_roles
        if asker.user in rules.denied_members or roles & rules.denied_roles or (named and not allowed):
            raise Refusal(f"On this server you may not ask me. {MANAGERS}")

    def _check_task(self, asker: Asker, task: Task) -> None:
        rules = self._servers.of(asker.server)
        if task.name in rules.off:
            raise Refusal(f"/{task.command} is switched off on this server. {MANAGERS}")
        channels = rules.only_in.get(task.name)
        if channels and not channels & set(asker.channels):
            raise Refusal(f"/{task.command} isn't done in this channel. {MANAGERS}", hint=_only_in(channels))


MANAGERS = "Those who manage the server can change that, with /settings."
"""Who can do something about what a server has set."""


def next_day(now: datetime) -> datetime:
    """When what is counted by the day begins anew."""
    return datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)


def _take_one(counter: Counter[Key], key: Key) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _only_in(channels: frozenset[int]) -> str:
    return "Try " + " or ".join(f"<#{channel}>" for channel in sorted(channels)[:5]) + "."


def _too_much(limit: Limit, measure: Measure) -> Refusal:
    member, _ = limit.whose
    who = "This server has" if member is None else "You have"
    setter = "the host allows" if limit.by_host else "those who manage this server allow"
    used = measure.used
    done = {
        "at once": f"{who} {_requests(used)} under way",
        "a minute": f"{who} asked {_times(used)} within a minute",
        "a day": f"{who} asked {_times(used)} today",
        "seconds a day": f"{who} used {used:,.0f} seconds of the device today",
    }[measure.of]
    when = "when one of them is done" if measure.free is None else f"<t:{measure.free.timestamp():.0f}:R>"
    return Refusal(f"{done}, and {setter} no more.", hint=f"Ask again {when}. **/usage** shows what you have used.")


def _requests(count: float) -> str:
    return "1 request" if count == 1 else f"{count:,.0f} requests"


def _times(count: float) -> str:
    return "once" if count == 1 else f"{count:,.0f} times"
