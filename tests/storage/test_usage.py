"""What was used today: counted in memory, written behind, and kept no longer than it is needed."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.storage.database import Database, Unwritable
from bot.storage.tables import usage as table
from bot.storage.usage import Usage, Used

MONDAY, TUESDAY = date(2026, 5, 4), date(2026, 5, 5)
ANN, BOB, SERVER = 1, 2, 10


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    await database.open()
    yield database
    await database.close()


async def rows(database: Database) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await database.rows(select(table).order_by(table.c.user, table.c.server))]


async def test_a_restart_is_no_way_around_a_quota(database: Database) -> None:
    usage = await Usage.read(database)
    for _ in range(3):
        usage.add(MONDAY, ANN, SERVER, requests=1)
    usage.add(MONDAY, ANN, None, requests=1, seconds=2.5)
    usage.add(MONDAY, BOB, SERVER, seconds=1.5)
    await usage.settle()
    again = await Usage.read(database)
    assert again.of(MONDAY, (ANN, None)) == Used(4, 2.5)
    assert again.of(MONDAY, (ANN, SERVER)) == Used(3, 0.0)
    assert again.of(MONDAY, (None, SERVER)) == Used(3, 1.5)
    again.add(MONDAY, ANN, SERVER, requests=1)
    await again.settle()
    assert await rows(database) == [
        (MONDAY, ANN, 0, 1, 2.5),
        (MONDAY, ANN, SERVER, 4, 0.0),
        (MONDAY, BOB, SERVER, 0, 1.5),
    ]


async def test_a_new_day_begins_at_nothing_and_old_ones_are_deleted(database: Database) -> None:
    usage = await Usage.read(database)
    usage.add(MONDAY, ANN, SERVER, requests=5)
    await usage.settle()
    usage = await Usage.read(database)
    assert usage.of(TUESDAY, (ANN, None)) == Used()
    usage.add(TUESDAY, BOB, SERVER, requests=1)
    await usage.settle()
    assert await rows(database) == [(TUESDAY, BOB, SERVER, 1, 0.0)]


async def test_forgetting_deletes_at_once_but_is_no_way_around_a_quota(database: Database) -> None:
    usage = await Usage.read(database)
    for user, server in ((ANN, SERVER), (ANN, None), (BOB, SERVER), (BOB, 20)):
        usage.add(MONDAY, user, server, requests=1)
    await usage.forget_member(ANN)
    assert [row[1] for row in await rows(database)] == [BOB, BOB]
    await usage.forget_server(SERVER)
    assert await rows(database) == [(MONDAY, BOB, 20, 1, 0.0)]
    assert usage.of(MONDAY, (ANN, None)) == Used(2)
    assert usage.of(MONDAY, (None, SERVER)) == Used(2)
    usage.add(MONDAY, ANN, None, requests=1)
    await usage.settle()
    assert (MONDAY, ANN, 0, 1, 0.0) in await rows(database), "what was forgotten isn't written down again"


async def test_what_cannot_be_written_yet_is_written_later(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = await Usage.read(database)
    write, failures = database.write, [Unwritable("full"), Unwritable("full")]

    async def stubborn(*statements: object) -> None:
        if failures:
            raise failures.pop()
        await write(*statements)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.storage.usage.AGAIN", (0.0,))
    monkeypatch.setattr(database, "write", stubborn)
    usage.add(MONDAY, ANN, SERVER, requests=1)
    usage.add(MONDAY, BOB, SERVER, requests=1)
    await usage.settle()
    assert len(await rows(database)) == 2


async def test_a_burst_is_written_together(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = await Usage.read(database)
    writes: list[int] = []
    write = database.write

    async def counted(*statements: object) -> None:
        writes.append(len(statements))
        await write(*statements)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "write", counted)
    for number in range(300):
        usage.add(MONDAY, number, SERVER, requests=1)
    await usage.settle()
    assert len(writes) == 1
    assert len(await rows(database)) == 300
