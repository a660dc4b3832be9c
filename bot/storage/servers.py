"""Servers: what those who manage a server have set for it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Self

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, insert, select

from bot.errors import HostError
from bot.keeping import Held, counted
from bot.rules import ServerRules
from bot.storage.database import Database
from bot.storage.tables import servers

_WRITTEN = TypeAdapter(ServerRules)


class Servers:
    """All of it is in memory, so that nobody has to wait for the disk to be told what holds."""

    def __init__(self, database: Database, known: Mapping[int, ServerRules]) -> None:
        self._database = database
        self._known = dict(known)
        self._changing = asyncio.Lock()

    @classmethod
    async def read(cls, database: Database) -> Self:
        """What is written down. HostError where that can't be read, for nobody is let in by mistake."""
        known = {}
        for row in await database.rows(select(servers)):
            try:
                known[row.id] = _WRITTEN.validate_json(row.rules)
            except ValidationError:
                raise HostError(
                    f"What was set for server {row.id} can't be read. Put your latest copy of the database in its "
                    "place, or delete that line of the table “servers”.",
                    HostError.CONFIG,
                ) from None
        return cls(database, known)

    def of(self, server: int | None) -> ServerRules:
        """What holds on `server`; where nothing was set, and in direct messages, everything is allowed."""
        return ServerRules() if server is None else self._known.get(server, ServerRules())

    async def change(self, server: int, change: Callable[[ServerRules], ServerRules]) -> None:
        """Make of what holds what `change` makes of it. It holds once it is written. Unwritable where it can't be."""
        async with self._changing:
            changed = change(self.of(server))
            row = {"id": server, "rules": _WRITTEN.dump_json(changed).decode()}
            await self._database.write(delete(servers).where(servers.c.id == server), insert(servers).values(row))
            self._known[server] = changed

    async def held_of(self, user: int) -> Held | None:
        """The lists that name `user`."""
        named = [
            {"server": str(server), "may ask": user in rules.allowed_members, "may not": user in rules.denied_members}
            for server, rules in self._known.items()
            if user in rules.allowed_members | rules.denied_members
        ]
        return Held("lists", f"{counted(len(named), 'server')} whose lists name you", named) if named else None

    async def forget_member(self, user: int) -> None:
        """Nothing: who may ask on a server is for those who manage it to say."""

    async def forget_server(self, server: int) -> None:
        """Delete what was set for `server`. Unwritable where it can't be."""
        async with self._changing:
            await self._database.write(delete(servers).where(servers.c.id == server))
            self._known.pop(server, None)
