"""image-segmentation, in bounded memory."""

from typing import Any

import transformers
from PIL import Image

LARGEST = 1024
"""Pixels along a side. A model's 150 classes, each as large as the picture, take 600 MB at this size."""


class ImageSegmentationPipeline(transformers.ImageSegmentationPipeline):  # type: ignore[misc]  # Any to mypy
    """As transformers', but a larger picture is looked at in a smaller size, and its masks are scaled up again."""

    def preprocess(self, image: Image.Image, **parameters: Any) -> Any:
        small = image.copy()
        small.thumbnail((LARGEST, LARGEST))
        return {**super().preprocess(small, **parameters), "whole": image.size}

    def _forward(self, row: dict[str, Any]) -> Any:
        whole = row.pop("whole")
        output = super()._forward(row)
        output["whole"] = whole
        return output

    def postprocess(self, output: Any, **parameters: Any) -> list[dict[str, Any]]:
        whole = output["whole"]
        segments: list[dict[str, Any]] = super().postprocess(output, **parameters)
        return [segment | {"mask": segment["mask"].resize(whole, Image.Resampling.NEAREST)} for segment in segments]
