"""Tasks for people who bring text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from bot.answers import Scores, Similarity, Span, Spans, Text
from bot.errors import Refusal
from bot.request import Input
from bot.tasks.labels import read_labels
from bot.tasks.options import Parse
from bot.tasks.task import RETIRED, Call, Defaults, Kind, Model, Rows, Task

SENTIMENT = Task(
    "text-classification",
    command="sentiment",
    title="How does this text feel?",
    summary="Tell how a text feels: positive, neutral or negative",
    takes={"text": Kind.TEXT},
    gives=Scores,
    models=Defaults(
        Model("lxyuan/distilbert-base-multilingual-cased-sentiments-student", licence="Apache-2.0", verified=True)
    ),
    trained_starter=True,
    heads=("ForSequenceClassification",),
    # top_k=None gives every label; truncation, because a longer text than the window is an error otherwise.
    call=lambda text: Call(text, {"top_k": None, "truncation": True}),
    read=lambda raw, _: Scores.of(raw),
    rows=Rows.TOKENS,
    cut=True,
    aliases=("sentiment-analysis",),
    examples=(
        {"text": "I love how quickly this community answers questions."},
        {"text": "The update broke my setup again and nobody replied to my report."},
        {"text": "The meeting is on Tuesday at ten."},
    ),
)


@dataclass(frozen=True, slots=True)
class ClassifyOptions:
    labels: Annotated[tuple[str, ...], Parse(read_labels)]
    several: bool = False
    """Whether more than one label may fit: each is then judged for itself."""


CLASSIFY = Task(
    "zero-shot-classification",
    command="classify",
    title="Which label fits?",
    summary="Sort a text under labels that you make up",
    takes={"text": Kind.TEXT},
    options=ClassifyOptions,
    gives=Scores,
    models=Defaults(
        Model("MoritzLaurer/mDeBERTa-v3-base-mnli-xnli", licence="MIT", verified=True),
        gpu=Model("MoritzLaurer/bge-m3-zeroshot-v2.0", licence="MIT"),
    ),
    trained_starter=True,
    heads=("ForSequenceClassification",),
    call=lambda text, labels, several: Call(text, {"candidate_labels": list(labels), "multi_label": several}),
    read=lambda raw, _: Scores.of(
        {"label": label, "score": score} for label, score in zip(raw["labels"], raw["scores"], strict=True)
    ),
    rows=Rows.TOKENS,
    cut=True,
    examples=(
        {
            "text": "The new graphics card runs every game I own at 120 frames a second.",
            "labels": "technology, cooking, politics, sports",
        },
        {"text": "Where do I find the form for my holidays?", "labels": "question, complaint, praise"},
    ),
)


def _read_entities(raw: Any, inputs: Mapping[str, Input]) -> Spans:
    spans = (Span(item["start"], item["end"], item["entity_group"], float(item["score"])) for item in raw)
    text = inputs["text"]
    assert isinstance(text, str)
    return Spans(text, tuple(spans))


ENTITIES = Task(
    "token-classification",
    command="entities",
    title="Who and what is named here?",
    summary="Mark the people, places and organisations that a text names",
    takes={"text": Kind.TEXT},
    gives=Spans,
    models=Defaults(Model("Davlan/distilbert-base-multilingual-cased-ner-hrl", licence="AFL-3.0", verified=True)),
    trained_starter=True,
    heads=("ForTokenClassification",),
    # "first" keeps words whole. The stride makes the pipeline read beyond the window too, in overlapping parts.
    call=lambda text: Call(text, {"aggregation_strategy": "first", "stride": 64}),
    read=_read_entities,
    rows=Rows.TOKENS,
    aliases=("ner",),
    examples=(
        {"text": "Barack Obama was the 44th president of the United States."},
        {"text": "Marie Curie came from Warsaw to Paris in 1891 and later worked at the Sorbonne."},
    ),
    nothing="No names were found in this text.",
)

MOST_ANSWERS = 3


def _read_answers(raw: Any, inputs: Mapping[str, Input]) -> Spans:
    text = inputs["text"]
    assert isinstance(text, str)
    found = raw if isinstance(raw, list) else [raw]
    if not found or not found[0]["answer"].strip():
        return Spans(text, ())
    # Others only where they are somewhere else and not far behind.
    spans: list[Span] = []
    for item in found:
        apart = all(item["end"] <= span.start or span.end <= item["start"] for span in spans)
        if item["answer"].strip() and apart and item["score"] >= found[0]["score"] / 4:
            spans.append(Span(item["start"], item["end"], "", float(item["score"])))
    return Spans(text, tuple(spans[:MOST_ANSWERS]))


ANSWER = Task(
    "question-answering",
    command="answer",
    title="What does the text say?",
    summary="Answer a question from a text, and show where it says so",
    takes={"question": Kind.TEXT, "text": Kind.LONG_TEXT},
    gives=Spans,
    models=Defaults(
        Model("deepset/roberta-base-squad2", licence="CC-BY-4.0", verified=True, size=500_000_000),
        gpu=Model("deepset/deberta-v3-large-squad2", licence="CC-BY-4.0", verified=True, size=1_700_000_000),
    ),
    heads=("ForQuestionAnswering",),
    call=lambda question, text: Call(
        {"question": question, "context": text}, {"top_k": MOST_ANSWERS, "handle_impossible_answer": True}
    ),
    read=_read_answers,
    rows=Rows.TOKENS,
    own=RETIRED,
    examples=(
        {
            "question": "When does the shop close on Saturdays?",
            "text": "The shop is open from nine to six on weekdays. On Saturdays it closes at one, "
            "and on Sundays it doesn't open at all.",
        },
    ),
    nothing="The text doesn't say.",
    max_characters=200_000,
    time_limit=300.0,
)

_LENGTHS: Mapping[str, Mapping[str, int]] = {
    "short": {"max_new_tokens": 60, "min_length": 5},
    "medium": {},
    "long": {"max_new_tokens": 400, "min_length": 120},
}
"""Tokens."""


@dataclass(frozen=True, slots=True)
class SummarizeOptions:
    length: Literal["short", "medium", "long"] = "medium"
    """Medium leaves it to the model."""


SUMMARIZE = Task(
    "summarization",
    command="summarize",
    title="In short",
    summary="Sum up a text or a text file, however long",
    takes={"text": Kind.LONG_TEXT},
    options=SummarizeOptions,
    gives=Text,
    models=Defaults(
        Model("Falconsai/text_summarization", licence="Apache-2.0", verified=True, size=240_000_000),
        gpu=Model("facebook/bart-large-cnn", licence="MIT", verified=True, size=1_600_000_000),
    ),
    trained_starter=True,
    heads=("ForConditionalGeneration",),
    call=lambda text, length: Call(text, _LENGTHS[length]),
    read=lambda raw, _: Text(raw[0]["summary_text"]),
    rows=Rows.TOKENS,
    own=RETIRED,
    examples=(
        {
            "text": "The town council met on Thursday evening to decide on the future of the old swimming pool. "
            "Repairing it would cost two million, which the town does not have. Closing it would leave the schools "
            "without swimming lessons. After four hours the council agreed to repair the roof this year, to keep the "
            "small pool open, and to ask the neighbouring towns to share the cost of the rest.",
        },
    ),
    nothing="The model wrote nothing.",
    max_characters=200_000,
    time_limit=600.0,
)


def _check_blank(inputs: Mapping[str, Input]) -> None:
    blanks = len(re.findall("_{3,}", str(inputs["text"])))
    if blanks != 1:
        raise Refusal(f"Write ___ (three underscores) where the missing word belongs, once; I see it {blanks} times.")


FILL = Task(
    "fill-mask",
    command="fill",
    title="What is missing?",
    summary="Guess the missing word behind ___",
    takes={"text": Kind.TEXT},
    check=_check_blank,
    gives=Scores,
    models=Defaults(
        Model("distilbert/distilroberta-base", licence="Apache-2.0", revision="fb53ab8", size=331_000_000),
        gpu=Model("answerdotai/ModernBERT-large", licence="Apache-2.0"),
    ),
    heads=("ForMaskedLM",),
    call=lambda text: Call(text, {"top_k": 8}),
    read=lambda raw, _: Scores.of({"label": item["token_str"].strip(), "score": item["score"]} for item in raw),
    rows=Rows.TOKENS,
    own="transformers wants the model's own mask token in the text, and every model has another.",
    examples=(
        {"text": "The capital of France is ___."},
        {"text": "I always drink a cup of ___ in the morning."},
    ),
)


def similarity(raw: Any, _inputs: Mapping[str, Input]) -> Similarity:
    """How alike the first of several vectors of length 1 is to each other one: their cosines."""
    first, *others = raw
    return Similarity(tuple(sum(a * b for a, b in zip(first, other, strict=True)) for other in others))


COMPARE = Task(
    "feature-extraction",
    command="compare",
    title="How alike are they?",
    summary="Tell how alike two or three texts are in what they mean",
    takes={"first": Kind.TEXT, "second": Kind.TEXT, "third": Kind.TEXT},
    optional=("third",),
    gives=Similarity,
    models=Defaults(
        Model("intfloat/multilingual-e5-small", licence="MIT", size=470_000_000, prompt="query: "),
        gpu=Model("intfloat/multilingual-e5-large", licence="MIT", size=2_200_000_000, prompt="query: "),
    ),
    heads=("Model", "ForMaskedLM"),
    call=lambda first, second, third=None: Call([first, second] if third is None else [first, second, third]),
    read=similarity,
    rows=Rows.TOKENS,
    own="transformers gives a vector a token; to compare texts, each needs one.",
    examples=(
        {
            "first": "The cat sleeps on the mat.",
            "second": "A kitten is lying on the rug.",
            "third": "The stock market fell again.",
        },
    ),
)
