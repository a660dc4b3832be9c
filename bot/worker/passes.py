"""Running rows on the device, whatever goes wrong: too little memory, a broken row, a broken device."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import torch

from bot.errors import Cancelled, Refusal
from bot.worker.batches import Row, forward, length
from bot.worker.loading import Loaded
from bot.worker.memory import give_back

log = logging.getLogger(__name__)


OUT_OF_MEMORY = (
    "That takes more memory than this machine has free. Try something shorter or smaller, or come back later."
)


class DeviceBroken(Exception):
    """The device can't be used any more by this process."""


def run(
    loaded: Loaded, rows: Sequence[Row], parameters: dict[str, Any], make_room: Callable[[], bool]
) -> list[Any | Exception]:
    """What the model gives for each of `rows`, or why there is nothing.

    A batch that fails is halved and tried again, so that a broken row takes no other with it. Where memory runs out for
    a single row, `make_room` is asked to evict what isn't needed and says whether it could.

    Raises Cancelled where nobody wants the pass any more, and DeviceBroken.
    """
    try:
        return list(forward(loaded.pipeline, rows, parameters))
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - it ends the one row it belongs to
        failed = understood(error)
    # Outside of the handler, for an error keeps everything alive that its frames hold.
    if isinstance(failed, DeviceBroken):
        raise failed
    if isinstance(failed, MemoryError):
        give_back(loaded.pipeline.device.type)
    if len(rows) > 1:
        if isinstance(failed, MemoryError):
            loaded.most = min(loaded.most, sum(map(length, rows)) // 2)
            log.warning("out of memory: passes of %s are now of up to %d tokens", loaded.task.name, loaded.most)
        half = len(rows) // 2
        return [*run(loaded, rows[:half], parameters, make_room), *run(loaded, rows[half:], parameters, make_room)]
    if not isinstance(failed, MemoryError):
        return [failed]
    if make_room():
        return run(loaded, rows, parameters, make_room)
    return [Refusal(OUT_OF_MEMORY)]


def understood(error: Exception) -> Exception:
    """`error`, or where it says that there is no memory left, or no device, a MemoryError or DeviceBroken instead."""
    text = str(error)
    # What the CPU's allocator says is no error of its own kind, and differs between systems.
    says_so = any(words in text for words in ("out of memory", "not enough memory", "can't allocate memory"))
    if isinstance(error, torch.OutOfMemoryError | MemoryError) or says_so:
        return MemoryError()
    accelerator = getattr(torch, "AcceleratorError", None)
    if (accelerator and isinstance(error, accelerator)) or "CUDA error" in text:
        return DeviceBroken(type(error).__name__)
    return error
