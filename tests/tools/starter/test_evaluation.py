"""How the starters are measured: who is always right gets full marks, and the cards say what is reached."""

import json
import re
from typing import Any

import pytest

from bot.answers import Answer, Score, Scores, Span, Spans, Text
from bot.tasks import TASKS
from bot.worker.starters import TRAINED
from tools.starter import evaluation
from tools.starter.evaluation import HELD_OUT, MEASURES, asking, marked, pairs, questions

SHIPPED = [task.name for task in TASKS if task.trained_starter]


def right(**given: Any) -> Answer:
    """What is written down as the right answer."""
    text = given["text"]
    if "question" in given:
        answer = next(told for context, asked, told in questions() if (context, asked) == (text, given["question"]))
        start = text.index(answer)
        return Spans(text, (Span(start, start + len(answer), "", 1.0),))
    if "length" in given:
        told = json.loads((HELD_OUT / "summaries.json").read_text(encoding="utf-8"))
        return Text(next(it["summary"] for it in told if it["text"] == text))
    if "to" in given:
        sides = {"en": 0, "fr": 1}
        phrases = pairs("phrases.tsv")
        return Text(next(pair[sides[given["to"]]] for pair in phrases if pair[sides[given["from"]]] == text))
    if "labels" in given:
        return Scores((Score(next(topic for topic, told in pairs("topics.tsv") if told == text), 1.0),))
    feelings = {told: label for label, told in pairs("sentiment.tsv")}
    if text in feelings:
        return Scores((Score(feelings[text].upper(), 1.0),))
    lines = (HELD_OUT / "entities.txt").read_text(encoding="utf-8").splitlines()
    names = next(names for told, names in map(marked, lines) if told == text)
    return Spans(text, tuple(Span(start, end, kind, 1.0) for start, end, kind in sorted(names)))


def wrong(**given: Any) -> Answer:
    """Never anything like it."""
    text = given["text"]
    if "question" in given:
        return Spans(text, ())
    if "length" in given or "to" in given:
        return Text("0")
    if "labels" in given:
        return Scores((Score("nothing", 1.0),))
    feelings = {told for _, told in pairs("sentiment.tsv")}
    return Scores((Score("none", 1.0),)) if text in feelings else Spans(text, ())


@pytest.mark.parametrize("name", MEASURES)
def test_full_marks_and_none(name: str) -> None:
    for ask, mark in ((right, 1.0), (wrong, 0.0)):
        scores = MEASURES[name](ask)
        reached = {it: value for it, value in scores.items() if not isinstance(value, int)}
        assert reached
        whole = 100.0 if name == "translation" else 1.0
        assert all(value == pytest.approx(mark * whole, abs=0.01 * whole) for value in reached.values()), scores


def test_marks_are_taken_out_of_the_text() -> None:
    line = "[Ada Lovelace](person) wrote to the [Royal Society](organisation) from [London](place)."
    text, names = marked(line)
    assert text == "Ada Lovelace wrote to the Royal Society from London."
    assert {(text[start:end], kind) for start, end, kind in names} == {
        ("Ada Lovelace", "PER"),
        ("Royal Society", "ORG"),
        ("London", "LOC"),
    }


def test_answers_are_compared_as_squad_does() -> None:
    assert evaluation._plain("The Eiffel Tower!") == evaluation._plain("eiffel tower") == "eiffel tower"


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_says_what_is_reached(name: str) -> None:
    card = (TRAINED / name / "README.md").read_text(encoding="utf-8")
    told = {it: float(value) for it, value in re.findall(r"^\| ([^|]+) \| ([\d.]+) \|$", card, re.MULTILINE)}
    scores = MEASURES[name](asking(name, TRAINED / name))
    reached = {it: value for it, value in scores.items() if not isinstance(value, int)}
    assert told.keys() == reached.keys()
    # Another machine's last digits may turn an answer or two.
    assert all(value == pytest.approx(told[it], rel=0.02) for it, value in reached.items())
