"""The starters for text and sound: small, the same each time, and with another answer to another input."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from bot.pipelines import pipeline
from bot.worker.starters import audio, text
from tests.pipelines.apart import run

BUILDERS = {**text.BUILDERS, **audio.BUILDERS}
CHOICE = {"type": "choice", "instructions": "Which?", "criteria": {"tea": None, "bread": None, "a boat": None}}


def _hum(pitch: float, rate: int = 16_000) -> Any:
    return (0.3 * np.sin(2 * np.pi * pitch * np.arange(rate * 3) / rate)).astype(np.float32)


def _table(*cells: str) -> dict[str, Any]:
    return {"table": pd.DataFrame({"town": list(cells), "n": [str(n) for n in range(len(cells))]}), "query": "Which?"}


WANTED: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "audio-classification": (_hum(300), _hum(900), {}),
    "automatic-speech-recognition": (_hum(300), _hum(900), {}),
    "decision": (
        {"state": "I am hungry.", "questions": {"q": CHOICE}},
        {"state": "The sea is calm, and the sun shines.", "questions": {"q": CHOICE}},
        {},
    ),
    "feature-extraction": (["a cat"], ["the house on the hill"], {}),
    "fill-mask": ("The ___ sleeps.", "A cat is ___ than a river.", {}),
    "question-answering": (
        {"question": "Who?", "context": "A dog and a cat met."},
        {"question": "Where?", "context": "A dog and a cat met."},
        {},
    ),
    "table-question-answering": (_table("Paris", "Rome", "Oslo"), _table("a", "bc", "def", "ghij"), {}),
    "text-generation": ("Once upon a time", "The sea is", {"do_sample": False}),
    "text-to-audio": ("Hello.", "The sea is calm.", {}),
    "text2text-generation": ("The cat sleeps.", "A storm came up from the sea.", {}),
    "zero-shot-audio-classification": (_hum(300, 48_000), _hum(900, 48_000), {"candidate_labels": ["rain", "a dog"]}),
}


def test_every_one_is_tried() -> None:
    assert set(WANTED) == set(BUILDERS)


def build(task: str, folder: Path) -> Path:
    torch.manual_seed(0)
    BUILDERS[task](folder)
    return folder


@pytest.mark.parametrize("task", WANTED)
def test_another_input_has_another_answer(task: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    first, second, parameters = WANTED[task]
    folder, again = (build(task, tmp_path_factory.mktemp(task)) for _ in range(2))
    assert sum(file.stat().st_size for file in folder.rglob("*")) < 1_500_000
    pipe = pipeline(task, str(folder))
    one, other = run(pipe, first, **parameters), run(pipe, second, **parameters)
    assert repr(one) != repr(other)
    assert repr(run(pipeline(task, str(again)), first, **parameters)) == repr(one), "built again, it is the same"
