"""Suspects: which requests are on the device right now, where the next process finds it if this one dies."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

SIZE = 4096
"""Bytes of the file, for three hundred ids."""


class Suspects:
    """A small file, written anew at every pass: that takes microseconds, and outlives `kill -9` without a flush.

    It needn't outlive a power cut, which is no request's fault.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)

    def note(self, requests: Iterable[str]) -> None:
        """From now on, these and no others are on the device."""
        written = " ".join(requests).encode()[:SIZE].ljust(SIZE)
        # On a full disk nobody is suspected.
        with suppress(OSError), self._path.open("r+b", buffering=0) as file:
            file.write(written)

    def found(self) -> list[str]:
        """Those that were on the device when the last process ended, unless it ended in order."""
        return self._path.read_text(encoding="ascii", errors="replace").split()
