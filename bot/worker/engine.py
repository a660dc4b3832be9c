"""Engine: what the worker's thread does on the device. Loads models, runs passes, makes room."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from bot.errors import Cancelled, Refusal
from bot.worker.cancelling import Brake
from bot.worker.choosing import Load, Together, choose
from bot.worker.device import Device
from bot.worker.door import Failed, Loading, Pass, Running
from bot.worker.job import Job, Stage
from bot.worker.loading import Loaded
from bot.worker.measures import Measures
from bot.worker.memory import free_memory, give_back
from bot.worker.passes import OUT_OF_MEMORY, run, understood
from bot.worker.pool import Pool
from bot.worker.queue import Queue
from bot.worker.stages import Stages
from bot.worker.trial import bring_in

log = logging.getLogger(__name__)

HUNG, HUNG_LOADING = 300.0, 1800.0
"""Seconds without a sign of life after which a pass, or the loading of a model, is taken for hung."""

PATIENCE = 4.0
"""For how many times what loading takes a request may be passed over: loading then takes a fifth of the time."""

ROOM_TO_WORK = 1.2
"""How much more than its weights a model takes while it runs."""


class Engine:
    """Everything that touches the device, for one thread.

    Args:
        changed: its lock guards what is shared with other threads; it is notified of news.
        dtype: the host's DTYPE.
        on_device: told the ids of the requests that are about to run, or to load a model.
    """

    def __init__(
        self,
        device: Device,
        dtype: str,
        queue: Queue,
        pool: Pool,
        stages: Stages,
        measures: Measures,
        changed: threading.Condition,
        on_device: Callable[[Iterable[str]], None],
    ) -> None:
        self._device = device
        self._dtype = dtype
        self._queue = queue
        self._pool = pool
        self._stages = stages
        self._measures = measures
        self._changed = changed
        self._on_device = on_device
        self._pass: Brake | None = None
        self._load_began: float | None = None

    def do_next(self) -> None:
        """Do the next thing there is to do, or wait a moment for one. Raises DeviceBroken."""
        with self._changed:
            self._stages.unpark()
            todo = choose(self._queue.jobs(Stage.WAITING), self._pool, PATIENCE * self._measures.load_seconds)
            if isinstance(todo, Together):
                self._pool.use(todo.loaded)
                todo.loaded.users += 1
                self._queue.reach(dict.fromkeys(job for job, _ in todo.rows))
            elif todo is None and self._pool.idle() is None:
                self._changed.wait(1.0)
                return
        if isinstance(todo, Together):
            try:
                self._run(todo)
            finally:
                with self._changed:
                    todo.loaded.users -= 1
        elif isinstance(todo, Load):
            self._load(todo.job)
        else:
            self._evict(self._pool.idle)

    def hung(self) -> bool:
        """From any thread: whether what is under way has shown no sign of life for too long."""
        brake, load_began = self._pass, self._load_began
        now = time.monotonic()
        return (brake is not None and now - brake.beat > HUNG) or (
            load_began is not None and now - load_began > HUNG_LOADING
        )

    def _load(self, job: Job) -> None:
        with self._changed:
            self._pool.loading = job.model
            waiting = [other for other in self._queue.jobs(Stage.WAITING) if other.model == job.model]
        for other in waiting:
            self._queue.tell(other, Loading(None))
        self._on_device(other.request.id for other in waiting)
        self._load_began = began = time.monotonic()
        try:
            if not self._make_room(job):
                return
            assert job.files is not None
            loaded = self._bring_in(job)
        except Exception as error:  # noqa: BLE001 - it ends those who wait for this model
            for other in waiting:
                self._queue.end(other, Failed(error))
            return
        finally:
            self._load_began = None
            self._pool.loading = None
        with self._changed:
            self._measures.add_load(time.monotonic() - began)
            self._pool.add(loaded)
            for other in self._queue.jobs(Stage.WAITING):
                if other.model == loaded.key and other.rows is None:
                    self._stages.proceed(other)

    def _bring_in(self, job: Job) -> Loaded:
        assert job.files is not None
        try:
            return bring_in(job.task, job.files, self._device, self._dtype)
        except Exception as error:
            failed = understood(error)
            if not isinstance(failed, MemoryError):
                raise
        while self._evict(lambda: self._pool.victim(())):
            pass
        try:
            return bring_in(job.task, job.files, self._device, self._dtype)
        except Exception as error:
            if isinstance(understood(error), MemoryError):
                raise Refusal(OUT_OF_MEMORY) from None
            raise

    def _make_room(self, job: Job) -> bool:
        """Evict until the model of `job` fits. False where one that is in use has to be waited for.

        Refusal where that won't help.
        """
        assert job.files is not None
        with self._changed:
            wanted = {other.model for other in self._queue.jobs(Stage.WAITING)}
            most = self._pool.most
        name, size = job.files.public_name, job.size
        if size > most:
            raise Refusal(
                f"{name} takes {_gigabytes(size)} of memory, and beside the models that the host keeps loaded there "
                f"are {_gigabytes(most)} here. Name a smaller one."
            )
        while self._pool.size + size > self._pool.budget or free_memory(self._device.name) < size * ROOM_TO_WORK:
            if self._evict(lambda: self._pool.victim(wanted)):
                continue
            with self._changed:
                if any(loaded.users for loaded in self._pool):
                    self._changed.wait(1.0)
                    return False
            raise Refusal(
                f"{name} takes {_gigabytes(size)} of memory, and this machine has "
                f"{_gigabytes(free_memory(self._device.name))} free just now. Name a smaller one, or come back later."
            )
        return True

    def _evict(self, find: Callable[[], Loaded | None]) -> bool:
        """Let the model leave that `find` finds, if any. Whether there was one."""
        with self._changed:
            loaded = find()
            if loaded is None:
                return False
            self._pool.evict(loaded)
        log.info("%s left the memory", loaded.files.model)
        del loaded
        give_back(self._device.name)
        return True

    def _run(self, todo: Together) -> None:
        loaded = todo.loaded
        jobs: dict[Job, list[Any]] = {job: [] for job, _ in todo.rows}
        began = time.monotonic()
        for job in jobs:
            assert job.rows is not None
            job.served = job.served or began
            job.began = time.perf_counter()
            self._queue.tell(job, Running(len(job.rows.outputs) + 1, len(job.rows.rows)))

        def late(job: Job) -> bool:
            return job.taken > job.task.time_limit

        self._on_device(job.request.id for job in jobs)
        # A row whose asker is gone stays in the pass; once all are, it stops before the next layer.
        loaded.brake.arm(lambda: all(job.stage is Stage.OVER or late(job) for job in jobs))
        self._pass = loaded.brake
        first = todo.rows[0][0].rows
        assert first is not None
        rows = [job.rows.rows[number] for job, number in todo.rows if job.rows is not None]
        lengths = [job.rows.lengths[number] for job, number in todo.rows if job.rows is not None]
        broken_off = False
        try:
            outputs = run(loaded, rows, first.parameters, lambda: self._evict(lambda: self._pool.victim(())))
            for (job, _), output in zip(todo.rows, outputs, strict=True):
                jobs[job].append(output)
        except Cancelled:
            broken_off = True
        finally:
            self._pass = None
            loaded.brake.arm(None)
        seconds = time.monotonic() - began
        for (job, _), tokens in zip(todo.rows, lengths, strict=True):
            job.began = None
            job.seconds += seconds * tokens / sum(lengths)
        padding = 0 if loaded.packs else len(rows) * max(lengths) - sum(lengths)
        loaded.learn(sum(lengths), seconds)
        with self._changed:
            self._measures.passes.append(Pass(loaded.task.name, len(rows), len(jobs), sum(lengths), padding, seconds))
        for job, own in jobs.items():
            self._settle(job, loaded, own, late=broken_off or job.seconds > job.task.time_limit)

    def _settle(self, job: Job, loaded: Loaded, outputs: list[Any], *, late: bool) -> None:
        """After a pass: `job` goes on, or ends with the reason why it can't."""
        failed = next((output for output in outputs if isinstance(output, Exception)), None)
        assert job.rows is not None
        job.rows.outputs += outputs
        if failed is None and late and (job.rows.left or not outputs):
            failed = Refusal(
                f"That took longer than the {job.task.time_limit / 60:g} minutes that I give one request. "
                "Try something shorter."
            )
        if failed is not None:
            self._queue.end(job, Failed(failed))
            return
        with self._changed:
            if job.stage is Stage.OVER:
                return
            if job.rows.left:
                self._queue.requeue(job)
            else:
                self._stages.finish(job, loaded)


def _gigabytes(size: int) -> str:
    return f"{max(size, 0) / 1e9:.2g} GB"
