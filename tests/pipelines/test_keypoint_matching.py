from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from tests.pipelines.apart import rows, run
from tests.pipelines.pictures import picture, starter


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("match")


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return starter("keypoint-matching", folder)


def test_square_pictures_get_what_transformers_gives(pipe: Any, folder: Path) -> None:
    pair = [picture(0, (200, 200)), picture(0, (200, 200)).rotate(3)]
    wanted = transformers.pipeline("keypoint-matching", model=str(folder))(pair)
    assert wanted
    assert run(pipe, pair) == wanted
    assert pipe(pair) == wanted


def test_points_are_where_the_model_sees_them(pipe: Any) -> None:
    wide, high = picture(0, (400, 100)), picture(0, (400, 100)).resize((90, 300))
    (row,) = rows(pipe, [wide, high])
    with torch.no_grad():
        seen = pipe.model(**row["model_inputs"]).keypoints[0]
    first = set(map(tuple, (seen[0] * torch.tensor([400, 100])).int().tolist()))
    second = set(map(tuple, (seen[1] * torch.tensor([90, 300])).int().tolist()))
    matches = run(pipe, [wide, high])
    assert len(matches) > 3
    for match in matches:
        assert tuple(match["keypoint_image_0"].values()) in first
        assert tuple(match["keypoint_image_1"].values()) in second
    assert max(x for x, _ in first) > 200, "and they are all over the picture"


def test_a_picture_matches_itself(pipe: Any) -> None:
    matches = run(pipe, [picture(2, (300, 150)), picture(2, (300, 150))])
    assert len(matches) > 3
    assert all(match["keypoint_image_0"] == match["keypoint_image_1"] for match in matches)
    scores = [match["score"] for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert len(run(pipe, [picture(2, (300, 150))] * 2, threshold=scores[2])) == 2
