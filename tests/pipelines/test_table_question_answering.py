from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
import transformers

from bot.errors import Refusal
from bot.pipelines import pipeline
from bot.worker.starters import text
from tests.pipelines.apart import run

TOWNS = pd.DataFrame({"town": ["Paris", "Rome", "Łódź"], "people": ["2", "3", "1"]})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("table-question-answering")
    torch.manual_seed(0)
    text.BUILDERS["table-question-answering"](folder)
    return folder


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return pipeline("table-question-answering", str(folder))


def test_the_answers_are_those_of_transformers(pipe: Any, folder: Path) -> None:
    stock = transformers.pipeline("table-question-answering", model=str(folder))
    for question in ("How many people live in Rome?", "Where?"):
        wanted = stock(table=TOWNS, query=question)
        assert run(pipe, {"table": TOWNS, "query": question}) == wanted | {"rows": 3}
    assert pipe({"table": TOWNS, "query": "Where?"}) == wanted | {"rows": 3}


def test_of_a_long_table_the_first_rows_are_read(pipe: Any) -> None:
    # More different numbers than TAPAS can rank.
    table = pd.DataFrame({"town": ["T"] * 600, "people": [str(n) for n in range(600)]})
    answer = run(pipe, {"table": table, "query": "Where?"})
    assert 20 < answer["rows"] < 255
    assert all(row < answer["rows"] for row, _ in answer["coordinates"])


def test_a_huge_cell_takes_no_time(pipe: Any) -> None:
    assert run(pipe, {"table": pd.DataFrame({"a": ["x" * 1_000_000]}), "query": "What?"})["rows"] == 1


@pytest.mark.parametrize(
    ("table", "question", "because"),
    [
        (pd.DataFrame({"town": []}), "Where?", "no rows"),
        (pd.DataFrame(), "Where?", "no rows"),
        (pd.DataFrame([["x"] * 300]), "Where?", "300 columns"),
        (TOWNS, "where " * 500, "too long for this model"),
    ],
)
def test_refused(pipe: Any, table: pd.DataFrame, question: str, because: str) -> None:
    with pytest.raises(Refusal, match=because):
        run(pipe, {"table": table, "query": question})
