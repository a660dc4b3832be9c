"""keypoint-matching: the same points in two pictures."""

from collections.abc import Sequence
from typing import Any

import transformers
from PIL import Image


class KeypointMatchingPipeline(transformers.KeypointMatchingPipeline):  # type: ignore[misc]  # Any to mypy
    """transformers' own, with points where they are.

    That one tells its image processor width and height where it wants height and width, so in pictures that aren't
    square every point comes out in a wrong place (seen in 5.23).
    """

    def preprocess(self, images: Sequence[Image.Image]) -> dict[str, Any]:
        """`images`: two, in RGB."""
        row: dict[str, Any] = super().preprocess(images)
        row["target_sizes"] = [(image.height, image.width) for image in images]
        return row
