"""The migrations make the tables that the code knows."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from bot.storage.database import Database
from bot.storage.tables import metadata


async def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    await database.open()
    await database.close()
    with create_engine(f"sqlite:///{tmp_path / 'bot.db'}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
