"""What members chose for themselves: so far, whether others may have their messages processed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import delete, insert, select

from bot.errors import Refusal
from bot.keeping import Held
from bot.storage.database import Database, Unwritable
from bot.storage.tables import members

_UNWRITTEN = "I can't write that down right now, so it isn't settled. Press it again in a minute."


class Members:
    """Choices are known from memory, so that they can be asked for before anything is awaited."""

    def __init__(self, database: Database, opted_out: Mapping[int, float]) -> None:
        self._database = database
        self._opted_out = dict(opted_out)

    @classmethod
    async def read(cls, database: Database) -> Self:
        return cls(database, {row.user: row.opted_out for row in await database.rows(select(members))})

    def may_read(self, author: int, *, by: int | None = None) -> bool:
        """Whether what `author` wrote in a channel may be processed, for the member `by` or for everybody.

        To be asked before any message is read that wasn't handed over by its author: by menus, chat, summaries of a
        channel. What members give a command themselves is theirs to give.
        """
        return author == by or author not in self._opted_out

    async def opt_out(self, user: int) -> None:
        """From now on nobody else has their messages processed. Refusal where that can't be written."""
        if user in self._opted_out:
            return
        since = datetime.now(UTC).timestamp()
        try:
            await self._database.write(insert(members).values(user=user, opted_out=since))
        except Unwritable as error:
            raise Refusal(_UNWRITTEN) from error
        self._opted_out[user] = since

    async def opt_in(self, user: int) -> None:
        """Their messages may be processed again. Refusal where that can't be written."""
        try:
            await self._database.write(delete(members).where(members.c.user == user))
        except Unwritable as error:
            raise Refusal(_UNWRITTEN) from error
        self._opted_out.pop(user, None)

    async def held_of(self, user: int) -> Held | None:
        if user not in self._opted_out:
            return None
        since = datetime.fromtimestamp(self._opted_out[user], UTC).isoformat()
        return Held("choices", "your word that I don't process your messages", {"opted out": since})

    async def forget_member(self, user: int) -> None:
        """Nothing: that they don't want to be read couldn't be kept if it were forgotten."""

    async def forget_server(self, server: int) -> None:
        """Nothing: what members chose holds everywhere."""
