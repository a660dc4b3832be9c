"""Keepers: whoever holds something of a member or a server says what, and lets go of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.request import Asker, Request


@dataclass(frozen=True, slots=True)
class Held:
    """What one keeper has of a member: under which `name` in their file, in a `sentence`, and all of it as JSON."""

    name: str
    sentence: str
    data: Any


class Keeper(Protocol):
    """Every cog is one, and every place that holds requests, counts or choices."""

    async def held_of(self, user: int) -> Held | None:
        """What is held of a member right now; None where that is nothing."""
        ...

    async def forget_member(self, user: int) -> None:
        """Let go of it. What is under way ends."""
        ...

    async def forget_server(self, server: int) -> None:
        """Let go of what is kept of a server, because it removed the bot."""
        ...


def told(request: Request) -> dict[str, Any]:
    """A request as its asker may read it, as JSON. Not in it: the token, which is a key and says nothing of them."""
    asker = request.asker or Asker(0)
    return {
        "task": request.task,
        "asked": request.created.isoformat(),
        # As text, because half of what reads JSON can't count that far.
        "server": asker.server and str(asker.server),
        "channels": [str(channel) for channel in asker.channels],
        "roles": [str(role) for role in asker.roles],
        "age-restricted": request.adult,
        "inputs": readable(request.inputs),
        "options": readable(request.options),
        "model": request.model,
    }


def readable(value: Any) -> Any:
    """Plain data as JSON for people to read: of bytes only how many they are."""
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: readable(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: readable(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [readable(item) for item in value]
    return value


def counted(number: int, what: str) -> str:
    """Such as “1 request”, “3 requests”."""
    return f"{number} {what}{'' if number == 1 else 's'}"


async def all_held(keepers: Iterable[Keeper], user: int) -> list[Held]:
    held = [await keeper.held_of(user) for keeper in keepers]
    return [it for it in held if it is not None]
