"""One forward pass for the rows of many requests: laid side by side, run by the pipeline's own forward, taken apart."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence

Row = Mapping[str, Any]


def length(row: Row) -> int:
    """Its tokens; 1 where it has none."""
    # Of labels that are compared with a picture, the tokens stand apart.
    beside = row.get("text_inputs")
    ids = (beside[0] if beside else row).get("input_ids")
    return int(ids.shape[-1]) if isinstance(ids, torch.Tensor) else 1


def forward(pipeline: Any, rows: Sequence[Row], parameters: Mapping[str, Any]) -> list[Any]:
    """What `pipeline.forward` gives for each of `rows`, by one pass. ValueError where it gives another number of them.

    The pipeline sees a batch as transformers would make it: its tensors one below the other, lists of all else.
    """
    if len(rows) == 1:
        return [pipeline.forward(rows[0], **parameters)]
    together = pipeline.forward(_collate(pipeline, rows), **parameters)
    return [_taken(together, number, len(rows)) for number in range(len(rows))]


def _collate(pipeline: Any, rows: Sequence[Row]) -> dict[str, Any]:
    names = set(rows[0])
    if any(set(row) != names for row in rows):
        raise ValueError("the rows of a batch hold different things")
    shared = getattr(pipeline, "shared", ())
    padding = {"input_ids": getattr(pipeline.tokenizer, "pad_token_id", None) or 0, "special_tokens_mask": 1}
    batch: dict[str, Any] = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        if name in shared:
            batch[name] = values[0]
        elif all(isinstance(value, torch.Tensor) and value.shape[0] == 1 for value in values):
            batch[name] = pad_sequence(
                [value[0] for value in values], batch_first=True, padding_value=padding.get(name, 0)
            )
        else:
            batch[name] = values
    return batch


def _taken(together: Any, number: int, count: int) -> dict[str, Any]:
    """What of a batch's output belongs to one row. What has a value a token keeps its padding, as in transformers."""
    output: dict[str, Any] = {}
    for name, value in together.items():
        if value is None:
            output[name] = None
            continue
        if len(value) != count:
            raise ValueError(f"{len(value)} results for {count} rows")
        output[name] = value[number : number + 1] if isinstance(value, torch.Tensor) else value[number]
    return output
