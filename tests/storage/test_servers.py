"""What is set for servers: in memory for whoever asks, on disk before it holds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy import insert

from bot.errors import HostError
from bot.rules import Quota, ServerRules
from bot.storage.database import Database, Unwritable
from bot.storage.servers import Servers
from bot.storage.tables import servers as table

SERVER, OTHER = 10, 20

ids = st.frozensets(st.integers(0, 2**63), max_size=4)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    await database.open()
    yield database
    await database.close()


@given(st.builds(ServerRules, only_in=st.dictionaries(st.text(), ids), allowed_channels=ids, denied_members=ids))
def test_rules_come_back_as_they_were_written(rules: ServerRules) -> None:
    written = TypeAdapter(ServerRules)
    assert written.validate_json(written.dump_json(rules)) == rules


async def test_a_restart_keeps_everything(database: Database) -> None:
    servers = await Servers.read(database)
    rules = ServerRules(frozenset({"translation"}), private=True, member=Quota(1, 2, 3, 4), denied_roles=frozenset({5}))
    await servers.change(SERVER, lambda _: rules)
    await servers.change(OTHER, lambda before: replace(before, private=True))
    again = await Servers.read(database)
    assert again.of(SERVER) == rules
    assert again.of(OTHER) == ServerRules(private=True)
    assert again.of(30) == again.of(None) == ServerRules()


async def test_two_who_change_at_once_both_have_their_way(database: Database) -> None:
    servers = await Servers.read(database)
    await asyncio.gather(
        servers.change(SERVER, lambda rules: replace(rules, private=True)),
        servers.change(SERVER, lambda rules: replace(rules, off=frozenset({"translation"}))),
    )
    assert servers.of(SERVER) == ServerRules(off=frozenset({"translation"}), private=True)


async def test_what_cannot_be_written_does_not_hold(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = await Servers.read(database)

    async def full(*_: object) -> None:
        raise Unwritable("full")

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", full)
        with pytest.raises(Unwritable):
            await servers.change(SERVER, lambda rules: replace(rules, private=True))
    assert servers.of(SERVER) == ServerRules()


async def test_forgotten_is_forgotten(database: Database) -> None:
    servers = await Servers.read(database)
    for server in (SERVER, OTHER):
        await servers.change(server, lambda rules: replace(rules, private=True))
    await servers.forget_server(SERVER)
    assert servers.of(SERVER) == ServerRules()
    again = await Servers.read(database)
    assert (again.of(SERVER), again.of(OTHER)) == (ServerRules(), ServerRules(private=True))


async def test_what_an_older_version_does_not_know_is_no_hindrance(database: Database) -> None:
    await database.write(insert(table).values(id=SERVER, rules='{"private": true, "from_the_future": 1}'))
    assert (await Servers.read(database)).of(SERVER) == ServerRules(private=True)


async def test_what_cannot_be_read_lets_nobody_in_by_mistake(database: Database) -> None:
    await database.write(insert(table).values(id=SERVER, rules='{"denied_members": "everyone"}'))
    with pytest.raises(HostError, match="server 10"):
        await Servers.read(database)
