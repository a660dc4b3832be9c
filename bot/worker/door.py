"""The worker's door: what the rest of the bot may ask of it. A thread, an actor or a remote server can stand behind."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.answers import Answer
from bot.request import Option, Request


@dataclass(frozen=True, slots=True)
class Step:
    """One model's part in an answer, and the options it had. `revision` is None for a local folder."""

    model: str
    revision: str | None
    options: Mapping[str, Option] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer came from, in the order of the steps.

    Attributes:
        starter: whether a starter model stood in for the real one.
        meanwhile: whether it did so only because the real one is still downloaded.
    """

    steps: tuple[Step, ...]
    starter: bool
    device: str
    dtype: str
    seconds: float
    notes: tuple[str, ...] = ()
    meanwhile: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """`place` requests come first; `eta` is the wait in seconds, None where nothing was measured yet."""

    place: int
    eta: float | None


@dataclass(frozen=True, slots=True)
class Loading:
    """The model is on its way: downloaded so far, from 0 to 1, of `size` bytes; None where that can't be told."""

    fraction: float | None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """At row `row` of `rows`, counted from 1."""

    row: int = 1
    rows: int = 1


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
    """A `Refusal` is for the member to read; any other error is a defect. `seconds`: what it took of the device."""

    error: Exception
    seconds: float = 0.0


Event = Queued | Loading | Running | Partial | Done | Failed


class Run(Protocol):
    """A request under way. Iterate it once, on the loop that submitted it; Done or Failed comes last, exactly once."""

    def __aiter__(self) -> AsyncIterator[Event]: ...
    def cancel(self) -> None: ...


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory. `model` is its name; of a folder of the host's, only what the folder is called."""

    task: str
    model: str
    bytes: int
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """One request that was answered: seconds it waited before its first pass, and seconds of the device it took."""

    task: str
    waited: float
    ran: float


@dataclass(frozen=True, slots=True)
class Pass:
    """One forward pass: how many rows of how many requests it served, and how many tokens were text or padding."""

    task: str
    rows: int
    requests: int
    tokens: int
    padding: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the worker is doing right now, and what it did lately.

    `served` and `passes` are the latest few hundred, oldest first. `budget` is what all loaded models may take, in
    bytes of the device, and `loads` how often one was loaded since the start.
    """

    device: str
    waiting: int
    running: int
    loaded: tuple[LoadedModel, ...]
    starters: bool = False
    """Whether starter models may answer."""
    models: Mapping[str, str] = field(default_factory=dict)
    """What does each task where nobody names another, by its name; none where that has none, as folders do."""
    adult_models: Collection[str] = ()
    """Models that answer only where adults only are."""
    waiting_by_task: Mapping[str, int] = field(default_factory=dict)
    budget: int = 0
    loads: int = 0
    served: tuple[Served, ...] = ()
    passes: tuple[Pass, ...] = ()


class Worker(Protocol):
    def submit(self, request: Request) -> Run:
        """Take `request` in. Never blocks; Refusal when full or closing."""
        ...

    def snapshot(self) -> Snapshot: ...

    async def drain(self, grace: float) -> list[Request]:
        """Take nothing more in, wait up to `grace` seconds, and return what was not finished by then."""
        ...

    async def close(self) -> None: ...
