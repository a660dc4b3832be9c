import asyncio
import resource
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text

from bot.errors import HostError
from bot.storage import database as module
from bot.storage.database import Database, Unwritable
from bot.storage.tables import journal, metadata

FILE = Path("data/bot.db")


@pytest.fixture
async def database(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    database = Database(f"sqlite+aiosqlite:///{FILE}")
    await database.open()
    yield database
    await database.close()


def row(number: int, sealed: bytes = b"") -> Any:
    return insert(journal).values(id=str(number), created=number, sealed=sealed)


async def ids(database: Database) -> list[str]:
    return sorted(it.id for it in await database.rows(select(journal.c.id)))


async def test_the_migrations_make_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database._engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_it_is_for_its_own_account_alone(database: Database) -> None:
    await database.write(row(1))
    modes = [stat.S_IMODE(path.stat().st_mode) for path in FILE.parent.iterdir()]
    assert modes == [0o600] * len(modes)


async def test_its_writes_wait_for_the_disk_and_readers_for_nobody(database: Database) -> None:
    ((mode,),) = await database.rows(text("PRAGMA journal_mode"))
    ((synchronous,),) = await database.rows(text("PRAGMA synchronous"))
    assert (mode, synchronous) == ("wal", 2)


async def test_what_is_written_at_once_shares_commits(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    commits: list[int] = []
    commit = database._commit

    async def counted(statements: Any) -> None:
        commits.append(len(statements))
        await commit(statements)

    monkeypatch.setattr(database, "_commit", counted)
    await asyncio.gather(*(database.write(row(number)) for number in range(300)))
    assert len(await ids(database)) == sum(commits) == 300
    assert len(commits) <= 3


async def test_what_is_locked_is_unwritable_and_nothing_of_it_stays(database: Database) -> None:
    other = sqlite3.connect(FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unwritable, match="locked"):
        await database.write(row(1))
    other.execute("ROLLBACK")
    await database.write(row(2))
    assert await ids(database) == ["2"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of this process's files")
async def test_what_does_not_fit_on_the_disk_is_unwritable(database: Database) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(Unwritable):
            await database.write(row(1, b"x" * 1_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    await database.write(row(2))
    assert await ids(database) == ["2"]


async def test_all_or_none(database: Database) -> None:
    with pytest.raises(Unwritable):
        await database.write(row(1), row(1))
    assert await ids(database) == []


async def test_an_error_quotes_no_parameters(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    await database.write(row(1, b"Zanzibar"))
    with pytest.raises(Unwritable) as caught:
        await database.write(row(1, b"Zanzibar"))
    assert "Zanzibar" not in f"{caught.value!r} {caught.value.__cause__} {caplog.text}"


async def test_what_is_deleted_is_overwritten(database: Database) -> None:
    await database.write(row(1, b"Zanzibar" * 100))
    await database.write(journal.delete())
    await database.write(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert b"Zanzibar" not in FILE.read_bytes()  # noqa: ASYNC240


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "DATABASE_URL can't be used"),
        ("oracle+nothing://", "DATABASE_URL can't be used"),
        ("sqlite+aiosqlite:////proc/nowhere/bot.db", "can't be opened"),
    ],
)
async def test_what_the_host_has_to_put_right(url: str, told: str) -> None:
    with pytest.raises(HostError, match=told):
        await Database(url).open()


async def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(HostError, match="is not a database"):
        await Database(f"sqlite+aiosqlite:///{tmp_path}/bot.db").open()


async def test_a_database_of_a_newer_version_is_told(database: Database) -> None:
    await database.write(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    with pytest.raises(HostError, match="9999"):
        await Database(database.url).open()
