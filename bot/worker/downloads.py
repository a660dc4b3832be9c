"""What a download needs beside huggingface_hub: a bar that reports to those who wait, and room on the disk."""

import logging
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import Cancelled, Refusal

if TYPE_CHECKING:
    from bot.worker.hub import Watch

log = logging.getLogger(__name__)


def check_disk(model: str, size: int) -> None:
    """Refuse before the download what the disk can't take."""
    from huggingface_hub import constants

    cache = Path(constants.HF_HUB_CACHE)
    there = next(folder for folder in (cache, *cache.parents) if folder.is_dir())
    if shutil.disk_usage(there).free < size:
        raise disk_full(model, size)


def disk_full(model: str, size: int) -> Refusal:
    log.warning("the disk is too full for %s", model)
    return Refusal(
        f"{model} is {size / 1e9:.1f} GB, and the disk of this machine is too full for it. "
        "Name a smaller one, or ask the host to make room."
    )


def progress_bar(size: int, watch: "Watch") -> type:
    """A bar for huggingface_hub that reports the share of `size` bytes twice a second, and breaks off if told to."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]  # generic in its stubs only
        reported = 0.0

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            # Of the three bars that are made, this one counts the bytes that arrive.
            self.counts = kwargs.get("unit") == "B" and str(kwargs.get("desc", "")).startswith("Downloading")
            super().__init__(*args, **kwargs | {"file": _NOWHERE, "disable": False})

        def update(self, n: float | None = 1) -> bool | None:
            if watch.unwanted():
                raise Cancelled
            result = super().update(n)
            if self.counts and size and time.monotonic() - Bar.reported > 0.5:
                Bar.reported = time.monotonic()
                watch.progress(min(self.n / size, 1.0), size)
            return result

    return Bar


class _Nowhere:
    def write(self, _text: str) -> None:
        pass

    def flush(self) -> None:
        pass


_NOWHERE = _Nowhere()
