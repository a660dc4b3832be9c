"""zero-shot-object-detection: labels as each model reads them, and boxes within the picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import transformers
from transformers import AutoImageProcessor, AutoModelForZeroShotObjectDetection, AutoTokenizer

from bot.pipelines.zero_shot_object_detection import SURE, ZeroShotObjectDetectionPipeline
from tests.models.defaults.things import grounding_dino, owlv2
from tests.pipelines.apart import rows, run
from tests.pipelines.pictures import picture

LABELS = ["a Red car", "tree."]


@pytest.fixture(params=[grounding_dino, owlv2])
def folder(request: pytest.FixtureRequest, model: Callable[[Callable[[Path], None]], Path]) -> Path:
    return model(request.param)


@pytest.fixture
def pipe(folder: Path) -> Any:
    return ZeroShotObjectDetectionPipeline(
        model=AutoModelForZeroShotObjectDetection.from_pretrained(folder).eval(),
        tokenizer=AutoTokenizer.from_pretrained(folder),
        image_processor=AutoImageProcessor.from_pretrained(folder),
        task="zero-shot-object-detection",
        device="cpu",
    )


def test_found_as_transformers_does_but_within_the_picture(pipe: Any, folder: Path) -> None:
    image = picture()
    asked = {"image": image, "candidate_labels": LABELS}
    phrases = dict(zip(LABELS, ["a red car.", "tree."] if pipe._reads_phrases else LABELS, strict=True))
    stock = transformers.pipeline("zero-shot-object-detection", model=str(folder), device="cpu")
    wanted = []
    for item in stock(image, candidate_labels=list(phrases.values()), threshold=SURE):
        left, top, right, bottom = (item["box"][side] for side in ("xmin", "ymin", "xmax", "ymax"))
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)
        if left < right and top < bottom:
            wanted.append((item["score"], item["label"], [left, top, right, bottom]))
    found = run(pipe, asked, threshold=SURE)
    assert [(item["score"], phrases[item["label"]], list(item["box"].values())) for item in found] == wanted
    assert wanted
    assert found == pipe(image, candidate_labels=LABELS, threshold=SURE)
    assert found[:2] == run(pipe, asked, threshold=SURE, top_k=2)


def test_boxes_reach_beyond_the_picture_otherwise(model: Callable[[Callable[[Path], None]], Path]) -> None:
    """So that the test above tries it."""
    stock = transformers.pipeline("zero-shot-object-detection", model=str(model(owlv2)), device="cpu")
    boxes = [item["box"] for item in stock(picture(), candidate_labels=LABELS, threshold=SURE)]
    assert any(box["xmin"] < 0 for box in boxes)
    assert any(box["ymin"] > picture().height for box in boxes)


def test_phrases_end_with_a_full_stop(pipe: Any) -> None:
    first, second = rows(pipe, {"image": picture(), "candidate_labels": LABELS})
    read = ["".join(pipe.tokenizer.decode(row["input_ids"][0]).split()) for row in (first, second)]
    wanted = ["aredcar.", "tree."] if pipe._reads_phrases else ["aredcar", "tree."]
    assert all(text in said for text, said in zip(wanted, read, strict=True))
    assert ("." in read[0]) == pipe._reads_phrases
    assert [row["candidate_label"] for row in (first, second)] == LABELS


def test_what_grounding_dino_is_not_sure_of_does_not_count(pipe: Any) -> None:
    asked = {"image": picture(), "candidate_labels": LABELS}
    scores = [item["score"] for item in run(pipe, asked, threshold=0.0)]
    assert min(scores) > SURE or not pipe._reads_phrases
    assert len(run(pipe, asked, threshold=0.99)) <= len(scores)
