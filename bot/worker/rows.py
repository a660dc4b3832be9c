# ruff: noqa: SLF001 - transformers has no public way to run the three steps of a pipeline apart
"""Rows: what one forward pass sees of a request, made and read by the pipeline's own preprocess and postprocess."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from transformers.pipelines.base import ChunkPipeline

from bot.answers import Answer
from bot.errors import Refusal
from bot.media.limits import NO_LIMITS, Limits
from bot.request import Input, Option
from bot.tasks import Call
from bot.tasks import Rows as Sized
from bot.worker.batches import length
from bot.worker.decoding import decode
from bot.worker.loading import Loaded


class Rows:
    """The rows of one request, from preprocess to the answer.

    The three steps together give what calling the pipeline gives; apart, each can run where it belongs. They outlive
    the model that was loaded when they were made: any other of the same files does as well.

    Attributes:
        key: rows with the same key may share a forward pass.
        lengths: tokens, by row.
        bytes: what the rows take in memory, about.
        parameters: of the forward pass.
        outputs: of the rows that were run so far, in order.
    """

    def __init__(
        self,
        loaded: Loaded,
        inputs: Mapping[str, Input],
        options: Mapping[str, Option],
        limits: Limits = NO_LIMITS,
    ) -> None:
        """Decode and preprocess. Refusal where the pipeline can make nothing of the input."""
        self._inputs = inputs
        pipeline = loaded.pipeline
        decoded = decode(loaded.task, inputs, limits, loaded.rate)
        self._notes = _cut_notes(loaded, decoded.values())
        call: Call = loaded.task.call(**decoded, **options)
        before, during, after = pipeline._sanitize_parameters(**call.parameters)
        self._before = pipeline._preprocess_params | before
        self.parameters = pipeline._forward_params | during
        self._after = pipeline._postprocess_params | after
        self._chunked = isinstance(pipeline, ChunkPipeline)
        self._preprocess(loaded, call.input)

    def inspect(self, loaded: Loaded) -> tuple[str, ...]:
        """Notes for the answer's footer. Refusal where the model knows nothing of the text, or can't read that much."""
        task, tokenizer = loaded.task, loaded.pipeline.tokenizer
        if tokenizer is not None and max(map(length, self.rows)) > tokenizer.model_max_length:
            raise Refusal(
                f"That is too long for this model, which reads {tokenizer.model_max_length} tokens at once. Shorten it."
            )
        if task.rows is not Sized.TOKENS:
            return self._notes
        with loaded.tokenizing:
            note = _inspect_text(self._inputs.get(task.long_text or "text"), self.rows[0], tokenizer)
        return (note,) if note and task.cut else ()

    def _preprocess(self, loaded: Loaded, given: Any) -> None:
        # Only a text is ever asked for again; a decoded picture would be kept for nothing.
        self._given = given if isinstance(given, str) else None
        # A tokenizer holds the settings of its last call, so only one thread at a time may use it.
        with loaded.tokenizing:
            made = loaded.pipeline.preprocess(given, **self._before)
            self.rows: list[Any] = list(made) if self._chunked else [made]
        self.lengths = [length(row) for row in self.rows]
        self.bytes = sum(map(_size, self.rows))
        shared = {name: self.rows[0][name] for name in getattr(loaded.pipeline, "shared", ())}
        self.key = repr((sorted(self.parameters.items()), shared))
        self.outputs: list[Any] = []

    @property
    def left(self) -> int:
        """How many rows are still to be run."""
        return len(self.rows) - len(self.outputs)

    def finish(self, loaded: Loaded) -> Answer | None:
        """The answer, or None where there are now new rows to run: a long text's summaries, to be summed up again.

        Refusal where the model gave no numbers.
        """
        pipeline = loaded.pipeline
        if any(_is_no_number(value) for output in self.outputs for value in dict(output).values()):
            raise Refusal("The model came up with nothing that is a number, so there is no answer. Try another model.")
        # Decoding uses the tokenizer too.
        with loaded.tokenizing:
            output = pipeline.postprocess(self.outputs if self._chunked else self.outputs[0], **self._after)
        further = getattr(pipeline, "further", None)
        following = further(self._given, output) if further else None
        if following is None:
            return loaded.task.read(output, self._inputs)
        self._preprocess(loaded, following)
        return None


def _size(value: Any) -> int:
    if isinstance(value, torch.Tensor | np.ndarray):
        return int(value.nbytes)
    return sum(map(_size, value.values())) if isinstance(value, Mapping) else 0


def _cut_notes(loaded: Loaded, decoded: Iterable[Any]) -> tuple[str, ...]:
    seconds = loaded.task.seconds
    cut = seconds and any(isinstance(it, np.ndarray) and len(it) >= seconds * loaded.rate for it in decoded)
    return (f"The answer is about the first {seconds:g} seconds.",) if cut else ()


def _is_no_number(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point() and bool(value.isnan().any())


def _inspect_text(text: Input | None, row: Any, tokenizer: Any) -> str | None:
    """Refusal if the model knows nothing of `text`; a note if `row` holds only its beginning."""
    if not isinstance(text, str) or tokenizer is None or "input_ids" not in row:
        return None
    held = row["input_ids"][0].tolist()
    if len(held) < tokenizer.model_max_length and tokenizer.unk_token_id not in held and any(map(str.isalnum, text)):
        # Nothing is missing and nothing unknown: the usual case, without a second look.
        return None
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=tokenizer.is_fast, verbose=False)
    tokens = list(encoded["input_ids"])
    if not tokenizer.decode(tokens, skip_special_tokens=True).strip():
        raise Refusal("This model knows none of the characters in that text. Try words, or another model.")
    read = _common(held, tokens)
    if len(held) < tokenizer.model_max_length or read == len(tokens):
        return None
    if not read or not tokenizer.is_fast:
        return "Longer than this model reads at once: the answer is about its beginning."
    return (
        "Longer than this model reads at once: the answer is about the first "
        f"{encoded['offset_mapping'][read - 1][1]:,} characters."
    )


def _common(row: list[int], tokens: list[int]) -> int:
    """How many of `tokens`, from the first on, stand in `row`."""
    start = row.index(tokens[0]) if tokens[0] in row else len(row)
    pairs = zip(row[start:], tokens, strict=False)
    return next((count for count, (own, other) in enumerate(pairs) if own != other), min(len(row) - start, len(tokens)))
