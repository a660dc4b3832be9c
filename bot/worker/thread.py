"""ThreadWorker: one thread that owns the device and every pipeline, with threads beside it that prepare and finish."""

import asyncio
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from bot.errors import Interrupted, record_defect
from bot.media.limits import Limits
from bot.request import Request
from bot.tasks.task import Modelset
from bot.worker.door import Failed, LoadedModel, Snapshot
from bot.worker.hub import ModelStore
from bot.worker.job import Stage
from bot.worker.measures import Measures
from bot.worker.pool import Pool
from bot.worker.queue import Queue
from bot.worker.room import Room
from bot.worker.run import ThreadRun
from bot.worker.stages import Stages
from bot.worker.threads import step_back

if TYPE_CHECKING:  # These load torch, which happens when the worker is opened.
    from bot.worker.device import Device
    from bot.worker.engine import Engine

LAST_PASS = 30.0
"""Seconds that a pass gets to end when the worker is closed. Models stop before their next layer, so it needs few."""

MOST_CRASHES = 10
"""How often the worker's own code may fail within a minute before the process is given up."""


class ThreadWorker:
    """A `Worker` in this process.

    A request goes: threads beside (plan, files) → thread (load) → threads beside (preprocess) → thread (forward, its
    rows together with those of others) → threads beside (postprocess, answer), and once more where its plan has another
    leg or its rows another round. `bot.worker.choosing` says what the thread does next.

    Args:
        store: finds the models.
        device: auto, cuda, mps or cpu.
        dtype: auto or a name of `bot.worker.precision.FORMATS`.
        limit: how many requests may be under way at once; one more is refused.
        memory: bytes of the device that models may take; None is most of a GPU's, half of the machine's.
        idle: seconds after which an unused model leaves.
        pinned: names of tasks whose models stay once they are loaded.
        limits: what an attachment may have.
        modelset: which of the default models; None chooses by the device and its memory.
        on_device: told, on the worker's thread, the ids of the requests that are about to run or to load a model: if
            the process dies, they may be why. No ids once the worker is closed in order.

    Attributes:
        device: known once it is open.
        broken: done once this process has to be started again, with a sentence for the host that says why.
    """

    def __init__(
        self,
        store: ModelStore,
        *,
        device: str = "auto",
        dtype: str = "float32",
        limit: int = 200,
        memory: int | None = None,
        idle: float = 1800.0,
        pinned: Collection[str] = (),
        limits: Limits | None = None,
        modelset: Modelset | None = Modelset.SMALL,
        on_device: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._wanted = device
        self._dtype = dtype
        self._memory = memory
        self._idle = idle
        self._pinned = pinned
        self._limits = limits or Limits()
        self._modelset = modelset
        self._on_device = on_device
        self._accepting = False
        self._closing = threading.Event()
        self._changed = threading.Condition()
        self._measures = Measures()
        self._queue = Queue(self._changed, limit, self._measures)
        self._crashes: list[float] = []
        self._pool: Pool
        self._stages: Stages
        self._engine: Engine
        self._thread: threading.Thread
        self._minder: threading.Thread
        self.device: Device
        self.broken: asyncio.Future[str]

    async def open(self) -> None:
        """Import torch, choose the device and start taking requests. HostError where the wanted device isn't there."""
        # Lets the event loop in between the other threads' Python steps soon; the default is five milliseconds.
        sys.setswitchinterval(0.0001)
        self.broken = asyncio.get_running_loop().create_future()
        await asyncio.to_thread(self._choose_device)
        self._start_thread()
        self._minder = threading.Thread(target=self._mind, name="minder", daemon=True)
        self._minder.start()
        self._accepting = True

    @property
    def chosen_models(self) -> str:
        """Which default models are used, and why, for the host."""
        why = f"chosen for {self.device.description}" if self._modelset is None else "as MODELSET says"
        return f"default models: the {self._store.modelset} set, {why}; each is downloaded when it is first asked"

    def submit(self, request: Request) -> ThreadRun:
        if not self._accepting:
            raise Interrupted
        job = self._queue.admit(request)
        self._stages.enter(job)
        return job.run

    def snapshot(self) -> Snapshot:
        with self._changed:
            running = len(self._queue.jobs(Stage.RUNNING))
            waiting = [job for job in self._queue.jobs() if job.stage is not Stage.RUNNING]
            return Snapshot(
                device=self.device.name,
                waiting=len(waiting),
                running=running,
                loaded=tuple(
                    LoadedModel(it.task.name, it.files.public_name, it.bytes, self._pool.is_pinned(it))
                    for it in self._pool
                ),
                starters=self._store.has_starters,
                models=self._store.usual_models(),
                adult_models=self._store.adult_models(),
                waiting_by_task=Counter(job.task.name for job in waiting),
                budget=self._pool.budget,
                loads=self._measures.loads,
                served=tuple(self._measures.served),
                passes=tuple(self._measures.passes),
            )

    async def drain(self, grace: float) -> list[Request]:
        self._accepting = False
        end = time.monotonic() + grace
        while len(self._queue) and time.monotonic() < end:  # noqa: ASYNC110 - they end on other threads
            await asyncio.sleep(0.05)
        with self._changed:
            return [job.request for job in self._queue.jobs()]

    async def close(self) -> None:
        """Interrupt what is under way and wait for the threads, unless one hangs."""
        self._accepting = False
        self._queue.end_all(lambda: Failed(Interrupted()))
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        if self.broken.done():
            return
        await asyncio.to_thread(self._thread.join, LAST_PASS)
        if self._thread.is_alive():
            self._say_broken("A model is still busy on the device, and a thread can't be stopped from outside.")
            return
        self._on_device(())
        for wait in (self._minder.join, self._stages.close):
            await asyncio.to_thread(wait)

    # Everything below runs on the worker's own threads.

    def _choose_device(self) -> None:
        import torch

        # Imported before the first heartbeat is due, because it holds up the event loop for a moment.
        from bot.worker.device import choose_device
        from bot.worker.engine import Engine
        from bot.worker.memory import fitting_modelset, total_memory

        self.device = choose_device(self._wanted)
        name = self.device.name
        if name == "cpu":
            # One core is left to the event loop.
            torch.set_num_threads(max(1, torch.get_num_threads() - 1))
        self._store.modelset = self._modelset or fitting_modelset(name)
        share = 0.8 if name == "cuda" else 0.5
        budget = int(share * total_memory(name)) if self._memory is None else self._memory
        self._pool = Pool(budget, self._idle, self._pinned)
        room = Room(self._pool, name, self._dtype)
        self._store.check_memory = room.check
        self._stages = Stages(
            self._store,
            self._queue,
            self._pool,
            self._measures,
            self._changed,
            room,
            device=name,
            limits=self._limits,
        )
        self._engine = Engine(
            self.device,
            self._dtype,
            self._queue,
            self._pool,
            self._stages,
            self._measures,
            self._changed,
            self._on_device,
        )

    def _start_thread(self) -> None:
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        step_back()
        try:
            while not self._closing.is_set():
                self._engine.do_next()
        except Exception as error:  # noqa: BLE001 - the worker's own code failed, for which nobody else may suffer
            self._recover(error)

    def _recover(self, error: Exception) -> None:
        """Go on with a new thread after the worker's own code failed; end the requests that it was about."""
        from bot.worker.passes import DeviceBroken

        if isinstance(error, DeviceBroken):
            self._give_up(f"{self.device.description} can't be used by this process any more.")
            return
        defect = record_defect(error)
        with self._changed:
            running = self._queue.jobs(Stage.RUNNING)
        for job in running:
            self._queue.end(job, Failed(error))
        now = time.monotonic()
        self._crashes = [then for then in self._crashes if now - then < 60] + [now]
        if len(self._crashes) > MOST_CRASHES:
            self._give_up(f"The worker fails again and again (the last time with defect {defect}).")
        else:
            self._start_thread()

    def _mind(self) -> None:
        """Once a second: tell who waits where they stand, and look whether the thread is still alive."""
        while not self._closing.wait(1.0):
            self._queue.announce()
            if self._engine.hung():
                self._give_up("A model has hung on the device, and a thread can't be stopped from outside.")

    def _give_up(self, why: str) -> None:
        """This process can't go on: tell those who wait, and the host."""
        self._accepting = False
        self._closing.set()
        self._queue.end_all(lambda: Failed(Interrupted()))
        self.broken.get_loop().call_soon_threadsafe(self._say_broken, why)

    def _say_broken(self, why: str) -> None:
        if not self.broken.done():
            self.broken.set_result(why)
