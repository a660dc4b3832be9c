# ruff: noqa: SLF001 - transformers has no public way to run the three steps of a pipeline apart
"""Rows: what one forward pass sees of a request, made and read by the pipeline's own preprocess and postprocess."""

from typing import Any

from transformers.pipelines.base import ChunkPipeline

from bot.answers import Answer
from bot.errors import Refusal
from bot.request import Request
from bot.tasks import Call
from bot.worker.loading import Loaded


class Rows:
    """The rows of one request, from preprocess to the answer.

    The three steps together give what calling the pipeline gives; apart, each can run where it belongs.
    """

    def __init__(self, loaded: Loaded, request: Request) -> None:
        """Preprocess. Refusal where the model can make nothing of the input."""
        self.loaded = loaded
        pipeline = loaded.pipeline
        call: Call = loaded.task.call(**request.inputs, **request.options)
        before, during, after = pipeline._sanitize_parameters(**call.parameters)
        self._during = pipeline._forward_params | during
        self._after = pipeline._postprocess_params | after
        made = pipeline.preprocess(call.input, **pipeline._preprocess_params | before)
        self._chunked = isinstance(pipeline, ChunkPipeline)
        self.inputs: list[Any] = list(made) if self._chunked else [made]
        notes = (_inspect_text(row, pipeline.tokenizer) for row in self.inputs)
        self.notes = tuple(note for note in notes if note)
        self._outputs: list[Any] = []

    def forward(self) -> None:
        """Run the model on every row. Only the thread that owns the device may call this."""
        for row in self.inputs:
            self._outputs.append(self.loaded.pipeline.forward(row, **self._during))

    def answer(self) -> Answer:
        outputs = self._outputs if self._chunked else self._outputs[0]
        return self.loaded.task.read(self.loaded.pipeline.postprocess(outputs, **self._after))


def _inspect_text(row: Any, tokenizer: Any) -> str | None:
    """Where `row` is tokenised text: Refusal if the model knows none of it, a note if it was cut to the window."""
    encodings = getattr(row, "encodings", None)
    if not encodings:
        return None
    encoding = encodings[0]
    words = [n for n, special in enumerate(encoding.special_tokens_mask) if not special]
    if all(encoding.ids[n] == tokenizer.unk_token_id for n in words):
        raise Refusal("This model knows none of the characters in that text. Try words, or another model.")
    if encoding.overflowing:
        read = max(encoding.offsets[n][1] for n in words)
        return f"Longer than this model reads at once: the answer is about the first {read:,} characters."
    return None
