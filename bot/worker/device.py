"""Which device the pipelines run on, and what to tell a host whose GPU stands idle."""

import platform
import shutil
import subprocess
from dataclasses import dataclass

import torch

from bot.errors import HostError


@dataclass(frozen=True, slots=True)
class Device:
    """`name` is torch's; `description` is for people; `warning` is set where a GPU is present but can't be used."""

    name: str
    description: str
    warning: str | None = None


def choose_device(wanted: str) -> Device:
    """The device for `wanted`: auto, cuda, mps or cpu. HostError where it was asked for by name and isn't there."""
    if wanted in ("auto", "cuda") and torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        return Device("cuda", f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB")
    if wanted in ("auto", "mps") and torch.backends.mps.is_available():
        return Device("mps", "Apple GPU")
    gpu = nvidia_gpu()
    if wanted == "cuda":
        reason = (
            f"this torch build ({torch.__version__}) can't use {gpu}: run `make clean install TORCH=cuda`"
            if gpu
            else "no NVIDIA GPU answers here: check `nvidia-smi`, or set DEVICE=auto"
        )
        raise HostError(f"DEVICE=cuda, but {reason}.", HostError.CONFIG)
    if wanted == "mps":
        raise HostError("DEVICE=mps, but torch finds no Apple GPU here: set DEVICE=auto.", HostError.CONFIG)
    warning = None
    if gpu and wanted == "auto":
        warning = (
            f"{gpu} STANDS IDLE: this torch build ({torch.__version__}) can't use it, so everything runs on the CPU. "
            "Remedy: `make clean install TORCH=cuda`."
        )
    return Device("cpu", platform.processor() or platform.machine(), warning)


def nvidia_gpu() -> str | None:
    """The name of the first NVIDIA GPU that the driver knows, whether or not torch can use it."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    try:
        listing = subprocess.run(  # noqa: S603
            [tool, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return next(iter(listing.stdout.splitlines()), "").strip() or None
