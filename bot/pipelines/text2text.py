"""text2text-generation, and the common base of summarization and translation."""

from collections.abc import Iterator
from typing import Any

from transformers import GenerationConfig
from transformers.pipelines.base import ChunkPipeline

from bot.pipelines.parts import window


class Text2TextGenerationPipeline(ChunkPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """Text in, text out, by an encoder-decoder model.

    `pipe("text")` gives `[{"generated_text": "…"}]`, one entry a returned sequence. Any parameter of `generate` may be
    given with the call. Text past the model's window is cut off here; the subclasses read all of it.
    """

    _load_processor = False
    _load_image_processor = False
    _load_feature_extractor = False
    _load_video_processor = False
    _load_tokenizer = True
    _pipeline_calls_generate = True
    # As transformers 4 had it.
    _default_generation_config = GenerationConfig(max_new_tokens=256, num_beams=4)

    return_name = "generated"

    def _sanitize_parameters(self, **generate: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, generate, {}

    def preprocess(self, text: str) -> Iterator[dict[str, Any]]:
        yield from self.rows([self.settings().get("prefix", "") + text])

    def settings(self) -> dict[str, Any]:
        """What the model's config says for this task: T5 and BART name a `prefix` and parameters of `generate`."""
        config = self.model.config
        by_task = getattr(config, "task_specific_params", None) or {}
        common = {"prefix": prefix} if (prefix := getattr(config, "prefix", None)) else {}
        return common | (by_task.get(self.task) or {})

    def rows(self, parts: list[str], **extra: Any) -> Iterator[dict[str, Any]]:
        """A row for `_forward` from each text; `extra` goes along with each."""
        for number, part in enumerate(parts, 1):
            encoded = self.tokenizer(part, truncation=True, max_length=window(self), return_tensors="pt")
            encoded.pop("token_type_ids", None)
            yield {**encoded, **extra, "is_last": number == len(parts)}

    def _forward(self, row: dict[str, Any], **generate: Any) -> dict[str, Any]:
        is_last = row.pop("is_last")
        configured = {name: value for name, value in self.settings().items() if name != "prefix"}
        sequences = self.model.generate(**row, **self._prepare_generate_kwargs(configured | generate))
        return {"sequences": sequences, "is_last": is_last}

    def texts(self, outputs: list[dict[str, Any]]) -> list[list[str]]:
        """The text of every returned sequence, by row."""
        return [
            [text.strip() for text in self.tokenizer.batch_decode(output["sequences"], skip_special_tokens=True)]
            for output in outputs
        ]

    def postprocess(self, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{f"{self.return_name}_text": " ".join(texts)} for texts in zip(*self.texts(outputs), strict=True)]
