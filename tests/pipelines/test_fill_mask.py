from pathlib import Path
from typing import Any

import pytest
import transformers

from bot.errors import Refusal
from bot.pipelines import pipeline
from bot.worker.batches import forward
from bot.worker.starters.text import BUILDERS
from tests.pipelines.apart import finish, rows, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fill-mask")
    BUILDERS["fill-mask"](folder)
    return folder


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return pipeline("fill-mask", str(folder))


def test_a_blank_is_what_transformers_calls_a_mask(pipe: Any, folder: Path) -> None:
    wanted = transformers.pipeline("fill-mask", model=str(folder))("The sea is [MASK].", top_k=3)
    assert run(pipe, "The sea is ___.", top_k=3) == wanted
    assert run(pipe, "The sea is ________.", top_k=3) == wanted, "however long it is drawn"
    assert run(pipe, "The sea is [MASK].", top_k=3) == wanted
    assert pipe("The sea is ___.", top_k=3) == wanted


def test_several_requests_share_a_pass(pipe: Any) -> None:
    asked = ["The sea is ___.", "___ knows what the river said to the old house on the hill."]
    outputs = forward(pipe, [row for text in asked for row in rows(pipe, text)], {})
    for text, output in zip(asked, outputs, strict=True):
        alone = run(pipe, text)
        together = finish(pipe, [output])
        assert [item["token"] for item in together] == [item["token"] for item in alone]
        assert [item["sequence"] for item in together] == [item["sequence"] for item in alone]


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        ("The sea is blue.", "Where is the blank"),
        ("snake_case and __init__", "Where is the blank"),
        ("The ___ is ___.", "there are 2"),
        ("The [MASK] is ___.", "there are 2"),
        ("word " * 200 + "___", "longer than this model reads"),
    ],
)
def test_refused(pipe: Any, asked: str, because: str) -> None:
    with pytest.raises(Refusal, match=because):
        run(pipe, asked)


def test_a_model_without_a_mask_is_refused(pipe: Any) -> None:
    pipe.tokenizer.mask_token, mask = None, pipe.tokenizer.mask_token
    try:
        with pytest.raises(Refusal, match="can't fill blanks"):
            run(pipe, "The sea is ___.")
    finally:
        pipe.tokenizer.mask_token = mask
