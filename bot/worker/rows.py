# ruff: noqa: SLF001 - transformers has no public way to run the three steps of a pipeline apart
"""Rows: what one forward pass sees of a request, made and read by the pipeline's own preprocess and postprocess."""

from collections.abc import Callable, Mapping
from typing import Any

from transformers.pipelines.base import ChunkPipeline

from bot.answers import Answer
from bot.errors import Refusal
from bot.request import Input, Option
from bot.tasks import Call
from bot.worker.loading import Loaded


class Rows:
    """The rows of one request on one model, from preprocess to the answer.

    The three steps together give what calling the pipeline gives; apart, each can run where it belongs.
    """

    def __init__(self, loaded: Loaded, inputs: Mapping[str, Input], options: Mapping[str, Option]) -> None:
        """Preprocess. Refusal where the model can make nothing of the input."""
        self.loaded = loaded
        self._inputs = inputs
        pipeline = loaded.pipeline
        call: Call = loaded.task.call(**inputs, **options)
        before, during, after = pipeline._sanitize_parameters(**call.parameters)
        self._before = pipeline._preprocess_params | before
        self._during = pipeline._forward_params | during
        self._after = pipeline._postprocess_params | after
        self._chunked = isinstance(pipeline, ChunkPipeline)
        self._preprocess(call.input)
        with loaded.tokenizing:
            note = _inspect_text(inputs.get(loaded.task.long_text or "text"), self.rows[0], pipeline.tokenizer)
        self.notes = (note,) if note and loaded.task.cut else ()

    def _preprocess(self, given: Any) -> None:
        self._given = given
        # A tokenizer holds the settings of its last call, so only one thread at a time may use it.
        with self.loaded.tokenizing:
            made = self.loaded.pipeline.preprocess(given, **self._before)
            self.rows: list[Any] = list(made) if self._chunked else [made]
        self._outputs: list[Any] = []

    def forward(self, at_row: Callable[[int, int], None]) -> None:
        """Run the model on every row, told to `at_row` with their number. Only for the thread that owns the device."""
        for number, row in enumerate(self.rows, 1):
            at_row(number, len(self.rows))
            self._outputs.append(self.loaded.pipeline.forward(row, **self._during))

    def finish(self) -> Answer | None:
        """The answer, or None where there are now new rows to run: a long text's summaries, to be summed up again."""
        pipeline = self.loaded.pipeline
        output = pipeline.postprocess(self._outputs if self._chunked else self._outputs[0], **self._after)
        further = getattr(pipeline, "further", None)
        following = further(self._given, output) if further else None
        if following is None:
            return self.loaded.task.read(output, self._inputs)
        self._preprocess(following)
        return None


def _inspect_text(text: Input | None, row: Any, tokenizer: Any) -> str | None:
    """Refusal if the model knows nothing of `text`; a note if `row` holds only its beginning."""
    if not isinstance(text, str) or tokenizer is None:
        return None
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=tokenizer.is_fast, verbose=False)
    tokens = list(encoded["input_ids"])
    if not tokenizer.decode(tokens, skip_special_tokens=True).strip():
        raise Refusal("This model knows none of the characters in that text. Try words, or another model.")
    held = row["input_ids"][0].tolist()
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
