import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import transformers

from bot.errors import Refusal
from bot.pipelines import pipeline
from bot.worker.batches import forward
from bot.worker.starters.text import BUILDERS
from tests.pipelines.apart import finish, rows, run

TEXTS = ["A cat sat on the mat.", "Kittens", "The market fell on Tuesday, and nobody knew why."]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feature-extraction")
    BUILDERS["feature-extraction"](folder)
    return folder


@pytest.fixture
def pipe(folder: Path) -> Any:
    return pipeline("feature-extraction", str(folder))


def stock(folder: Path, text: str) -> Any:
    """The vectors of a text's tokens."""
    return np.array(transformers.pipeline("feature-extraction", model=str(folder))(text)[0])


def test_a_vector_is_the_mean_of_what_transformers_gives_by_token(pipe: Any, folder: Path) -> None:
    vectors = run(pipe, TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        mean = stock(folder, text).mean(axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)
    assert pipe(TEXTS) == vectors


def test_texts_of_several_lengths_share_a_pass(pipe: Any) -> None:
    together = finish(pipe, forward(pipe, rows(pipe, TEXTS), {}))
    np.testing.assert_allclose(together, run(pipe, TEXTS), atol=1e-5)


def test_models_of_sentence_transformers_say_which_vector_they_mean(folder: Path, tmp_path: Path) -> None:
    said = shutil.copytree(folder, tmp_path / "model")
    (said / "1_Pooling").mkdir()
    (said / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    (vector,) = run(pipeline("feature-extraction", str(said)), TEXTS[:1])
    first = stock(folder, TEXTS[0])[0]
    np.testing.assert_allclose(vector, first / np.linalg.norm(first), atol=1e-5)
    (said / "1_Pooling" / "config.json").write_text("[broken")
    assert pipeline("feature-extraction", str(said)).pooling == "mean"


def test_what_some_models_want_before_each_text(pipe: Any, folder: Path) -> None:
    pipe.prompt = "query: "
    (vector,) = run(pipe, TEXTS[:1])
    mean = stock(folder, "query: " + TEXTS[0]).mean(axis=0)
    np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)


def test_a_long_text_counts_with_its_beginning(pipe: Any) -> None:
    long = "word " * 400
    assert run(pipe, [long + "end"]) == run(pipe, [long + "and something else"])


def test_a_text_that_the_model_knows_nothing_of_is_refused(pipe: Any) -> None:
    pipe.prompt = "query: "
    with pytest.raises(Refusal, match="knows none of the characters"):
        run(pipe, [TEXTS[0], "🙂🙂"])
