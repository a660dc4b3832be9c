"""Job: a request on its way through the worker."""

import time
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.request import Input, Request
from bot.tasks import Leg, Task
from bot.worker.door import Event, Step
from bot.worker.hub import ModelFiles
from bot.worker.run import ThreadRun
from bot.worker.turns import Place

if TYPE_CHECKING:  # It loads torch.
    from bot.worker.rows import Rows


class Stage(Enum):
    """Where a job is. Only in WAITING does the worker's thread look at it."""

    PREPARING = auto()
    """On a pool: planned, its model fetched, its rows made."""
    WAITING = auto()
    """For its model to be loaded, or for a forward pass."""
    RUNNING = auto()
    FINISHING = auto()
    OVER = auto()


@dataclass(eq=False)
class Job:
    request: Request
    task: Task
    place: Place
    run: ThreadRun = field(init=False)
    stage: Stage = Stage.PREPARING
    submitted: float = field(default_factory=time.monotonic)
    inputs: dict[str, Input] = field(default_factory=dict)
    legs: list[Leg] = field(default_factory=list)
    """What is still to be done; the first is under way."""
    files: ModelFiles | None = None
    size: int = 0
    """Bytes that its model takes, loaded."""
    rows: "Rows | None" = None
    told: Event | None = None
    """The last event that its asker was told of."""
    passed_over: float | None = None
    """When another model's request was first preferred to this one, which came before it."""
    served: float | None = None
    """When its first pass began."""
    seconds: float = 0.0
    """What it has taken of the device: of each pass, the share of its tokens."""
    began: float | None = None
    """When the pass began that is under way, by `time.perf_counter`."""
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    meanwhile: bool = False
    """A starter does it, because the real model is still on its way."""

    @property
    def taken(self) -> float:
        """Seconds of the device, with those of a pass under way."""
        began = self.began
        return self.seconds + (0.0 if began is None else time.perf_counter() - began)

    @property
    def model(self) -> tuple[str, str]:
        """What it has to have loaded."""
        assert self.files is not None
        return self.task.name, str(self.files.folder)
