"""What the trained starters are measured by is kept out of what they learn from, and there is enough of it."""

import json
import random
import re
from collections import Counter
from itertools import islice

import pytest

from tools.starter import data
from tools.starter.evaluation import HELD_OUT, TOPICS, marked, pairs, questions
from tools.starter.generators.answers import Answers
from tools.starter.generators.entities import Entities
from tools.starter.generators.phrases import Phrases
from tools.starter.generators.questions import Questions
from tools.starter.generators.sentiment import Sentiment
from tools.starter.generators.summaries import Summaries
from tools.starter.generators.topics import Topics

DRAWN = 4000
_SLOT = re.compile(r"\{[^{}]+\}")


def plain(text: str) -> str:
    """Its words, without signs and capitals."""
    return " ".join(re.findall(r"\w+", text.lower()))


def summaries() -> list[dict[str, str]]:
    told: list[dict[str, str]] = json.loads((HELD_OUT / "summaries.json").read_text(encoding="utf-8"))
    return told


def entity_lines() -> list[str]:
    return (HELD_OUT / "entities.txt").read_text(encoding="utf-8").splitlines()


def test_there_are_at_least_two_hundred_for_each() -> None:
    counts = {
        "sentiment": len(pairs("sentiment.tsv")),
        "topics": len(pairs("topics.tsv")),
        "entities": len(entity_lines()),
        "answers": len(questions()),
        "summaries": len(summaries()),
        "phrases": len(pairs("phrases.tsv")),
    }
    assert min(counts.values()) >= 200, counts


def test_they_are_as_they_should_be() -> None:
    assert Counter(label for label, _ in pairs("sentiment.tsv")).keys() == {"positive", "negative"}
    assert Counter(topic for topic, _ in pairs("topics.tsv")) == dict.fromkeys(TOPICS, 50)
    for line in entity_lines():
        text, names = marked(line)
        assert "](" not in text
        assert all(text[start:end].strip() == text[start:end] != "" for start, end, _ in names)
    assert all(answer in context for context, _, answer in questions())


HELD: dict[str, set[str]] = {
    "sentiment": {plain(text) for _, text in pairs("sentiment.tsv")},
    "topics": {plain(text) for _, text in pairs("topics.tsv")},
    "entities": {plain(marked(line)[0]) for line in entity_lines()},
    "answers": {plain(text) for context, question, _ in questions() for text in (context, question)},
    "summaries": {plain(text) for it in summaries() for text in (it["text"], it["summary"])},
    "phrases": {plain(side) for pair in pairs("phrases.tsv") for side in pair},
}
EVERY = set().union(*HELD.values())


def written() -> dict[str, list[str]]:
    """All the sentences of the data, by what they are for; in those with slots, the slots are left."""
    paragraphs = Answers(random.Random(0), ["It rained."]).paragraphs
    blocks = [text for block in data.blocks("summaries/written") for _, text in block]
    return {
        "sentiment": [cell for row in data.rows("sentiment/pairs") for cell in row],
        "topics": Topics(random.Random(0)).written,
        "entities": [*data.lines("entities/templates"), *data.lines("entities/without")],
        "answers": [text for it in paragraphs for text in (it.context, it.question)],
        "summaries": blocks,
        "phrases": [cell for row in data.rows("phrases/written") for cell in row],
    }


def test_no_sentence_of_the_data_is_held_out() -> None:
    seen = {plain(text) for texts in written().values() for text in texts if len(plain(text).split()) > 1}
    assert seen & EVERY == set()


def test_no_template_makes_a_sentence_that_is_held_out() -> None:
    texts = [marked(line)[0] for line in entity_lines()]
    for template in data.lines("entities/templates"):
        pattern = re.compile(_SLOT.sub(".+", re.escape(template).replace(r"\{", "{").replace(r"\}", "}")))
        assert not any(pattern.fullmatch(text) for text in texts), template


@pytest.mark.parametrize("name", HELD)
def test_no_example_that_is_drawn_is_held_out(name: str) -> None:
    drawn = random.Random(1)
    facts = Answers(drawn, ["It rained.", "Nobody came.", "That was all."])
    sources = {
        "sentiment": (text for text, _ in Sentiment(drawn).examples()),
        "topics": (text for text, _ in Topics(drawn).examples()),
        "entities": ("".join(text for text, _ in row) for row in Entities(drawn).examples()),
        "answers": (text for it in Questions(drawn).examples() for text in (it.context, it.question)),
        "summaries": (text for text, _ in Summaries(drawn, facts, Topics(drawn).written).examples()),
        "phrases": (side for pair in Phrases(drawn).examples() for side in pair),
    }
    assert not [text for text in islice(sources[name], DRAWN) if plain(text) in HELD[name]]
