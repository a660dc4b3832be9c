"""Database: the file, or server, that outlives the process; its tables are brought up to date when it is opened."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Executable, Row, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import HostError

log = logging.getLogger(__name__)

IN_MEMORY = "sqlite+aiosqlite://"
"""The URL of a database that is gone with its process."""

PATIENCE = 5.0
"""Seconds that a write waits for another process to let go of the file."""


class Unwritable(Exception):
    """The database can't be written, or read, right now: its disk is full, somebody locks it, it can't be reached."""


Statement = Executable | tuple[Executable, Sequence[Mapping[str, Any]]]
"""Done once; or for each of some rows, by whose names its parameters are called."""


class Database:
    """Statements, each committed once its call returns.

    What is to be written while a transaction is under way shares the next one: a commit waits for the disk, and three
    hundred requests in a second don't have the time to wait one after the other.

    Args:
        url: as SQLAlchemy reads it, with an asynchronous driver.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: AsyncEngine
        self._busy = asyncio.Lock()
        self._waiting: list[tuple[Sequence[Statement], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Make or open it, and apply the migrations that it lacks. HostError where that can't be."""
        try:
            url = make_url(self.url)
            sqlite = url.get_backend_name() == "sqlite"
            # Parameters are what members wrote; an exception must not quote them.
            self._engine = create_async_engine(
                url, hide_parameters=True, connect_args={"timeout": PATIENCE} if sqlite else {}
            )
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise HostError(f"DATABASE_URL can't be used: {error}.", HostError.CONFIG) from None
        if sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
        try:
            if sqlite:
                _make_private(url.database)
            async with self._engine.begin() as connection:
                await connection.run_sync(_migrate)
        except (DBAPIError, CommandError, OSError) as error:
            await self._engine.dispose()
            cause = error.orig if isinstance(error, DBAPIError) else error
            raise HostError(
                f"The database {url.render_as_string()} can't be opened: {cause}. Where it is broken, put your latest "
                "copy in its place, or move it away to begin anew.",
                HostError.CONFIG,
            ) from error

    async def close(self) -> None:
        """Wait for what is being written, then let go."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await self._engine.dispose()

    async def write(self, *statements: Statement) -> None:
        """Commit `statements`, all or none. Unwritable where that can't be."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((statements, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """What `statement` selects. Unwritable where that can't be had."""
        try:
            async with self._busy, self._engine.connect() as connection:
                return (await connection.execute(statement)).all()
        except (DBAPIError, OSError) as error:
            raise _told(error) from error

    async def _write(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            failure: BaseException | None = Unwritable("it is being closed")
            try:
                await self._commit([statement for statements, _ in together for statement in statements])
                failure = None
            except (DBAPIError, OSError) as error:
                failure = _told(error)
            except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it is
                failure = error
            finally:
                for _, done in together:
                    _settle(done, failure)

    async def _commit(self, statements: Sequence[Statement]) -> None:
        async with self._busy, self._engine.begin() as connection:
            for statement in statements:
                await connection.execute(*(statement if isinstance(statement, tuple) else (statement,)))


def _settle(done: asyncio.Future[None], failure: BaseException | None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)


def _told(error: DBAPIError | OSError) -> Unwritable:
    cause = error.orig if isinstance(error, DBAPIError) else error
    log.error("the database can't be used right now: %s", cause)
    return Unwritable(str(cause))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # Readers and the writer don't wait for each other, and what is committed survives a power cut too.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    # What is deleted is overwritten, not only no longer listed.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _make_private(path: str | None) -> None:
    """Make the file, for the host's own account alone: SQLite would let others read it, and its companions after it."""
    if path and path != ":memory:":
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.chmod(0o600)


def _migrate(connection: Connection) -> None:
    config = Config()
    folder = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.set_main_option("version_locations", f"{folder}/versions")
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
