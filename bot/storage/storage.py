"""Storage: what outlives the process, open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from bot.errors import HostError
from bot.keeping import Keeper
from bot.settings import Settings
from bot.storage.database import IN_MEMORY, Database, Unwritable
from bot.storage.journal import Journal
from bot.storage.members import Members
from bot.storage.sealing import Seal, key_from, key_in, new_key
from bot.storage.servers import Servers
from bot.storage.usage import Usage


@dataclass(frozen=True, slots=True)
class Storage:
    """One place for each thing that is remembered."""

    journal: Journal
    servers: Servers
    usage: Usage
    members: Members

    @classmethod
    async def read(cls, database: Database, seal: Seal) -> Self:
        """What is in `database`, which is open. Unwritable where that can't be had."""
        journal = Journal(database, seal)
        await journal.forget_old()
        return cls(journal, await Servers.read(database), await Usage.read(database), await Members.read(database))

    @property
    def keepers(self) -> tuple[Keeper, ...]:
        """Whoever in here holds something of members or servers."""
        return self.journal, self.servers, self.usage, self.members


@asynccontextmanager
async def opened_storage(settings: Settings) -> AsyncIterator[Storage]:
    """The storage of this host. HostError where it can't be opened."""
    given = settings.data_key
    try:
        key = key_from(given.get_secret_value()) if given else key_in(settings.data_dir / "key")
    except OSError as error:
        raise HostError(f"DATA_DIR can't be used: {error}.", HostError.CONFIG) from error
    async with _opened(Database(settings.database), Seal(key)) as storage:
        yield storage


@asynccontextmanager
async def fleeting_storage() -> AsyncIterator[Storage]:
    """A storage that is gone with the block: for the playground, and for tests."""
    async with _opened(Database(IN_MEMORY), Seal(new_key())) as storage:
        yield storage


@asynccontextmanager
async def _opened(database: Database, seal: Seal) -> AsyncIterator[Storage]:
    await database.open()
    try:
        try:
            storage = await Storage.read(database, seal)
        except Unwritable as error:
            raise HostError(f"The database can't be used right now: {error}.", HostError.UNAVAILABLE) from error
        try:
            yield storage
        finally:
            await storage.usage.settle()
            await storage.journal.settle()
    finally:
        await database.close()
