"""Fetches: models on their way to this machine, each once, however many requests wait for it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.errors import Cancelled
from bot.tasks import Model, Task
from bot.worker.downloads import Progress, Watch
from bot.worker.hub import ModelFiles, ModelStore

AT_ONCE = 8
"""Models that are fetched at the same time."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody who waits for a model.

    Attributes:
        progress: told the share that was downloaded and the bytes of all, or None.
        gone: whether they don't want it any more.
        done: told the files, or why there are none.
        adult: whether they asked where adults only are.
    """

    progress: Progress
    gone: Callable[[], bool]
    done: Callable[[ModelFiles | Exception], None]
    adult: bool = False


@dataclass
class _Fetch:
    task: Task
    named: str | None
    among: Model | None
    real: bool
    adult: bool
    waiters: list[Waiter] = field(default_factory=list)
    told: list[tuple[float | None, int | None]] = field(default_factory=list)
    """The last progress, if any."""


_Key = tuple[str, str | None, Model | None, bool, bool]


class Fetches:
    """Fetches models from `store` on threads of its own."""

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._under_way: dict[_Key, _Fetch] = {}
        self._closing = False
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch")

    def fetch(self, task: Task, named: str | None, among: Model | None, waiter: Waiter, *, real: bool = False) -> None:
        """Find the files as `ModelStore.find` does, and tell `waiter`. Never blocks for long."""
        key = task.name, named, among, real, waiter.adult
        with self._lock:
            fetch = self._under_way.get(key)
            if fetch is not None:
                fetch.waiters.append(waiter)
                told = list(fetch.told)
            else:
                fetch = self._under_way[key] = _Fetch(task, named, among, real, waiter.adult, [waiter])
                self._threads.submit(self._run, key, fetch)
                told = []
        for share, size in told:
            waiter.progress(share, size)

    def close(self) -> None:
        """Give up what is on its way."""
        self._closing = True
        self._threads.shutdown()

    def _run(self, key: _Key, fetch: _Fetch) -> None:
        def progress(share: float | None, size: int | None) -> None:
            with self._lock:
                fetch.told = [(share, size)]
                waiters = list(fetch.waiters)
            for waiter in waiters:
                waiter.progress(share, size)

        def unwanted() -> bool:
            with self._lock:
                return self._closing or all(waiter.gone() for waiter in fetch.waiters)

        while True:
            result: ModelFiles | Exception
            try:
                watch = Watch(progress, unwanted, fetch.adult)
                result = self._store.find(fetch.task, fetch.named, watch, among=fetch.among, real=fetch.real)
            except Exception as error:  # noqa: BLE001 - it reaches those who wait
                result = error
            with self._lock:
                fetch.waiters = [waiter for waiter in fetch.waiters if not waiter.gone()]
                # Somebody came for it just when it had been given up.
                again = isinstance(result, Cancelled) and bool(fetch.waiters) and not self._closing
                if not again:
                    del self._under_way[key]
            if not again:
                break
        for waiter in fetch.waiters:
            waiter.done(result)
