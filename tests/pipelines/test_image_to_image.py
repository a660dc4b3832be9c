from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageToImage

from bot.pipelines import image_to_image
from tests.pipelines.apart import rows, run
from tests.pipelines.pictures import picture, starter


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upscale")


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return starter("image-to-image", folder)


def by_the_model(folder: Path, image: Image.Image) -> Any:
    model = AutoModelForImageToImage.from_pretrained(folder)
    seen = AutoImageProcessor.from_pretrained(folder)(images=image, return_tensors="pt")
    with torch.no_grad():
        large = model.eval()(**seen).reconstruction[0]
    return (large.clamp(0, 1).permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)


@pytest.mark.parametrize("size", [(61, 37), (8, 16), (1, 1)])
def test_it_is_the_models_without_its_padding(pipe: Any, folder: Path, size: tuple[int, int]) -> None:
    image = picture(size=size)
    large = run(pipe, image)
    assert large.size == (2 * size[0], 2 * size[1])
    assert large.mode == "RGB"
    assert np.array_equal(large, by_the_model(folder, image)[: 2 * size[1], : 2 * size[0]])
    assert np.array_equal(large, pipe(image))


def test_a_large_picture_is_done_in_tiles_without_seams(
    pipe: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = picture(size=(150, 70))
    whole = by_the_model(folder, image)[:140, :300]
    monkeypatch.setattr(image_to_image, "TILE", 64)
    assert len(rows(pipe, image)) == 6
    tiled = np.asarray(run(pipe, image))
    assert tiled.shape == whole.shape
    assert np.abs(tiled.astype(int) - whole).max() <= 4
    assert [row["is_last"] for row in rows(pipe, image)] == [False] * 5 + [True]


def test_no_row_is_larger_than_a_tile_with_its_margin(pipe: Any) -> None:
    most = image_to_image.TILE + 2 * image_to_image.MARGIN + 8
    made = rows(pipe, picture(size=(900, 300)))
    assert all(max(row["pixel_values"].shape[-2:]) <= most for row in made)
    assert len(made) == 8


def test_it_comes_out_in_half_precision_too(folder: Path) -> None:
    half = starter("image-to-image", folder)
    half.model.to(torch.bfloat16)
    large = run(half, picture())
    difference = np.asarray(large).astype(int) - by_the_model(folder, picture())[:128, :192]
    assert np.abs(difference).mean() < 3
