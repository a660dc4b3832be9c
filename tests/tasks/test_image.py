import io

import numpy as np
import pytest
import torch
from PIL import Image

from bot.answers import Box, Boxes, Depth, Mask, Masks, Match, Matches, Picture
from bot.tasks import CUTOUTS, DEPTH, FIND, MATCH, OBJECTS, REGIONS, UPSCALE
from bot.tasks.image import MOST_MATCHES


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_boxes_come_best_first() -> None:
    box = {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}
    raw = [{"label": "cat", "score": 0.2, "box": box}, {"label": "dog", "score": 0.8, "box": box}]
    assert OBJECTS.read(raw, {}) == Boxes((Box(1, 2, 3, 4, "dog", 0.8), Box(1, 2, 3, 4, "cat", 0.2)))
    assert FIND.read([], {}) == Boxes(())


def test_masks_are_white_inside() -> None:
    inside = np.zeros((3, 4), bool)
    inside[1, 2] = True
    raw = [{"label": "sky", "score": None, "mask": Image.fromarray(inside.astype("uint8") * 255)}]
    regions, cutouts = REGIONS.read(raw, {}), CUTOUTS.read({"masks": [inside], "scores": torch.tensor([0.5])}, {})
    assert isinstance(regions, Masks)
    assert isinstance(cutouts, Masks)
    assert regions == Masks((Mask(regions.masks[0].png, "sky", None),))
    assert cutouts == Masks((Mask(cutouts.masks[0].png, None, 0.5),))
    for masks in (regions, cutouts):
        assert (pixels(masks.masks[0].png) == inside * 255).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_near_is_bright(dtype: torch.dtype) -> None:
    answer = DEPTH.read({"predicted_depth": torch.tensor([[1.0, 2.0], [3.0, 5.0]], dtype=dtype), "depth": None}, {})
    assert isinstance(answer, Depth)
    assert (answer.nearest, answer.farthest) == (5.0, 1.0)
    assert pixels(answer.png).tolist() == [[0, 64], [128, 255]]


def test_a_flat_depth_is_no_error() -> None:
    answer = DEPTH.read({"predicted_depth": torch.ones(2, 2), "depth": None}, {})
    assert isinstance(answer, Depth)
    assert pixels(answer.png).tolist() == [[0, 0], [0, 0]]


def test_a_picture_keeps_its_pixels() -> None:
    answer = UPSCALE.read(Image.new("RGB", (3, 2), (1, 2, 3)), {})
    assert isinstance(answer, Picture)
    assert pixels(answer.png).tolist() == [[[1, 2, 3]] * 3] * 2


def test_the_best_matches_are_kept() -> None:
    point = {"x": 1, "y": 2}
    raw = [{"keypoint_image_0": point, "keypoint_image_1": {"x": 3, "y": 4}, "score": n / 1000} for n in range(1000)]
    answer = MATCH.read(raw, {})
    assert isinstance(answer, Matches)
    assert len(answer.matches) == MOST_MATCHES
    assert answer.matches[0] == Match((1, 2), (3, 4), 0.999)
