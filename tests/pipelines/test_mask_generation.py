import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st

from bot.pipelines import mask_generation
from bot.pipelines.mask_generation import best_apart
from tests.pipelines.apart import finish, rows, run
from tests.pipelines.pictures import picture, starter

DETAIL = {"points_per_crop": 6}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cutouts")


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return starter("mask-generation", folder)


@pytest.fixture(scope="module")
def stock(folder: Path) -> Any:
    return transformers.pipeline("mask-generation", model=str(folder), device="cpu")


def same(masks: dict[str, Any], others: dict[str, Any]) -> bool:
    pairs = zip(masks["masks"], others["masks"], strict=True)
    return torch.equal(masks["scores"], others["scores"]) and all(np.array_equal(mask, other) for mask, other in pairs)


def test_masks_are_those_of_transformers(pipe: Any, stock: Any) -> None:
    image = picture(size=(200, 150))
    seen = [stock.forward(row) for row in stock.preprocess(image, points_per_batch=16, **DETAIL)]
    wanted = finish(pipe, [output | {"size": image.size} for output in seen])
    masks = run(pipe, image, **DETAIL)
    assert same(masks, wanted)
    assert same(masks, pipe(image, **DETAIL))
    assert len(masks["masks"]) > 2
    assert all(mask.shape == (150, 200) and mask.dtype == bool for mask in masks["masks"])
    assert masks["scores"].tolist() == sorted(masks["scores"].tolist(), reverse=True)


def test_the_last_step_is_that_of_transformers_too(pipe: Any, stock: Any) -> None:
    pytest.importorskip("torchvision")
    assert same(run(pipe, picture(), **DETAIL), stock(picture(), points_per_batch=16, **DETAIL))


def test_how_many_points_a_row_has_changes_nothing(pipe: Any) -> None:
    assert len(rows(pipe, picture(), points_per_batch=10, **DETAIL)) == 4
    assert same(run(pipe, picture(), points_per_batch=10, **DETAIL), run(pipe, picture(), **DETAIL))


def test_the_model_is_run_by_no_other_step_than_forward(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    encode, times = pipe.model.get_image_embeddings, []

    def counted(pixels: Any) -> Any:
        times.append(pixels.shape)
        return encode(pixels)

    monkeypatch.setattr(pipe.model, "get_image_embeddings", counted)
    made = rows(pipe, picture(), points_per_batch=6, **DETAIL)
    assert not times
    for row in made:
        pipe.forward(row)
    assert len(times) == 1, "and once for all rows of a picture"


def test_a_large_picture_has_its_masks_enlarged(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    image = picture(size=(200, 150))
    own = run(pipe, image, **DETAIL)
    monkeypatch.setattr(mask_generation, "LARGEST", 100)
    (row, *_) = rows(pipe, image, **DETAIL)
    assert row["full_image_size"].tolist() == [75, 100]
    small = run(pipe, image, **DETAIL)
    assert all(mask.shape == (150, 200) and mask.dtype == bool for mask in small["masks"])
    assert (small["masks"][0] == own["masks"][0]).mean() > 0.9
    assert image.size == (200, 150), "the caller's picture is left alone"


def test_nothing_stands_out(pipe: Any) -> None:
    found = run(pipe, picture(), pred_iou_thresh=2.0, **DETAIL)
    assert found["masks"] == []
    assert len(found["scores"]) == 0


BOXES = torch.tensor(
    [[0, 0, 10, 10], [0, 0, 10, 9], [20, 0, 30, 10], [0, 0, 10, 5], [5, 5, 5, 5], [5, 5, 5, 5]]
).float()
SCORES = torch.tensor([0.5, 0.9, 0.7, 0.8, 0.2, 0.1])


def test_of_two_that_overlap_the_better_one_stays() -> None:
    assert best_apart(BOXES, SCORES, 0.7) == [1, 3, 2, 4, 5]
    assert best_apart(BOXES, SCORES, 0.5) == [1, 2, 4, 5]
    assert best_apart(BOXES, SCORES, 1.0) == [1, 3, 2, 0, 4, 5]
    assert best_apart(torch.empty(0, 4), torch.empty(0), 0.7) == []


@given(st.integers(0, 10_000), st.integers(1, 25), st.floats(0.05, 0.95))
def test_it_is_non_maximum_suppression(seed: int, count: int, most: float) -> None:
    chance = random.Random(seed)
    corners = [sorted(chance.sample(range(12), 2)) + sorted(chance.sample(range(12), 2)) for _ in range(count)]
    boxes = [(left, top, right, bottom) for left, right, top, bottom in corners]
    scores = [chance.random() for _ in boxes]

    def overlap(one: tuple[int, ...], other: tuple[int, ...]) -> float:
        cells = [{(x, y) for x in range(box[0], box[2]) for y in range(box[1], box[3])} for box in (one, other)]
        return len(cells[0] & cells[1]) / len(cells[0] | cells[1])

    kept: list[int] = []
    for number in sorted(range(count), key=lambda number: -scores[number]):
        if all(overlap(boxes[number], boxes[better]) <= most for better in kept):
            kept.append(number)
    assert best_apart(torch.tensor(boxes).float(), torch.tensor(scores), most) == kept
