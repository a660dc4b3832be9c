from typing import Any

import pytest

from bot.answers import Span
from bot.errors import Refusal
from bot.request import File
from bot.tasks import ANSWER, CLASSIFY, ENTITIES, SUMMARIZE, TRANSLATE

TEXT = "The shop closes at one, or at two."


def found(answer: str, score: float) -> dict[str, Any]:
    start = TEXT.index(answer) if answer else 0
    return {"answer": answer, "start": start, "end": start + len(answer), "score": score}


@pytest.mark.parametrize(
    ("raw", "spans"),
    [
        (found("at one", 0.8), [("at one", 0.8)]),
        (
            [found("one", 0.6), found("at one", 0.4), found("two", 0.3), found("shop", 0.1)],
            [("one", 0.6), ("two", 0.3)],
        ),
        ([found("", 0.9), found("one", 0.1)], []),
        ([found("one", 0.5), found("", 0.4)], [("one", 0.5)]),
        ([], []),
    ],
)
def test_answers_that_overlap_or_are_far_behind_are_left_out(raw: Any, spans: list[tuple[str, float]]) -> None:
    answer = ANSWER.read(raw, {"question": "When?", "text": TEXT})
    assert [(TEXT[span.start : span.end], span.score) for span in answer.spans] == spans  # type: ignore[union-attr]


def test_entities_keep_the_text() -> None:
    raw = [{"start": 4, "end": 8, "entity_group": "ORG", "score": 0.5, "word": "shop"}]
    answer = ENTITIES.read(raw, {"text": TEXT})
    assert (answer.text, answer.spans) == (TEXT, (Span(4, 8, "ORG", 0.5),))  # type: ignore[union-attr]


def test_classify_reads_its_labels() -> None:
    request = CLASSIFY.request({"text": "hi", "labels": "a, b", "several": "yes"})
    assert request.options == {"labels": ("a", "b"), "several": True}
    assert CLASSIFY.call(**request.inputs, **request.options).parameters["candidate_labels"] == ["a", "b"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"question": "When?"}, "There is no text to work on: write it as “text”, or attach a text file as “file”"),
        ({"text": "hi"}, "“question” is missing"),
        ({"question": " ", "text": "hi"}, "“question” is empty"),
        ({"question": "a", "text": "b", "file": File("c", b"c")}, "either “text” or “file”, not both"),
        (
            {"question": "a", "file": File("big.txt", b"x" * 5_000_000)},
            "big.txt is 5.0 MB; I take text files of up to 1",
        ),
    ],
)
def test_bad_input_is_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        ANSWER.request(values)


def test_a_file_takes_the_place_of_the_text() -> None:
    file = File("a.txt", b"hello")
    assert SUMMARIZE.request({"file": file}).inputs == {"text": file}


@pytest.mark.parametrize("length", ["short", "medium", "long"])
def test_summaries_come_in_three_lengths(length: str) -> None:
    request = SUMMARIZE.request({"text": "hi", "length": length})
    assert SUMMARIZE.call(**request.inputs, **request.options).input == "hi"


def test_languages_are_read_where_they_are_asked_for() -> None:
    assert TRANSLATE.request({"text": "hi", "to": "German"}).options == {"to": "de", "from": None}
    with pytest.raises(Refusal, match="I know no language called “Elvish”"):
        TRANSLATE.request({"text": "hi", "to": "Elvish"})
    with pytest.raises(Refusal, match="“to” is missing"):
        TRANSLATE.request({"text": "hi"})


def test_parameters_are_in_discords_order() -> None:
    assert list(TRANSLATE.parameters().items()) == [("to", True), ("text", False), ("file", False), ("from", False)]
