"""How much memory there is, on the device and beside it, and how much a model will take."""

import ctypes
import gc
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from math import prod
from pathlib import Path

import psutil
import torch
from safetensors import SafetensorError, safe_open

from bot.errors import Refusal
from bot.tasks.task import GPU_MEMORY, Modelset
from bot.worker.hub import ModelFiles

_CONTAINER = Path("/sys/fs/cgroup")


def total_memory(device: str) -> int:
    """Bytes of `device`, whoever uses them: the GPU's, or this machine's or container's."""
    if device == "cuda":
        return int(torch.cuda.get_device_properties(0).total_memory)
    limit = _container_limit()
    total: int = psutil.virtual_memory().total
    return min(total, limit) if limit else total


def fitting_modelset(device: str) -> Modelset:
    """Which of the default models this machine has the memory for."""
    return Modelset.GPU if device == "cuda" and total_memory(device) >= GPU_MEMORY else Modelset.SMALL


def free_memory(device: str) -> int:
    """Bytes that can be had now without swapping."""
    if device == "cuda":
        free, _total = torch.cuda.mem_get_info()
        # What torch holds in reserve it gives to the next tensor.
        return int(free) + torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    available: int = psutil.virtual_memory().available
    limit = _container_limit()
    return min(available, limit - _container_use()) if limit else available


def weights_size(numbers: Mapping[str, int], itemsize: int) -> int:
    """Bytes that weights of so many numbers, by their format, take once loaded; floats with `itemsize` bytes each."""
    return sum(count * (itemsize if "F" in form else 8) for form, count in numbers.items())


def numbers_in(files: ModelFiles) -> Mapping[str, int]:
    """How many numbers of which format a model's weights have, from the headers alone.

    Refusal where a file is cut short or no safetensors.
    """
    numbers: Counter[str] = Counter()
    for path in files.folder.glob("*.safetensors"):
        try:
            with safe_open(path, "pt") as weights:
                for name in weights.keys():  # noqa: SIM118 - it is no dict
                    part = weights.get_slice(name)
                    numbers[part.get_dtype()] += prod(part.get_shape())
        except (SafetensorError, OSError) as error:
            raise broken_weights(files) from error
    return numbers


def broken_weights(files: ModelFiles) -> Refusal:
    return Refusal(
        f"{files.public_name} can't be loaded: its weights are broken, or no safetensors. Try another model."
    )


def give_back(device: str) -> None:
    """Hand what evicted models took back to the system, rather than keep it for later."""
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
    elif sys.platform == "linux":
        with suppress(OSError, AttributeError):  # musl has no such thing
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def _container_limit() -> int | None:
    """Bytes that the container which this runs in may take (cgroup v2); None where there is no limit."""
    try:
        return int((_CONTAINER / "memory.max").read_text())
    except (OSError, ValueError):
        return None


def _container_use() -> int:
    used = int((_CONTAINER / "memory.current").read_text())
    stat = dict(line.split() for line in (_CONTAINER / "memory.stat").read_text().splitlines())
    # Pages of files that nobody looked at lately are given up when memory is wanted.
    return used - int(stat.get("inactive_file", 0))
