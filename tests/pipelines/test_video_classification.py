from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoImageProcessor, AutoModelForVideoClassification

from tests.pipelines.apart import rows, run
from tests.pipelines.pictures import picture, starter

CLIP = [np.asarray(picture(number, (80, 60))) for number in range(20)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("video")


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return starter("video-classification", folder)


def test_odds_are_the_models_for_frames_from_all_over_the_clip(pipe: Any, folder: Path) -> None:
    model = AutoModelForVideoClassification.from_pretrained(folder).eval()
    picked = [CLIP[place] for place in (0, 3, 5, 8, 11, 14, 16, 19)]
    with torch.no_grad():
        logits = model(**AutoImageProcessor.from_pretrained(folder)(picked, return_tensors="pt")).logits
    odds = sorted(zip(logits[0].softmax(-1).tolist(), model.config.id2label.values(), strict=True), reverse=True)
    answers = run(pipe, CLIP, top_k=3)
    assert [(answer["score"], answer["label"]) for answer in answers] == odds[:3]
    assert pipe(CLIP, top_k=3) == answers


@pytest.mark.parametrize("count", [1, 2, 5, 7])
def test_fewer_frames_than_the_model_needs_are_repeated(pipe: Any, count: int) -> None:
    clip = [np.full((32, 32, 3), 20 * number, np.uint8) for number in range(count)]
    (row,) = rows(pipe, clip)
    brightness = row["pixel_values"][0].mean((1, 2, 3))
    assert len(brightness) == pipe.model.config.num_frames
    assert len(set(brightness.tolist())) == count, "each is looked at"
    assert brightness.tolist() == sorted(brightness.tolist()), "in their order"
    assert len(run(pipe, clip)) == 5


def test_as_many_frames_as_are_asked_for(pipe: Any) -> None:
    (row,) = rows(pipe, CLIP, num_frames=4)
    assert row["pixel_values"].shape[1] == 4


def test_a_model_with_a_video_processor(folder: Path, pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torchvision")
    from transformers import VideoMAEVideoProcessor

    side = {"height": 64, "width": 64}
    monkeypatch.setattr(pipe, "video_processor", VideoMAEVideoProcessor(size={"shortest_edge": 64}, crop_size=side))
    (row,) = rows(pipe, CLIP)
    assert row["pixel_values"].shape == (1, 8, 3, 64, 64)
    assert run(pipe, CLIP)
