"""feature-extraction, for comparing texts: one vector a text, rather than one a token."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import normalize
from transformers.pipelines.base import ChunkPipeline

from bot.errors import Refusal
from bot.pipelines.parts import window

POOLING = Path("1_Pooling", "config.json")
"""Where a model made with sentence-transformers says how a text's vector comes from those of its tokens."""


class TextComparisonPipeline(ChunkPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe.preprocess(["a text", "another"])` and so on give a vector of length 1 a text, as lists of floats.

    The product of two of them is the cosine of the angle between them. A text over the model's window counts with its
    beginning. Raises Refusal for a text that the model knows nothing of.

    Attributes:
        prompt: what stands before each text; E5 models want "query: ".
        pooling: "mean" of a text's tokens, or its first, "cls". The model's files say which.
    """

    _load_processor = False
    _load_image_processor = False
    _load_feature_extractor = False
    _load_video_processor = False
    _load_tokenizer = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prompt = ""
        self.pooling = _pooling(Path(self.model.name_or_path))

    def __call__(self, texts: Sequence[str], **_: Any) -> list[list[float]]:
        # To transformers, a list is several inputs.
        vectors: list[list[float]] = self.run_single(texts, {}, {}, {})
        return vectors

    def _sanitize_parameters(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, {}, {}

    def preprocess(self, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
        special = set(self.tokenizer.all_special_ids)
        for number, text in enumerate(texts, 1):
            if special.issuperset(self.tokenizer(text, truncation=True, max_length=window(self))["input_ids"]):
                raise Refusal(
                    "This model knows none of the characters in one of the texts. Try words, or another model."
                )
            encoded = self.tokenizer(self.prompt + text, truncation=True, max_length=window(self), return_tensors="pt")
            yield {**encoded, "is_last": number == len(texts)}

    def _forward(self, row: dict[str, Any]) -> dict[str, Any]:
        is_last = row.pop("is_last")
        states = self.model(**row)[0]
        if self.pooling == "cls":
            return {"vectors": states[:, 0], "is_last": is_last}
        attended = row["attention_mask"][..., None].to(states.dtype)
        # Summed up here, each text with its own mask, for in a batch there is padding.
        return {"vectors": (states * attended).sum(1) / attended.sum(1), "is_last": is_last}

    def postprocess(self, outputs: list[dict[str, Any]]) -> list[list[float]]:
        vectors = torch.cat([output["vectors"] for output in outputs]).float()
        listed: list[list[float]] = normalize(vectors, dim=-1).tolist()
        return listed


def _pooling(folder: Path) -> str:
    try:
        said = json.loads((folder / POOLING).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "mean"
    return "cls" if isinstance(said, dict) and said.get("pooling_mode_cls_token") else "mean"
