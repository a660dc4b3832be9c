"""A new model's first passes: they bring its weights into memory, and show how it may be run.

Models differ in what they bear: some can't do without padding, some answer differently in a batch. Rather than believe
a list of architectures, each is asked the examples of its task, once one by one and once in a batch.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import torch

from bot.tasks import Task
from bot.tasks.task import Rows as Sized
from bot.worker.batches import Row, forward, length
from bot.worker.device import Device
from bot.worker.hub import ModelFiles
from bot.worker.loading import Loaded, load
from bot.worker.packing import Packing
from bot.worker.precision import CLOSE, agree, load_dtype, may_speed_up, same
from bot.worker.rows import Rows

log = logging.getLogger(__name__)


def bring_in(task: Task, files: ModelFiles, device: Device, wanted: str) -> Loaded:
    """Load a model, run it for the first time, and settle how it may be run. `wanted` is the host's DTYPE.

    Refusal where the files don't hold a model for `task`.
    """
    dtype = load_dtype(wanted, device.name, task)
    loaded = load(task, files, device, dtype)
    if task.rows is not Sized.TOKENS:
        return loaded
    if loaded.writes:
        _settle_writing(loaded)
        return loaded
    rows = _example_rows(loaded)
    alone = _one_by_one(loaded, rows)
    if may_speed_up(wanted, device.name):
        loaded.pipeline.model.to(torch.bfloat16)
        rounded = _one_by_one(loaded, rows)
        if agree(alone, rounded, CLOSE):
            alone = rounded
        else:
            log.info("%s answers differently in bfloat16, so it computes in float32", task.name)
            del loaded
            loaded = load(task, files, device, dtype)
    _settle_reading(loaded, rows, alone)
    return loaded


def _settle_reading(loaded: Loaded, rows: Sequence[Row], alone: Sequence[Any]) -> None:
    """How an encoder may be run that gives `alone` for `rows` one by one."""
    pipeline = loaded.pipeline

    def together() -> list[Any]:
        return forward(pipeline, rows, {})

    for first_only in (True, False):
        try:
            packing = Packing(pipeline.model, first_only=first_only)
        except ValueError:
            break
        loaded.packs = _gives(together, alone, pipeline.model.dtype)
        if loaded.packs:
            loaded.alone = False
            return
        packing.remove(pipeline.model)
    loaded.alone = not _gives(together, alone, pipeline.model.dtype)


def _one_by_one(loaded: Loaded, rows: Sequence[Row]) -> list[Any]:
    return [output for row in rows for output in forward(loaded.pipeline, [row], {})]


def _settle_writing(loaded: Loaded) -> None:
    """The first passes of a model that writes: what its decoder says first, in a batch and without."""
    model = loaded.pipeline.model
    configured = getattr(model.config, "decoder_start_token_id", None)
    start: int = model.generation_config.decoder_start_token_id if configured is None else configured
    vocabulary = model.get_input_embeddings().num_embeddings
    rows = [{"input_ids": torch.arange(5, 5 + tokens)[None] % vocabulary} for tokens in (9, 4)]
    for row in rows:
        row["attention_mask"] = torch.ones_like(row["input_ids"])

    class Says:
        """What of a pipeline `forward` needs."""

        tokenizer = loaded.pipeline.tokenizer

        def forward(self, row: Any) -> Any:
            begun = torch.full((len(row["input_ids"]), 1), start, device=model.device)
            with torch.no_grad():
                given = {name: value.to(model.device) for name, value in row.items()}
                return {"logits": model(**given, decoder_input_ids=begun, use_cache=False).logits.cpu()}

    alone = [output for row in rows for output in forward(Says(), [row], {})]
    loaded.alone = not _gives(lambda: forward(Says(), rows, {}), alone, model.dtype)


def _gives(run: Callable[[], Sequence[Any]], wanted: Sequence[Any], dtype: torch.dtype) -> bool:
    try:
        given = run()
        return same(wanted, given) if dtype == torch.float32 else agree(wanted, given, CLOSE)
    except Exception as error:  # noqa: BLE001 - whatever it is, this model can't be run that way
        log.debug("a model can't be run that way: %s", type(error).__name__)
        return False


def _example_rows(loaded: Loaded) -> list[Row]:
    """The rows of the task's examples, of at least two lengths."""
    rows: list[Row] = []
    for number in range(len(loaded.task.examples)):
        request = loaded.task.request(loaded.task.example(number))
        rows += Rows(loaded, request.inputs, request.options).rows
    if len({length(row) for row in rows}) == 1:
        half = length(rows[0]) // 2
        rows.append(
            {name: value[:, :half] if isinstance(value, torch.Tensor) else value for name, value in rows[0].items()}
        )
    return rows
