"""Opening the worker of this machine as the settings say."""

import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from bot.errors import HostError, Refusal
from bot.settings import Settings
from bot.tasks import find
from bot.tasks.task import Modelset
from bot.worker.hub import Models, ModelStore
from bot.worker.thread import ThreadWorker

log = logging.getLogger(__name__)


def model_store(settings: Settings, default: Models) -> ModelStore:
    """`default`: which models may be used where the host didn't say."""
    store = ModelStore(
        settings.data_dir,
        Models(settings.models or default),
        overrides=settings.task_models,
        token=settings.hf_token.get_secret_value() if settings.hf_token else None,
        member_limit=int(settings.member_model_gb * 1e9),
        nameable=settings.member_models,
    )
    if settings.modelset == "gpu":
        store.modelset = Modelset.GPU
    return store


def new_worker(
    settings: Settings, default: Models, on_device: Callable[[Iterable[str]], None] = lambda _: None
) -> ThreadWorker:
    """The worker of this machine, not yet open. HostError where a setting names a task that there isn't."""
    try:
        pinned = [find(name).name for name in settings.pinned_tasks]
    except Refusal as refusal:
        raise HostError(f"PINNED_TASKS: {refusal.sentence}", HostError.CONFIG) from refusal
    return ThreadWorker(
        model_store(settings, default),
        device=settings.device,
        dtype=settings.dtype,
        limit=settings.queue_limit,
        memory=None if settings.model_memory_gb is None else int(settings.model_memory_gb * 1e9),
        idle=settings.model_idle_minutes * 60,
        pinned=pinned,
        limits=settings.limits,
        modelset=None if settings.modelset == "auto" else Modelset(settings.modelset),
        on_device=on_device,
    )


@asynccontextmanager
async def opened(worker: ThreadWorker) -> AsyncIterator[ThreadWorker]:
    """`worker`, taking requests until the end of the block. HostError where its device can't be had."""
    await worker.open()
    # What is there now stays anyway. Looking through it again and again would hold up the event loop.
    gc.collect()
    gc.freeze()
    try:
        log.info("pipelines run on %s (%s)", worker.device.name, worker.device.description)
        log.info("%s", worker.chosen_models)
        if worker.device.warning:
            log.warning("%s", worker.device.warning)
        yield worker
    finally:
        await worker.close()
