"""image-to-image: a picture in more pixels."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from PIL import Image
from transformers.pipelines.base import ChunkPipeline

TILE = 256
"""Pixels a side of what one pass enlarges: memory grows with its area."""

MARGIN = 16
"""Pixels around a tile that are enlarged too and thrown away, so that no seams show."""


class ImageToImagePipeline(ChunkPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe(picture)`, in RGB, gives the picture, as many times larger as the model makes it.

    A picture larger than a tile is enlarged tile by tile.
    """

    _load_processor = False
    _load_image_processor = True
    _load_feature_extractor = False
    _load_video_processor = False
    _load_tokenizer = False

    def _sanitize_parameters(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, {}, {}

    def preprocess(self, image: Image.Image) -> Iterator[dict[str, Any]]:
        corners = list(product(range(0, image.height, TILE), range(0, image.width, TILE)))
        for top, left in corners:
            right, bottom = min(left + TILE, image.width), min(top + TILE, image.height)
            around = (
                max(left - MARGIN, 0),
                max(top - MARGIN, 0),
                min(right + MARGIN, image.width),
                min(bottom + MARGIN, image.height),
            )
            yield {
                **self.image_processor(images=image.crop(around), return_tensors="pt").to(self.dtype),
                "tile": (left, top, right, bottom),
                "corner": around[:2],
                "size": image.size,
                "is_last": (top, left) == corners[-1],
            }

    def _forward(self, row: dict[str, Any]) -> dict[str, Any]:
        kept = {name: row[name] for name in ("tile", "size", "is_last")}
        left, top, right, bottom = (side * self._times() for side in row["tile"])
        beyond_left, beyond_top = (side * self._times() for side in row["corner"])
        large = self.model(pixel_values=row["pixel_values"]).reconstruction
        # What the image processor padded lies to the right and below.
        tile = large[..., top - beyond_top : bottom - beyond_top, left - beyond_left : right - beyond_left]
        return {"pixels": tile.float(), **kept}

    def postprocess(self, outputs: list[dict[str, Any]]) -> Image.Image:
        width, height = outputs[0]["size"]
        whole = Image.new("RGB", (width * self._times(), height * self._times()))
        for output in outputs:
            pixels = output["pixels"][0].clamp(0, 1).permute(1, 2, 0).numpy()
            left, top = (side * self._times() for side in output["tile"][:2])
            whole.paste(Image.fromarray((pixels * 255).round().astype(np.uint8)), (left, top))
        return whole

    def _times(self) -> int:
        return int(self.model.config.upscale)
