"""Stages: what happens to a request beside the device, before its forward passes and after."""

import logging
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.answers import Text
from bot.errors import ModelUnreachable, Refusal
from bot.media.limits import Limits
from bot.media.text import read_text
from bot.request import File, Input
from bot.tasks import Kind
from bot.tasks import Rows as Sized
from bot.worker.decoding import check
from bot.worker.door import Done, Failed, Loading, Served, Source, Step
from bot.worker.fetching import Fetches, Waiter
from bot.worker.hub import ModelFiles, ModelStore
from bot.worker.job import Job, Stage
from bot.worker.measures import Measures
from bot.worker.pool import Pool
from bot.worker.queue import Queue
from bot.worker.room import Room
from bot.worker.threads import PlacedThreads

if TYPE_CHECKING:  # It loads torch.
    from bot.worker.loading import Loaded

log = logging.getLogger(__name__)

MOST_HELD = 256_000_000
"""Bytes of pictures and sounds that are prepared ahead of their turn. What comes after waits undecoded."""

HANDS = min(4, max(1, (os.cpu_count() or 2) - 1))
"""Threads that prepare and finish: the event loop keeps a core. With more, it waits for its turn at the interpreter."""


class Stages:
    """Takes jobs from `enter` to where they wait for the worker's thread, and from `finish` to their end.

    Args:
        changed: its lock guards what is shared; it is notified of news.
        room: says what models take.
        device: torch's name of it.
        limits: what an attachment may have.
    """

    def __init__(
        self,
        store: ModelStore,
        queue: Queue,
        pool: Pool,
        measures: Measures,
        changed: threading.Condition,
        room: Room,
        *,
        device: str,
        limits: Limits,
    ) -> None:
        self._store = store
        self._queue = queue
        self._pool = pool
        self._measures = measures
        self._changed = changed
        self._room = room
        self._device = device
        self._limits = limits
        self._parked: list[Job] = []
        self._decoding = 0
        self._fetches = Fetches(store)
        self._hands = PlacedThreads(HANDS, "hand")

    def enter(self, job: Job) -> None:
        """Plan `job` and fetch its model, on other threads."""
        self._hands.submit(job.place, lambda: self._attempt(job, self._plan_and_fetch))

    def proceed(self, job: Job) -> None:
        """With the lock: preprocess `job` if its model is loaded, else let it wait for that."""
        loaded = self._pool.get(job.model)
        if loaded is None:
            if job.model == self._pool.loading:
                self._queue.tell(job, Loading(None))
            job.stage = Stage.WAITING
            self._changed.notify_all()
            return
        job.stage = Stage.PREPARING
        if job.task.rows is Sized.TOKENS:
            self._use(loaded, job, self._preprocess)
        elif self._decoding >= HANDS or self._held() > MOST_HELD:
            self._parked.append(job)
        else:
            self._decoding += 1
            self._use(loaded, job, self._preprocess, decodes=True)

    def unpark(self) -> None:
        """With the lock: go on with those whose rows there was no room for, while there is."""
        waiting, self._parked = sorted(self._parked, key=lambda job: job.place), []
        for job in waiting:
            if job.stage is not Stage.OVER:
                self.proceed(job)

    def _held(self) -> int:
        """With the lock: bytes of rows that wait for their turn."""
        return sum(job.rows.bytes for job in self._queue.jobs() if job.rows is not None)

    def finish(self, job: Job, loaded: "Loaded") -> None:
        """With the lock: all its rows were run; make the answer of them."""
        job.stage = Stage.FINISHING
        self._use(loaded, job, self._answer)

    def close(self) -> None:
        """Wait for what is under way."""
        self._fetches.close()
        self._hands.close()

    def _attempt(self, job: Job, step: Callable[[Job], None]) -> None:
        """Run one step of `job`; whatever goes wrong in it ends this job and no other."""
        if job.stage is Stage.OVER:
            return
        try:
            step(job)
        except Exception as error:  # noqa: BLE001 - it reaches the member as a Refusal or a defect
            self._queue.end(job, Failed(error))

    def _use(self, loaded: "Loaded", job: Job, step: "Callable[[Job, Loaded], None]", *, decodes: bool = False) -> None:
        """With the lock: do a step for which the model has to stay."""

        def using() -> None:
            try:
                self._attempt(job, lambda job: step(job, loaded))
            finally:
                with self._changed:
                    loaded.users -= 1
                    self._decoding -= decodes
                    self._changed.notify_all()

        loaded.users += 1
        self._hands.submit(job.place, using)

    def _plan_and_fetch(self, job: Job) -> None:
        if not job.legs:
            self._plan(job)
        named, real = job.request.model, job.request.real
        # Where no message waits, there is no button either that would bring the real answer.
        patient = named or real or job.request.address is None
        stand_in = None if patient else self._store.meanwhile(job.task)
        waiter = self._awaiting(job) if stand_in is None else self._not_awaiting(job, stand_in)
        self._fetches.fetch(job.task, named, job.legs[0].model, waiter, real=real or stand_in is not None)

    def _awaiting(self, job: Job) -> Waiter:
        return Waiter(
            progress=lambda share, size: self._queue.tell(job, Loading(share, size)),
            gone=lambda: job.stage is Stage.OVER,
            done=lambda found: self._attempt(job, lambda job: self._found(job, found)),
            adult=job.request.adult,
        )

    def _not_awaiting(self, job: Job, stand_in: ModelFiles) -> Waiter:
        """For a job that `stand_in` does if the model has to be downloaded, which goes on all the same."""

        def progress(_share: float | None, size: int | None) -> None:
            # Only with its size is it sure that the model can be had.
            with self._changed:
                begins = size is not None and not job.meanwhile and job.stage is not Stage.OVER
                job.meanwhile |= begins
            if begins:
                self._attempt(job, lambda job: self._found(job, stand_in))

        def done(found: ModelFiles | Exception) -> None:
            if job.meanwhile:
                if isinstance(found, Exception):
                    # No member named this model, so none is quoted.
                    why = found.sentence if isinstance(found, Refusal) else type(found).__name__
                    log.warning("the model for %s did not arrive: %s", job.task.name, why)
                return
            chosen = stand_in if isinstance(found, ModelUnreachable) else found
            self._attempt(job, lambda job: self._found(job, chosen))

        return Waiter(
            progress,
            gone=lambda: job.stage is Stage.OVER and not job.meanwhile,
            done=done,
            adult=job.request.adult,
        )

    def _plan(self, job: Job) -> None:
        given = job.request.inputs
        job.inputs = {name: _decoded(job.task.takes[name], value) for name, value in given.items()}
        job.task.check_length(job.inputs)
        check(job.task, job.inputs, self._limits)
        only = self._store.only_model(job.task, job.request.model, real=job.request.real)
        plan = job.task.plan(job.inputs, job.request.options, only)
        job.legs, job.steps, job.notes = list(plan.legs), [], list(plan.notes)

    def _found(self, job: Job, found: ModelFiles | Exception) -> None:
        if isinstance(found, Exception):
            raise found
        if found.starter and job.legs[0].model is not None:
            # The Hub turned out to be unreachable: one stand-in does the whole way.
            self._plan(job)
        job.files = found
        job.size = self._room.size(job.task, found)
        with self._changed:
            if job.stage is not Stage.OVER:
                self.proceed(job)

    def _preprocess(self, job: Job, loaded: "Loaded") -> None:
        from bot.worker.rows import Rows

        job.rows = Rows(loaded, job.inputs, job.legs[0].options, self._limits)
        job.notes += job.rows.inspect(loaded)
        self._await_pass(job)

    def _await_pass(self, job: Job) -> None:
        with self._changed:
            if job.stage is not Stage.OVER:
                job.stage = Stage.WAITING
                self._changed.notify_all()

    def _go_on(self, job: Job, stage: Stage) -> bool:
        """It has had its turn and wants another. False where it is over."""
        with self._changed:
            if job.stage is Stage.OVER:
                return False
            self._queue.requeue(job, stage)
            self._changed.notify_all()
            return True

    def _answer(self, job: Job, loaded: "Loaded") -> None:
        rows, files = job.rows, job.files
        assert rows is not None
        assert files is not None
        answer = rows.finish(loaded)
        if answer is None:
            self._go_on(job, Stage.WAITING)
            return
        job.steps.append(Step(files.model, files.revision, job.legs.pop(0).options))
        if job.legs and isinstance(answer, Text) and answer.text.strip():
            assert job.task.long_text is not None
            job.inputs[job.task.long_text] = answer.text
            job.rows = None
            if self._go_on(job, Stage.PREPARING):
                self.enter(job)
            return
        assert job.served is not None
        source = Source(
            tuple(job.steps),
            files.starter,
            self._device,
            loaded.dtype,
            job.seconds,
            tuple(job.notes),
            job.meanwhile,
        )
        with self._changed:
            # Before the end is told: who asks again at once wants an estimate.
            self._measures.add(Served(job.task.name, job.served - job.submitted, job.seconds))
        self._queue.end(job, Done(answer, source))


def _decoded(kind: Kind, value: Input) -> Input:
    return read_text(value) if kind is Kind.LONG_TEXT and isinstance(value, File) else value
