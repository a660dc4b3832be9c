"""Whatever a model answers about whatever was attached, Discord takes the message. `sent` looks at all of it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.answers import (
    Answer,
    Box,
    Boxes,
    Cells,
    Decision,
    Depth,
    Mask,
    Masks,
    Match,
    Matches,
    Picture,
    Score,
    Scores,
    Segment,
    Similarity,
    Sound,
    Span,
    Spans,
    Text,
    Transcript,
)
from bot.media.picture import mask_png, png
from bot.media.sound import wav
from bot.replies.renderers import ROOM
from bot.request import File
from bot.tasks import (
    ANSWER,
    ASK_DOCUMENT,
    ASK_IMAGE,
    ASK_TABLE,
    CLASSIFY,
    COMPARE,
    COMPARE_IMAGES,
    CUTOUTS,
    DECIDE,
    DEPTH,
    ENTITIES,
    MATCH,
    OBJECTS,
    RECOGNIZE_IMAGE,
    REGIONS,
    SPEAK,
    SUMMARIZE,
    TRANSCRIBE,
    UPSCALE,
    Task,
)
from tests.replies.sending import LIMIT, attachment, sent

NASTY = (
    "",
    " \n ",
    "```",
    "a ```py\nb",
    "@everyone <@1> **x**",
    "# h\n> q\n-# s",
    "[a](https://b.example)",
    "\u202eright to left\u202c مرحبا",
    "🐈‍⬛👩🏽‍🚀",
    "語" * 5000,
    "*" * 5000,
    "=cmd()",
    "\x00\x1b[31m",
    "$x$ \\frac{",
)
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
odds = st.one_of(st.floats(-1.1, 1.1), st.sampled_from([float("nan"), float("inf"), 0.0, 1.0]))
sides = st.one_of(st.integers(1, 40), st.sampled_from([1, 700]))
places = st.one_of(st.integers(-50, 800), st.sampled_from([-(10**9), 10**9]))
points = st.tuples(places, places)
limits = st.sampled_from([LIMIT, 100_000])


@st.composite
def greys(draw: st.DrawFn) -> Image.Image:
    """Small pictures of noise, and black and white ones."""
    width, height, seed = draw(sides), draw(sides), draw(st.integers(-2, 3))
    if seed < 0:
        return Image.new("L", (width, height), 255 * (seed + 2))
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8))


pictures = st.builds(lambda grey, spoiler: attachment(grey.convert("RGB"), spoiler=spoiler), greys(), st.booleans())
scores = st.lists(st.builds(Score, texts, odds), max_size=30).map(lambda items: Scores(tuple(items)))
boxes = st.lists(st.builds(Box, places, places, places, places, texts, odds), max_size=60).map(tuple)


def masks(label: st.SearchStrategy[str] | st.SearchStrategy[None]) -> st.SearchStrategy[Masks]:
    return st.lists(st.builds(Mask, greys().map(mask_png), label, st.none()), max_size=12).map(
        lambda items: Masks(tuple(items))
    )


quick = settings(max_examples=15, deadline=None)


@quick
@given(texts, st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 40), st.sampled_from(["PER", "", "x" * 90]))))
def test_texts_and_spans(text: str, marks: list[tuple[int, int, str]]) -> None:
    spans, place = [], 0
    for start, length, label in sorted(marks):
        if place <= start and start + length <= len(text):
            spans.append(Span(start, start + length, label, 0.5))
            place = start + length
    answers: list[tuple[Task, Answer]] = [(ENTITIES, Spans(text, tuple(spans))), (SUMMARIZE, Text(text))]
    for task, answer in answers:
        assert ROOM.holds(sent(task, answer).text)


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts(text: str) -> None:
    sent(ASK_IMAGE, Text(text), image=attachment(Image.new("RGB", (9, 9))), question="?")
    sent(ANSWER, Spans(f"a {text} b", (Span(0, 1, "", 0.5),)))
    sent(TRANSCRIBE, Transcript(text, (Segment(0, 1, text),)))
    sent(TRANSCRIBE, Transcript(text))
    sent(CLASSIFY, Scores((Score(text, 0.5),)))
    sent(DECIDE, Decision(text, Scores((Score(text, 0.5),))), situation="?", question="?")
    sent(ASK_TABLE, Cells(text, ()), file=File("a.csv", b"a,b\n1,2\n"), question="?")


@quick
@given(scores, pictures, texts)
def test_scores_and_decisions(answer: Scores, picture: File, choice: str) -> None:
    sent(RECOGNIZE_IMAGE, answer, image=picture)
    sent(DECIDE, Decision(choice, answer), situation="?", question="?")


@quick
@given(boxes, pictures, limits)
def test_boxes(found: tuple[Box, ...], picture: File, limit: int) -> None:
    sent(OBJECTS, Boxes(found), limit, image=picture)
    sent(ASK_DOCUMENT, Boxes(found, 7), limit, file=picture, question="?")


@quick
@given(masks(texts), masks(st.none()), pictures, limits)
def test_masks(named: Masks, nameless: Masks, picture: File, limit: int) -> None:
    sent(REGIONS, named, limit, image=picture)
    sent(CUTOUTS, nameless, limit, image=picture)


@quick
@given(greys(), st.floats(), pictures, limits)
def test_depth_and_pictures(grey: Image.Image, unit: float, picture: File, limit: int) -> None:
    sent(DEPTH, Depth(png(grey), unit, -unit), limit, image=picture)
    sent(UPSCALE, Picture(png(grey.convert("RGB"))), limit, image=picture)


@quick
@given(st.lists(st.builds(Match, points, points, odds), max_size=120), pictures, pictures)
def test_matches(found: list[Match], first: File, second: File) -> None:
    sent(MATCH, Matches(tuple(found)), first=first, second=second)


@quick
@given(st.lists(odds, max_size=2), pictures, pictures)
def test_similarities(values: list[float], first: File, second: File) -> None:
    sent(COMPARE, Similarity(tuple(values)), first="a", second="b", third="c")
    sent(COMPARE_IMAGES, Similarity(tuple(values[:1])), first=first, second=second)


@quick
@given(st.lists(st.builds(Segment, st.floats(), st.none() | st.floats(), texts), max_size=20), texts)
def test_transcripts(segments: list[Segment], text: str) -> None:
    assert ROOM.holds(sent(TRANSCRIBE, Transcript(text, tuple(segments))).text)


@quick
@given(
    st.lists(st.sampled_from([0.0, 0.3, -1.0, 7.0, float("nan")]), max_size=9),
    st.sampled_from([1, 1000]),
    st.sampled_from([8000, 44_100]),
)
def test_sounds(samples: list[float], times: int, rate: int) -> None:
    sent(SPEAK, Sound(wav(np.repeat(np.array(samples, np.float32), times), rate), rate), text="?")


@quick
@given(
    st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(-3, 9), st.integers(-3, 9))),
    st.sampled_from([None, "SUM", "COUNT", "AVERAGE", "NEW"]),
    texts,
)
def test_cells(rows: list[list[str]], cells: list[tuple[int, int]], aggregator: str | None, answer: str) -> None:
    file = File(
        "shop.json", json.dumps([dict(zip(("*a*", "```", "x" * 300), row, strict=True)) for row in rows]).encode()
    )
    sent(ASK_TABLE, Cells(answer, tuple(cells), aggregator), file=file, question="?")
