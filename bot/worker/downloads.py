"""Downloads: a model's files from the Hub into the cache, of which nothing that arrived is fetched twice."""

import errno
import hashlib
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from bot.errors import Cancelled, Refusal

log = logging.getLogger(__name__)

Progress = Callable[[float | None, int | None], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """Who waits for a model. A download for them ends once `unwanted` says so.

    `progress` is told the share that is here, from 0 to 1, and the bytes of all; None where that is unknown. `adult` is
    whether they asked where adults only are.
    """

    progress: Progress
    unwanted: Callable[[], bool] = lambda: False
    adult: bool = False


class Download:
    """The files of a model, as the Hub describes it, that match `patterns`.

    huggingface_hub keeps nothing of a file that was broken off. So the large files are fetched here, to where it looks
    for them before it would fetch them itself.

    Attributes:
        size: bytes of all files.
    """

    def __init__(self, model: str, info: Any, patterns: list[str], token: str | None) -> None:
        from huggingface_hub import constants
        from huggingface_hub.file_download import repo_folder_name

        self._model, self._revision, self._patterns, self._token = model, info.sha, patterns, token
        files = [entry for entry in info.siblings or () if matches(entry.rfilename, patterns)]
        self.size = sum(entry.size or 0 for entry in files)
        cache, folder = Path(constants.HF_HUB_CACHE), repo_folder_name(repo_id=model, repo_type="model")
        self._locks = cache / ".locks" / folder
        blobs = cache / folder / "blobs"
        # What is kept in LFS is named by the hash of its content. Without Xet, the Hub gives out no larger files.
        self._blobs = [
            _Blob(entry.rfilename, blobs / entry.lfs.sha256, entry.lfs.size)
            for entry in files
            if entry.lfs is not None and entry.lfs.size <= constants.MAX_HTTP_DOWNLOAD_SIZE
        ]

    def check_disk(self) -> None:
        """Refuse what the disk can't take."""
        from huggingface_hub import constants

        cache = Path(constants.HF_HUB_CACHE)
        there = next(folder for folder in (cache, *cache.parents) if folder.is_dir())
        if shutil.disk_usage(there).free < self.size - sum(blob.here for blob in self._blobs):
            raise self.disk_full()

    def disk_full(self) -> Refusal:
        log.warning("the disk is too full for %s", self._model)
        return Refusal(
            f"{self._model} is {self.size / 1e9:.1f} GB, and the disk of this machine is too full for it. "
            "Name a smaller one, or ask the host to make room."
        )

    def fetch(self, watch: Watch) -> Path:
        """The folder with all of them. Raises Cancelled where `watch` stopped it; what arrived is kept."""
        from huggingface_hub import snapshot_download
        from huggingface_hub.utils import WeakFileLock  # type: ignore[attr-defined]  # it doesn't say so

        bar = _progress_bar(self.size, watch, sum(blob.here for blob in self._blobs))
        self._locks.mkdir(parents=True, exist_ok=True)
        for blob in self._blobs:
            # Another process, such as `pull`, may be at it.
            with WeakFileLock(self._locks / f"{blob.path.name}.lock"):
                if not blob.path.exists():
                    self._fetch_blob(blob, bar)
        return Path(
            snapshot_download(
                self._model,
                revision=self._revision,
                allow_patterns=self._patterns,
                token=self._token,
                tqdm_class=bar,
            )
        )

    def _fetch_blob(self, blob: "_Blob", bar: type) -> None:
        from huggingface_hub import hf_hub_url
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]  # it doesn't say so

        blob.path.parent.mkdir(parents=True, exist_ok=True)
        if blob.here > blob.size:
            blob.part.unlink()
        try:
            with blob.part.open("ab") as file:
                http_get(
                    hf_hub_url(self._model, blob.name, revision=self._revision),
                    file,
                    resume_size=blob.here,
                    # Or a range would be one of what was compressed on the way.
                    headers={**build_hf_headers(token=self._token), "Accept-Encoding": "identity"},
                    expected_size=blob.size,
                    tqdm_class=bar,
                )
        except OSError as error:
            if error.errno == errno.ENOSPC:
                blob.part.unlink()
            raise
        with blob.part.open("rb") as file:
            arrived = hashlib.file_digest(file, "sha256").hexdigest()
        if arrived != blob.path.name:
            blob.part.unlink()
            raise Refusal(f"The weights of {self._model} were damaged on their way. Try again.")
        blob.part.rename(blob.path)


@dataclass(frozen=True, slots=True)
class _Blob:
    """A large file: its name in the model, where its content belongs in the cache, and bytes."""

    name: str
    path: Path
    size: int

    @property
    def part(self) -> Path:
        """What arrived of it so far."""
        return self.path.with_name(self.path.name + ".incomplete")

    @property
    def here(self) -> int:
        """Bytes that needn't be fetched any more."""
        if self.path.exists():
            return self.size
        return self.part.stat().st_size if self.part.exists() else 0


def matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _progress_bar(size: int, watch: Watch, here: int) -> type:
    """A bar for huggingface_hub that reports the share of `size` bytes twice a second, and breaks off if told to.

    `here`: how many are here already.
    """
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]  # generic in its stubs only
        arrived = here
        reported = 0.0

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            # Of the three bars that are made for a snapshot, only one counts the bytes that arrive.
            self.counts = kwargs.get("unit") == "B" and not str(kwargs.get("desc", "")).startswith("Reconstructing")
            super().__init__(*args, **kwargs | {"file": _NOWHERE, "disable": False})

        def update(self, n: float | None = 1) -> bool | None:
            if watch.unwanted():
                raise Cancelled
            if self.counts:
                Bar.arrived += int(n or 0)
                if size and time.monotonic() - Bar.reported > 0.5:
                    Bar.reported = time.monotonic()
                    watch.progress(min(Bar.arrived / size, 1.0), size)
            return super().update(n)

    return Bar


class _Nowhere:
    def write(self, _text: str) -> None:
        pass

    def flush(self) -> None:
        pass


_NOWHERE = _Nowhere()
