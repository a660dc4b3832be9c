"""The journal: requests that were accepted and are not answered yet."""

from typing import Protocol

from pydantic import TypeAdapter

from bot.request import Request

_WRITTEN = TypeAdapter(Request)


def dump_request(request: Request) -> bytes:
    """`request` as JSON. It holds a token and what a member wrote: keep it as safe as those."""
    return _WRITTEN.dump_json(request)


def load_request(written: bytes) -> Request:
    """The request that `dump_request` wrote. ValueError (pydantic's ValidationError) for anything else."""
    return _WRITTEN.validate_json(written)


class Journal(Protocol):
    """A request is accepted once `add` has returned, and forgotten once `strike` has."""

    async def add(self, request: Request) -> None: ...
    async def strike(self, request: Request) -> None: ...
    async def unanswered(self) -> list[Request]:
        """Oldest first."""
        ...


class MemoryJournal:
    """A `Journal` that lasts as long as the process. Entries are kept as written, as any other storage would."""

    def __init__(self) -> None:
        self._entries: dict[str, bytes] = {}

    async def add(self, request: Request) -> None:
        self._entries[request.id] = dump_request(request)

    async def strike(self, request: Request) -> None:
        self._entries.pop(request.id, None)

    async def unanswered(self) -> list[Request]:
        return sorted(map(load_request, self._entries.values()), key=lambda request: request.created)
