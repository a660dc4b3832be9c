"""Pictures as bytes."""

import io
from typing import Any

from PIL import Image


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def mask_png(mask: Any) -> bytes:
    """Of a PIL image or an array [height, width]: 255 wherever it is anything but 0."""
    import numpy as np

    inside = np.asarray(mask) > 0
    return png(Image.fromarray(inside.astype("uint8") * 255))


def levels_png(values: Any) -> bytes:
    """Of an array [height, width] of numbers: its smallest as 0, its largest as 255."""

    low, high = float(values.min()), float(values.max())
    scaled = (values - low) / max(high - low, 1e-12)
    return png(Image.fromarray((scaled * 255).round().astype("uint8")))
