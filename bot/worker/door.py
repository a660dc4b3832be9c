"""The worker's door: what the rest of the bot may ask of it. A thread, an actor or a remote server can stand behind."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from bot.answers import Answer
from bot.request import Request


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer came from. `starter` marks an untrained stand-in, `revision` is None for a local folder."""

    model: str
    revision: str | None
    starter: bool
    device: str
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Queued:
    """`place` requests come first; `eta` is the wait in seconds, None where nothing was measured yet."""

    place: int
    eta: float | None


@dataclass(frozen=True, slots=True)
class Loading:
    """The model is on its way: downloaded so far, from 0 to 1; None where no share can be told."""

    fraction: float | None


@dataclass(frozen=True, slots=True)
class Running:
    pass


@dataclass(frozen=True, slots=True)
class Partial:
    """All of the text so far."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    answer: Answer
    source: Source


@dataclass(frozen=True, slots=True)
class Failed:
    """A `Refusal` is for the member to read; any other error is a defect."""

    error: Exception


Event = Queued | Loading | Running | Partial | Done | Failed


class Run(Protocol):
    """A request under way. Iterate it once, on the loop that submitted it; Done or Failed comes last, exactly once."""

    def __aiter__(self) -> AsyncIterator[Event]: ...
    def cancel(self) -> None: ...


@dataclass(frozen=True, slots=True)
class LoadedModel:
    task: str
    model: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the worker is doing right now."""

    device: str
    waiting: int
    running: int
    loaded: tuple[LoadedModel, ...]


class Worker(Protocol):
    def submit(self, request: Request) -> Run:
        """Take `request` in. Never blocks; Refusal when full or closing."""
        ...

    def snapshot(self) -> Snapshot: ...

    async def drain(self, grace: float) -> list[Request]:
        """Take nothing more in, wait up to `grace` seconds, and return what was not finished by then."""
        ...

    async def close(self) -> None: ...
