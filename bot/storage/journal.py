"""The journal: requests that were accepted and are not answered yet."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Executable, Row, Select, delete, insert, select, update

from bot.errors import Refusal
from bot.keeping import Held, counted, told
from bot.request import File, Request
from bot.storage.database import Database, Unwritable
from bot.storage.sealing import Seal, Unreadable
from bot.storage.tables import journal

log = logging.getLogger(__name__)

LARGE = 100_000
"""Bytes of a request from which on it is sealed on a thread: a megabyte would hold the event loop up for 10 ms."""

AGAIN = (1.0, 5.0, 30.0)
"""Seconds between tries to write what nobody waits for; the last counts for all that follow."""

SETTLE = 10.0
"""Seconds that it is tried at the end."""

KEPT_FOR = timedelta(days=7)
"""After which nobody waits for an answer any more."""

_WRITTEN = TypeAdapter(Request)


def dump_request(request: Request) -> bytes:
    """`request` as JSON. It holds a token and what a member wrote: keep it as safe as those."""
    return _WRITTEN.dump_json(request)


def load_request(written: bytes) -> Request:
    """The request that `dump_request` wrote. ValueError (pydantic's ValidationError) for anything else."""
    return _WRITTEN.validate_json(written)


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted request, as it is found after a start.

    Attributes:
        steps: those of its reply that were done, each with what has to be known of it.
        deaths: how often the process died while the request was under way on the device.
    """

    request: Request
    steps: Mapping[str, str]
    deaths: int


class Steps:
    """What of a reply is done, each with what has to be known of it, written down step by step."""

    def __init__(self, journal: "Journal", request: Request, done: Mapping[str, str] | None = None) -> None:
        self._journal = journal
        self._request = request
        self._done = dict(done or {})

    def __contains__(self, step: str) -> bool:
        return step in self._done

    def __getitem__(self, step: str) -> str:
        return self._done[step]

    async def tick(self, step: str, about: str = "") -> None:
        self._done[step] = about
        await self._journal.tick(self._request, self._done)


class Journal:
    """A request is accepted once `add` has returned, and forgotten once `strike` has."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._later: set[asyncio.Task[None]] = set()

    async def add(self, request: Request) -> None:
        """Accept `request`. Refusal where it can't be written down."""
        large = sum(len(it.data if isinstance(it, File) else it) for it in request.inputs.values()) > LARGE
        sealed = await asyncio.to_thread(self._sealed, request) if large else self._sealed(request)
        asker = request.asker
        entry = {
            "id": request.id,
            "created": request.created.timestamp(),
            "user": asker and asker.user,
            "server": asker and asker.server,
            "sealed": sealed,
        }
        try:
            await self._database.write(insert(journal).values(entry))
        except Unwritable as error:
            raise Refusal(
                "I can't write your request down right now, so I don't take it: it could get lost. Ask me again in a "
                "minute. If this goes on, tell the host that my disk may be full."
            ) from error

    async def tick(self, request: Request, steps: Mapping[str, str]) -> None:
        """These are all steps of its reply that are done."""
        sealed = self._seal.close(json.dumps(dict(steps)).encode(), request.id)
        try:
            await self._database.write(update(journal).where(journal.c.id == request.id).values(steps=sealed))
        except Unwritable:
            # At worst it is done once more after a restart, which is better than to leave the member without it now.
            log.warning("a step of request %s couldn't be ticked off", request.id)

    def strike(self, request: Request) -> None:
        """It is answered. Nobody has to wait for that to be written."""
        self._write_later(delete(journal).where(journal.c.id == request.id))

    async def held_of(self, user: int) -> Held | None:
        entries = await self._entries(select(journal).where(journal.c.user == user))
        if not entries:
            return None
        sentence = f"{counted(len(entries), 'request')} written down, sealed, until answered"
        return Held("journal", sentence, [told(entry.request) for entry in entries])

    async def forget_member(self, user: int) -> None:
        """Unwritable where it can't be."""
        await self._database.write(delete(journal).where(journal.c.user == user))

    async def forget_server(self, server: int) -> None:
        """As soon as it can be: nobody waits for that."""
        self._write_later(delete(journal).where(journal.c.server == server))

    async def forget_old(self) -> None:
        """Delete what won't be answered any more. Unwritable where it can't be."""
        oldest = datetime.now(UTC) - KEPT_FOR
        await self._database.write(delete(journal).where(journal.c.created < oldest.timestamp()))

    async def count_deaths(self, requests: Sequence[str]) -> None:
        """These were on the device when a process died. Unwritable where it can't be counted."""
        died = update(journal).where(journal.c.id.in_(requests)).values(deaths=journal.c.deaths + 1)
        await self._database.write(died)

    async def unanswered(self) -> list[Entry]:
        """Oldest first. What can't be read any more is struck: its key is gone, and with it the way to its asker."""
        return await self._entries(select(journal))

    async def find(self, request_id: str) -> Entry | None:
        """One that is unanswered."""
        return next(iter(await self._entries(select(journal).where(journal.c.id == request_id))), None)

    async def settle(self) -> None:
        """Wait for what nobody waited for, but not for long. To be called before the database is closed."""
        if self._later:
            await asyncio.wait(self._later, timeout=SETTLE)
        for task in self._later:
            task.cancel()

    async def _entries(self, selected: Select[Any]) -> list[Entry]:
        rows = await self._database.rows(selected.order_by(journal.c.created))
        return [entry for entry in map(self._entry, rows) if entry is not None]

    def _entry(self, row: Row[Any]) -> Entry | None:
        try:
            request = load_request(self._seal.open(row.sealed, row.id))
            steps = json.loads(self._seal.open(row.steps, row.id)) if row.steps else {}
        except (Unreadable, ValueError):
            log.warning("request %s can't be read any more, and is dropped: was the key changed?", row.id)
            self._write_later(delete(journal).where(journal.c.id == row.id))
            return None
        return Entry(request, steps, row.deaths)

    def _sealed(self, request: Request) -> bytes:
        return self._seal.close(dump_request(request), request.id)

    def _write_later(self, statement: Executable) -> None:
        task = asyncio.create_task(self._insist(statement))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _insist(self, statement: Executable) -> None:
        for pause in chain(AGAIN, repeat(AGAIN[-1])):
            try:
                await self._database.write(statement)
            except Unwritable:
                await asyncio.sleep(pause)
            else:
                return
