"""Usage: what was asked today, and what it took of the device."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain, repeat
from typing import Any, Self

from sqlalchemy import Row, bindparam, delete, insert, select

from bot.keeping import Held, counted
from bot.storage.database import Database, Statement, Unwritable
from bot.storage.journal import AGAIN, SETTLE
from bot.storage.tables import usage

log = logging.getLogger(__name__)

Key = tuple[int | None, int | None]
"""Whose, and where: a member and a server. None is everybody, or everywhere."""

_DIRECT = 0
"""Stands for the server in direct messages."""


def keys(user: int, server: int | None) -> Iterator[Key]:
    """All that a request of `user` counts for."""
    yield user, None
    if server is not None:
        yield user, server
        yield None, server


@dataclass(slots=True)
class Used:
    """Requests, and seconds of the device."""

    requests: int = 0
    seconds: float = 0.0

    def add(self, requests: int, seconds: float) -> None:
        self.requests += requests
        self.seconds += seconds


class Usage:
    """It counts in memory, and what was counted is written down behind, so that a restart is no way around a quota.

    Only the current day is kept. What is forgotten is deleted at once, but goes on to count until the day, or the
    process, is over: else forgetting would be a way around a quota.
    """

    def __init__(self, database: Database, rows: Iterable[Row[Any]] = ()) -> None:
        self._database = database
        self._day = date.min
        self._used: dict[Key, Used] = {}
        self._rows: dict[tuple[int, int], Used] = {}
        self._unwritten: set[tuple[int, int]] = set()
        self._day_is_over = False
        self._writing: asyncio.Task[None] | None = None
        for row in sorted(rows, key=lambda row: row.day):
            self._begin(row.day)
            self._count(row.user, row.server, row.requests, row.seconds)

    @classmethod
    async def read(cls, database: Database) -> Self:
        return cls(database, await database.rows(select(usage)))

    def add(self, day: date, user: int, server: int | None, *, requests: int = 0, seconds: float = 0.0) -> None:
        """Count it; nobody has to wait for that to be written."""
        self._begin(day)
        self._count(user, server or _DIRECT, requests, seconds)
        self._unwritten.add((user, server or _DIRECT))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    def of(self, day: date, key: Key) -> Used:
        """What was used on `day`, which is today."""
        self._begin(day)
        return self._used.get(key, Used())

    async def held_of(self, user: int) -> Held | None:
        used = {server: used for (member, server), used in self._used.items() if member == user}
        if not used:
            return None
        data = [
            {"day": self._day.isoformat(), "server": "all together" if server is None else str(server), **asdict(it)}
            for server, it in used.items()
        ]
        times = counted(used[None].requests, "time")
        return Held("usage", f"that you asked {times} today, and for how long", data)

    async def forget_member(self, user: int) -> None:
        """Delete what is written down of `user`. Unwritable where it can't be."""
        self._drop([key for key in self._rows if key[0] == user])
        await self._database.write(delete(usage).where(usage.c.user == user))

    async def forget_server(self, server: int) -> None:
        """Delete what is written down of `server`. Unwritable where it can't be."""
        self._drop([key for key in self._rows if key[1] == server])
        await self._database.write(delete(usage).where(usage.c.server == server))

    async def settle(self) -> None:
        """Wait for what is to be written, but not for long. To be called before the database is closed."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=SETTLE)
            self._writing.cancel()

    def _begin(self, day: date) -> None:
        if day != self._day:
            self._day, self._day_is_over = day, True
            self._used.clear()
            self._drop(list(self._rows))

    def _count(self, user: int, server: int, requests: int, seconds: float) -> None:
        self._rows.setdefault((user, server), Used()).add(requests, seconds)
        for key in keys(user, server or None):
            self._used.setdefault(key, Used()).add(requests, seconds)

    def _drop(self, forgotten: Iterable[tuple[int, int]]) -> None:
        for key in forgotten:
            del self._rows[key]
            self._unwritten.discard(key)

    async def _write(self) -> None:
        pauses = chain(AGAIN, repeat(AGAIN[-1]))
        while self._unwritten:
            written, self._unwritten = self._unwritten, set()
            day_was_over, self._day_is_over = self._day_is_over, False
            try:
                await self._database.write(*self._statements(written, old_days=day_was_over))
            except Unwritable:
                self._unwritten |= written & self._rows.keys()
                self._day_is_over |= day_was_over
                await asyncio.sleep(next(pauses))

    def _statements(self, written: set[tuple[int, int]], *, old_days: bool) -> Iterator[Statement]:
        if old_days:
            yield delete(usage).where(usage.c.day < self._day)
        rows = [
            {"day": self._day, "user": user, "server": server, **asdict(self._rows[user, server])}
            for user, server in sorted(written)
        ]
        # One statement for many rows: a long one would take as long to be written as a request has to be acknowledged.
        yield _SAME, [{"a_day": row["day"], "a_user": row["user"], "a_server": row["server"]} for row in rows]
        yield insert(usage), rows


_SAME = delete(usage).where(
    usage.c.day == bindparam("a_day"), usage.c.user == bindparam("a_user"), usage.c.server == bindparam("a_server")
)
