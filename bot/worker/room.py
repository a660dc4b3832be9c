"""Room: whether a model can ever be loaded here, by its files or by what the Hub says of them."""

from collections.abc import Mapping
from pathlib import Path

from bot.errors import Refusal
from bot.tasks import Task
from bot.worker.hub import ModelFiles
from bot.worker.pool import Pool


class Room:
    """Holds what models take against the budget of `pool`.

    Args:
        device: torch's name of it.
        dtype: the host's DTYPE.
    """

    def __init__(self, pool: Pool, device: str, dtype: str) -> None:
        self._pool = pool
        self._device = device
        self._dtype = dtype
        self._numbers: dict[Path, Mapping[str, int]] = {}

    def size(self, task: Task, files: ModelFiles) -> int:
        """Bytes that a model will take. Refusal where it could never be loaded."""
        from bot.worker.memory import numbers_in

        if files.folder not in self._numbers:
            self._numbers[files.folder] = numbers_in(files)
        return self.check(task, files.public_name, self._numbers[files.folder])

    def check(self, task: Task, name: str, numbers: Mapping[str, int]) -> int:
        """The same of a model with so many numbers by their format, which needn't be here."""
        from bot.worker.memory import weights_size
        from bot.worker.precision import load_dtype

        size = weights_size(numbers, load_dtype(self._dtype, self._device, task).itemsize)
        if size > self._pool.budget:
            raise Refusal(
                f"{name} takes {size / 1e9:.2g} GB of memory; all models together may take "
                f"{self._pool.budget / 1e9:.2g} GB here. Name a smaller one."
            )
        return size
