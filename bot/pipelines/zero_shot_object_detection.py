"""zero-shot-object-detection: things that somebody names, found in a picture."""

from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

import transformers
from PIL import Image

SURE = 0.25
"""The least score of Grounding DINO's that counts, as in its own processor: it gives 0.1 to much of any picture."""


class Asked(TypedDict):
    """`image` in RGB."""

    image: Image.Image
    candidate_labels: Sequence[str]


class ZeroShotObjectDetectionPipeline(transformers.ZeroShotObjectDetectionPipeline):  # type: ignore[misc]  # Any to mypy
    """transformers' own, with labels as Grounding DINO reads them, and boxes that end where the picture does.

    It was trained on phrases in lower case that end with a full stop. Without one, no word of a phrase sees the others
    (seen in 5.23): "a red car" would be whatever is red. Parts of a box beyond the picture come from models that pad
    it, such as OWLv2.
    """

    def preprocess(self, asked: Asked, **parameters: Any) -> Iterator[dict[str, Any]]:
        labels = asked["candidate_labels"]
        phrases = [f"{label.lower().rstrip(' .')}." for label in labels] if self._reads_phrases else list(labels)
        rows = super().preprocess({"image": asked["image"], "candidate_labels": phrases}, **parameters)
        for label, row in zip(labels, rows, strict=True):
            yield row | {"candidate_label": label}

    def postprocess(
        self, outputs: list[dict[str, Any]], threshold: float = 0.1, top_k: int | None = None
    ) -> list[dict[str, Any]]:
        height, width = outputs[0]["target_size"][0].tolist()
        least = max(threshold, SURE) if self._reads_phrases else threshold
        found = [
            item | {"box": _within(item["box"], width, height)}
            for item in super().postprocess(outputs, threshold=least)
        ]
        return [item for item in found if _has_area(item["box"])][:top_k]

    @property
    def _reads_phrases(self) -> bool:
        return self.model.config.model_type in {"grounding-dino", "mm-grounding-dino"}


def _within(box: dict[str, int], width: int, height: int) -> dict[str, int]:
    sides = {"xmin": width, "ymin": height, "xmax": width, "ymax": height}
    return {name: min(max(box[name], 0), most) for name, most in sides.items()}


def _has_area(box: dict[str, int]) -> bool:
    return box["xmin"] < box["xmax"] and box["ymin"] < box["ymax"]
