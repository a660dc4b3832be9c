"""ThreadWorker: one thread that owns the device and every pipeline, with a prepare pool and a finish pool beside it."""

import asyncio
import itertools
import queue
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.answers import Text
from bot.errors import Cancelled, Refusal
from bot.media.text import read_text
from bot.request import File, Input, Request
from bot.tasks import Kind, Leg, Task, find
from bot.worker.door import Done, Event, Failed, LoadedModel, Loading, Queued, Running, Snapshot, Source, Step
from bot.worker.hub import ModelFiles, ModelStore, Watch
from bot.worker.run import ThreadRun

if TYPE_CHECKING:  # These load torch, which happens on the worker's own thread.
    from bot.worker.device import Device
    from bot.worker.loading import Loaded
    from bot.worker.rows import Rows

KEPT = 4
"""How many pipelines stay loaded; the least recently used one leaves first."""


@dataclass(eq=False)
class _Job:
    order: int
    request: Request
    task: Task
    run: ThreadRun = field(init=False)
    inputs: dict[str, Input] = field(default_factory=dict)
    legs: list[Leg] = field(default_factory=list)
    """What is still to be done; the first is under way."""
    files: ModelFiles | None = None
    rows: "Rows | None" = None
    began: float | None = None
    """When the forward pass that is under way began."""
    seconds: float = 0.0
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class ThreadWorker:
    """A `Worker` in this process.

    A request goes prepare pool (plan, files) → thread (load) → prepare pool (preprocess) → thread (forward) → finish
    pool (postprocess, answer), and once more where its plan has another leg or its rows another round. Of those that
    are ready for the thread, the oldest comes first, one at a time.
    """

    def __init__(self, store: ModelStore, *, device: str = "auto", limit: int = 200) -> None:
        """`limit`: how many requests may be under way at once; one more is refused."""
        self._store = store
        self._overrides = store.hub_overrides
        self._wanted = device
        self._limit = limit
        self._accepting = False
        self._jobs: dict[int, _Job] = {}
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._ready: queue.PriorityQueue[tuple[int, _Job | None]] = queue.PriorityQueue()
        self._loaded: OrderedDict[tuple[str, str], Loaded] = OrderedDict()
        self._per_request: float | None = None
        self._prepare = ThreadPoolExecutor(4, thread_name_prefix="prepare")
        self._finish = ThreadPoolExecutor(2, thread_name_prefix="finish")
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._started: asyncio.Future[None]
        self.device: Device

    async def open(self) -> None:
        """Import torch, choose the device and start taking requests. HostError where the wanted device isn't there."""
        # Half a millisecond lets the event loop in between the worker's Python steps; the default is five.
        sys.setswitchinterval(0.0005)
        loop = asyncio.get_running_loop()
        self._started = loop.create_future()
        self._thread.start()
        await self._started
        self._accepting = True

    def submit(self, request: Request) -> ThreadRun:
        if not self._accepting:
            raise Refusal("I am shutting down. Ask me again in a minute.")
        task = find(request.task)
        with self._lock:
            if len(self._jobs) >= self._limit:
                raise Refusal(f"{self._limit} requests are waiting already. Ask me again in a few minutes.")
            job = _Job(next(self._order), request, task)
            job.run = ThreadRun(lambda: self._cancel(job))
            self._jobs[job.order] = job
        job.run.post(self._queued(job))
        self._prepare.submit(self._attempt, job, self._fetch)
        return job.run

    def snapshot(self) -> Snapshot:
        with self._lock:
            running = sum(job.began is not None for job in self._jobs.values())
            loaded = tuple(LoadedModel(it.task.name, it.files.model, it.bytes) for it in self._loaded.values())
            return Snapshot(self.device.name, len(self._jobs) - running, running, loaded, self._overrides)

    async def drain(self, grace: float) -> list[Request]:
        self._accepting = False
        end = time.monotonic() + grace
        while self._jobs and time.monotonic() < end:  # noqa: ASYNC110 - they end on other threads
            await asyncio.sleep(0.05)
        with self._lock:
            return [job.request for job in self._jobs.values()]

    async def close(self) -> None:
        """End what is under way, with a word to its askers, and wait for the threads."""
        self._accepting = False
        for job in list(self._jobs.values()):
            self._end(job, Failed(Refusal("I had to stop before this was done. Ask me again in a minute.")))
            job.run.cancel()
        self._ready.put((-1, None))
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._prepare.shutdown)
        await asyncio.to_thread(self._finish.shutdown)

    # Everything below runs on the worker's own threads.

    def _work(self) -> None:
        try:
            from bot.worker.device import choose_device

            self.device = choose_device(self._wanted)
            # Imported before the first heartbeat is due, because it holds up the event loop for a moment.
            import bot.worker.loading
            import bot.worker.rows  # noqa: F401
        except BaseException as error:  # noqa: BLE001 - `open` raises it
            self._tell_start(error)
            return
        self._tell_start(None)
        while True:
            _, job = self._ready.get()
            if job is None:
                return
            self._attempt(job, self._step)

    def _tell_start(self, error: BaseException | None) -> None:
        def tell() -> None:
            if error is None:
                self._started.set_result(None)
            else:
                self._started.set_exception(error)

        self._started.get_loop().call_soon_threadsafe(tell)

    def _attempt(self, job: _Job, step: Callable[[_Job], None]) -> None:
        """Run one step of `job`; whatever goes wrong in it ends this job and no other."""
        try:
            if job.run.cancelled.is_set():
                raise Cancelled
            step(job)
        except Exception as error:  # noqa: BLE001 - it reaches the member as a Refusal or a defect
            self._end(job, Failed(error))

    def _fetch(self, job: _Job) -> None:
        if not job.legs:
            self._plan(job)
        watch = Watch(lambda share: self._tell(job, Loading(share)), job.run.cancelled)
        job.files = self._store.find(job.task, job.request.model, watch, among=job.legs[0].model)
        if job.files.starter and job.legs[0].model is not None:
            # The Hub turned out to be unreachable: one stand-in does the whole way.
            self._plan(job)
        self._ready.put((job.order, job))

    def _plan(self, job: _Job) -> None:
        given = job.request.inputs
        job.inputs = {name: _decoded(job.task.takes[name], value) for name, value in given.items()}
        job.task.check_length(job.inputs)
        only = self._store.only_model(job.task, job.request.model)
        plan = job.task.plan(job.inputs, job.request.options, only)
        job.legs, job.steps, job.notes = list(plan.legs), [], list(plan.notes)

    def _step(self, job: _Job) -> None:
        if job.rows is None:
            loaded = self._load(job)
            self._prepare.submit(self._attempt, job, lambda job: self._preprocess(job, loaded))
        else:
            self._forward(job, job.rows)

    def _load(self, job: _Job) -> "Loaded":
        from bot.worker.loading import load

        assert job.files is not None
        key = (job.task.name, str(job.files.folder))
        if key not in self._loaded:
            self._tell(job, Loading(None))
            loaded = load(job.task, job.files, self.device)
            with self._lock:
                self._loaded[key] = loaded
                if len(self._loaded) > KEPT:
                    self._loaded.popitem(last=False)
        self._loaded.move_to_end(key)
        return self._loaded[key]

    def _preprocess(self, job: _Job, loaded: "Loaded") -> None:
        from bot.worker.rows import Rows

        job.rows = Rows(loaded, job.inputs, job.legs[0].options)
        self._ready.put((job.order, job))

    def _forward(self, job: _Job, rows: "Rows") -> None:
        job.began = time.perf_counter()
        rows.loaded.brake.arm(job.run.cancelled)
        try:
            rows.forward(lambda row, of: self._tell(job, Running(row, of)))
        finally:
            rows.loaded.brake.arm(None)
        job.seconds += time.perf_counter() - job.began
        job.began = None
        self._finish.submit(self._attempt, job, self._answer)

    def _answer(self, job: _Job) -> None:
        rows, files = job.rows, job.files
        assert rows is not None
        assert files is not None
        answer = rows.finish()
        if answer is None:
            self._ready.put((job.order, job))
            return
        job.steps.append(Step(files.model, files.revision, job.legs.pop(0).options))
        job.notes += rows.notes
        if job.legs and isinstance(answer, Text) and answer.text.strip():
            assert job.task.long_text is not None
            job.inputs[job.task.long_text] = answer.text
            job.rows = None
            self._prepare.submit(self._attempt, job, self._fetch)
            return
        steps, notes = tuple(job.steps), tuple(job.notes)
        source = Source(steps, files.starter, self.device.name, rows.loaded.dtype, job.seconds, notes)
        with self._lock:
            past = self._per_request if self._per_request is not None else job.seconds
            self._per_request = 0.8 * past + 0.2 * job.seconds
        self._end(job, Done(answer, source))

    def _cancel(self, job: _Job) -> None:
        """At once, but where it runs just now: a forward pass stops before its next layer and ends the job itself."""
        if job.began is None:
            self._end(job, Failed(Cancelled()))

    def _end(self, job: _Job, event: Done | Failed) -> None:
        with self._lock:
            if self._jobs.pop(job.order, None) is None:
                return
            waiting = [other for other in self._jobs.values() if other.order > job.order and other.rows is None]
        job.run.post(event)
        for other in waiting:
            self._tell(other, self._queued(other))

    def _queued(self, job: _Job) -> Queued:
        place = sum(order < job.order for order in list(self._jobs))
        return Queued(place, None if self._per_request is None else place * self._per_request)

    def _tell(self, job: _Job, event: Event) -> None:
        job.run.post(event)


def _decoded(kind: Kind, value: Input) -> Input:
    return read_text(value) if kind is Kind.LONG_TEXT and isinstance(value, File) else value
