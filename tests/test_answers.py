import json

import pytest

from bot import answers
from bot.answers import Answer, as_json

ONE_OF_EACH: tuple[Answer, ...] = (
    answers.Scores((answers.Score("cat", 0.9),)),
    answers.Text("hello"),
    answers.Spans("Paris", (answers.Span(0, 5, "LOC", 0.9),)),
    answers.Boxes((answers.Box(1, 2, 3, 4, "cat", 0.9),)),
    answers.Masks((answers.Mask(b"\x89PNG", "cat", None),)),
    answers.Depth(b"\x89PNG", 0.5, 9.0),
    answers.Matches((answers.Match((1, 2), (3, 4), 0.9),)),
    answers.Picture(b"\x89PNG"),
    answers.Sound(b"RIFF", 16000),
    answers.Transcript("hi", (answers.Segment(0.0, None, "hi"),)),
    answers.Similarity((0.9, -0.1)),
    answers.Cells("6", ((0, 1), (1, 1)), "SUM"),
    answers.Decision("billing", answers.Scores((answers.Score("billing", 0.9),))),
)


@pytest.mark.parametrize("answer", ONE_OF_EACH, ids=lambda answer: type(answer).__name__)
def test_every_kind_can_be_written_as_json(answer: Answer) -> None:
    written = json.loads(json.dumps(as_json(answer)))
    assert written.pop("kind") == type(answer).__name__.lower()
    assert written


def test_there_is_one_of_each() -> None:
    assert {type(answer) for answer in ONE_OF_EACH} == set(Answer.__args__)


def test_scores_are_best_first() -> None:
    raw = [{"label": "a", "score": 0.1}, {"label": "b", "score": 0.9}]
    assert as_json(answers.Scores.of(raw)) == {
        "kind": "scores",
        "scores": [{"label": "b", "score": 0.9}, {"label": "a", "score": 0.1}],
    }
