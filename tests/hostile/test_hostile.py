"""Every hostile file, as everything it could be given as: a sentence or a valid result, and memory for neither."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.corpus import CORPUS, MEDIA, Hostile

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    """What came of the whole corpus, in one process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.run"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: hostile.name[:40])
def test_a_sentence_or_an_answer(hostile: Hostile, run: dict[str, Any]) -> None:
    for kind in MEDIA:
        outcome = run["outcomes"][hostile.name][kind.name]
        assert "defect" not in outcome, (kind, outcome)
        if "refused" in outcome:
            sentence = outcome["refused"]
            assert sentence == " ".join(sentence.split())
            assert sentence.endswith(".")
            assert len(sentence) < 250
        else:
            assert outcome["answered"]
            assert not (hostile.refused and kind in hostile.kinds), kind


def test_memory(run: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nhostile files take {run['peak'] / 1e6:.0f} MB above the resting process")  # noqa: T201
    assert run["peak"] < 2**30


def test_names_are_different() -> None:
    assert len({hostile.name for hostile in CORPUS}) == len(CORPUS)


def test_no_file_is_large(run: dict[str, Any]) -> None:
    """They fit into Discord's smallest limit, so anybody can send them."""
    assert max(outcome["bytes"] for outcome in run["outcomes"].values()) < 10_000_000
