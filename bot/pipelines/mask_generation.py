"""mask-generation: everything in a picture that stands out, cut out."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import transformers
from PIL import Image
from transformers.models.sam.image_processing_pil_sam import _rle_to_mask

LARGEST = 512
"""Pixels of the longer side of what masks are judged and chosen by: twice what SAM makes. Each of a row's points gets
three of them, in floats."""


class MaskGenerationPipeline(transformers.MaskGenerationPipeline):  # type: ignore[misc]  # Any to mypy
    """`pipe(picture)`, in RGB, gives `{"masks": [array of bool, …], "scores": tensor}`, best first.

    Masks have the picture's size; where that is more than `LARGEST`, they are enlarged to it at the end. Else they are
    transformers' own, which needs torchvision for the last step, and which runs most of the model in `preprocess`;
    here, that is part of the first row's forward pass.
    """

    def preprocess(
        self, image: Image.Image, points_per_batch: int = 16, points_per_crop: int = 32
    ) -> Iterator[dict[str, Any]]:
        """`points_per_crop`: how many points a side of the grid has; `points_per_batch`: how many a row."""
        processor = self.image_processor
        side = processor.size.get("longest_edge", processor.size.get("height"))
        _, points, pictures, labels = processor.generate_crop_boxes(image, side, points_per_crop=points_per_crop)
        seen = processor(images=pictures, return_tensors="pt").to(self.dtype)
        picture = Seen(seen.pop("pixel_values"))
        smaller = min(LARGEST / max(image.size), 1)
        width, height = (max(round(side * smaller), 1) for side in image.size)
        size = torch.tensor([height, width])
        count = points.shape[1]
        for first in range(0, count, points_per_batch):
            own = slice(first, first + points_per_batch)
            yield {
                "input_points": points[:, own],
                "input_labels": labels[:, own],
                "input_boxes": torch.tensor([[0.0, 0.0, width, height]]),
                "full_image_size": size,
                **seen,
                "original_sizes": size[None],
                "picture": picture,
                "size": image.size,
                "is_last": own.stop >= count,
            }

    def _forward(self, row: dict[str, Any], **parameters: Any) -> dict[str, Any]:
        picture, size = row.pop("picture"), row.pop("size")
        # The points were counted in float64.
        row["input_points"] = row["input_points"].to(self.dtype)
        output: dict[str, Any] = super()._forward(row | picture.embeddings(self.model), **parameters)
        return output | {"size": size}

    def postprocess(self, outputs: list[dict[str, Any]], crops_nms_thresh: float = 0.7) -> dict[str, Any]:
        """`crops_nms_thresh`: of two masks whose boxes overlap by more than this share, only the better one stays."""
        scores = torch.cat([output["iou_scores"] for output in outputs]).float()
        boxes = torch.cat([output["boxes"] for output in outputs]).float()
        encoded = [mask for output in outputs for mask in output["masks"]]
        kept = best_apart(boxes, scores, crops_nms_thresh)
        masks = [_enlarge(_rle_to_mask(encoded[number]), outputs[0]["size"]) for number in kept]
        return {"masks": masks, "scores": scores[kept]}


class Seen:
    """A picture, and what the model's encoder makes of it the first time that it is asked for."""

    def __init__(self, pixels: torch.Tensor) -> None:
        self._pixels = pixels
        self._embeddings: dict[str, Any] | None = None

    def embeddings(self, model: Any) -> dict[str, Any]:
        if self._embeddings is None:
            made = model.get_image_embeddings(self._pixels.to(model.device))
            # SAM-HQ uses what its earlier layers gave too.
            names = ("image_embeddings", "intermediate_embeddings")
            self._embeddings = dict(zip(names, made, strict=True)) if isinstance(made, tuple) else {names[0]: made}
        return self._embeddings


def best_apart(boxes: torch.Tensor, scores: torch.Tensor, most: float) -> list[int]:
    """Which of `boxes` (left, top, right, bottom) to keep, best first: those that overlap with no better one by more
    than `most`, as a share of what the two cover together (non-maximum suppression)."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    left = scores.argsort(descending=True, stable=True)
    kept: list[int] = []
    while len(left):
        best, others = left[0], left[1:]
        kept.append(int(best))
        upper = torch.maximum(boxes[best, :2], boxes[others, :2])
        lower = torch.minimum(boxes[best, 2:], boxes[others, 2:])
        common = (lower - upper).clamp(min=0).prod(1)
        # Two boxes without an area share nothing: 0 / 0 is no overlap.
        left = others[~(common / (areas[best] + areas[others] - common) > most)]
    return kept


def _enlarge(mask: np.ndarray[Any, np.dtype[np.bool_]], size: tuple[int, int]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if mask.shape[::-1] == size:
        return mask
    return np.asarray(Image.fromarray(mask).convert("L").resize(size)) > 127
