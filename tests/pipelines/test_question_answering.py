"""The answers of transformers 4 are held against these by tools/against_v4.py; here stands why."""

from pathlib import Path
from typing import Any

import pytest
import torch

from bot.pipelines import pipeline
from tests import models

CONTEXT = "The shop is open from nine to six. On Saturdays it closes at one."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers")
    models.answers(folder)
    return folder


@pytest.fixture
def pipe(folder: Path) -> Any:
    return pipeline("question-answering", str(folder))


def points_at(pipe: Any, start: int, end: int, *, nowhere: float = -9.0) -> None:
    """Make the model sure of tokens `start` to `end` of every row, counted from its first token."""

    def forward(input_ids: torch.Tensor, **_: Any) -> dict[str, torch.Tensor]:
        starts, ends = torch.full(input_ids.shape, -9.0), torch.full(input_ids.shape, -9.0)
        starts[0, start] = ends[0, end] = 5.0
        starts[0, 0] = ends[0, 0] = nowhere
        return {"start_logits": starts, "end_logits": ends}

    pipe.model.forward = forward


def ask(pipe: Any, question: str, context: str = CONTEXT, **parameters: Any) -> Any:
    return pipe({"question": question, "context": context}, **parameters)


def test_the_answer_is_a_place_of_the_context(pipe: Any) -> None:
    for question in ("When?", "Which days?", "Who?"):
        answer = ask(pipe, question)
        assert CONTEXT[answer["start"] : answer["end"]] == answer["answer"]
        assert 0 <= answer["score"] <= 1


def test_it_is_widened_to_whole_words(pipe: Any) -> None:
    # [CLS] W h y [SEP] T h e s h o p …: a letter is a token.
    points_at(pipe, 9, 10)
    assert ask(pipe, "Why")["answer"] == "shop"
    assert ask(pipe, "Why", align_to_words=False)["answer"] == "ho"


def test_the_same_answer_found_twice_counts_once_with_its_scores_added(pipe: Any) -> None:
    points_at(pipe, 8, 8)
    context = "shop " * 500
    answers = ask(pipe, "Why", context, top_k=3)
    (alone,) = [answer for answer in ask(pipe, "Why", "shop is", top_k=3) if answer["answer"] == "shop"]
    (found,) = [answer for answer in answers if answer["answer"] == "shop"]
    assert found["score"] > alone["score"]


def test_not_in_the_text(pipe: Any) -> None:
    points_at(pipe, 8, 9, nowhere=9.0)
    assert ask(pipe, "Why", handle_impossible_answer=True)["answer"] == ""
    assert ask(pipe, "Why")["answer"] == "shop", "unless it has to answer"


def test_a_long_context_is_read_to_its_end(pipe: Any) -> None:
    rows = list(pipe.preprocess({"question": "Why", "context": CONTEXT * 40}))
    assert len(rows) > 5
    assert all(row["input_ids"].shape[1] <= 384 for row in rows)
    covered = {offset for row in rows for offset in row["encoding"].offsets}
    assert max(end for _, end in covered) == len(CONTEXT * 40)
    assert [row["is_last"] for row in rows] == [False] * (len(rows) - 1) + [True]


def test_a_question_longer_than_the_window_is_shortened(pipe: Any) -> None:
    assert ask(pipe, "why " * 900)["answer"]


def test_a_tokenizer_without_a_limit(pipe: Any) -> None:
    pipe.tokenizer.model_max_length = int(1e30)
    assert all(row["input_ids"].shape[1] <= 384 for row in pipe.preprocess({"question": "a", "context": CONTEXT * 40}))


def test_answers_come_best_first(pipe: Any) -> None:
    scores = [answer["score"] for answer in ask(pipe, "When?", top_k=5)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 5


def test_the_model_is_told_question_from_context(folder: Path, pipe: Any) -> None:
    row = next(iter(pipe.preprocess({"question": "Why", "context": CONTEXT})))
    assert set(row["token_type_ids"][0].tolist()) == {0, 1}
