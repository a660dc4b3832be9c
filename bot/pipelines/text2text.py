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
    shared = ("configured",)
    """What the rows of one forward pass must have in common."""

    def _sanitize_parameters(self, **generate: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, generate, {}

    def preprocess(self, text: str) -> Iterator[dict[str, Any]]:
        prefix, configured = self.settings(self.task)
        yield from self.rows([prefix + text], configured)

    def settings(self, task: str) -> tuple[str, dict[str, Any]]:
        """What the model's config says for `task`: T5 and BART name a prefix and parameters of `generate`.

        A `max_length` among these counts, as transformers 5 does it; version 4 let its own default win.
        """
        config = self.model.config
        configured = dict((getattr(config, "task_specific_params", None) or {}).get(task) or {})
        prefix = configured.pop("prefix", None) or getattr(config, "prefix", None) or ""
        return prefix, configured

    def rows(self, parts: list[str], configured: dict[str, Any], **extra: Any) -> Iterator[dict[str, Any]]:
        """A row for `_forward` from each text. `configured` are parameters of `generate`; `extra` is handed on."""
        for number, part in enumerate(parts, 1):
            encoded = self.tokenizer(part, truncation=True, max_length=window(self), return_tensors="pt")
            encoded.pop("token_type_ids", None)
            yield {**encoded, **extra, "configured": configured, "is_last": number == len(parts)}

    def _forward(self, row: dict[str, Any], **generate: Any) -> dict[str, Any]:
        is_last, configured = row.pop("is_last"), row.pop("configured")
        if "max_new_tokens" in generate:
            configured = {name: value for name, value in configured.items() if name != "max_length"}
        told = self._prepare_generate_kwargs(configured | generate)
        positions = getattr(self.model.config, "max_position_embeddings", None) or 0
        if 0 < positions <= told.get("max_new_tokens", 0):
            # BART and its kin have no more positions to write on.
            told["max_new_tokens"] = positions - 1
        sequences = self.model.generate(**row, **told)
        return {"sequences": sequences, "is_last": is_last}

    def texts(self, outputs: list[dict[str, Any]]) -> list[list[str]]:
        """The text of every returned sequence, by row."""
        return [
            [
                self.tokenizer.decode(self.words(tokens), skip_special_tokens=True).strip()
                for tokens in output["sequences"]
            ]
            for output in outputs
        ]

    def words(self, tokens: Any) -> Any:
        """What of an output's tokens is text."""
        return tokens

    def postprocess(self, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{f"{self.return_name}_text": " ".join(texts)} for texts in zip(*self.texts(outputs), strict=True)]
