import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import Answer, Score, Scores, Span, Spans, Text
from bot.replies.renderers import ROOM, Rendered, render
from bot.tasks import ANSWER, CLASSIFY, ENTITIES, SUMMARIZE

OBAMA = "Barack Obama was the 44th president of the United States."


def test_entities_are_marked_in_the_text_with_a_legend() -> None:
    spans = (Span(0, 12, "PER", 0.99), Span(43, 56, "LOC", 0.9))
    assert render(ENTITIES, Spans(OBAMA, spans)).text == (
        "🟦 **Barack Obama** was the 44th president of the 🟩 **United States**.\n\n🟦 person (1) · 🟩 place (1)"
    )


def test_what_is_marked_is_escaped() -> None:
    shown = render(ENTITIES, Spans("@everyone **x** [a](b)", (Span(0, 9, "PER", 1.0),))).text
    assert "@everyone" not in shown
    assert "**x**" not in shown


def test_more_entities_than_there_is_room_for_come_as_a_table() -> None:
    text = "Ann met Bob. " * 800
    spans = tuple(Span(place * 13, place * 13 + 3, "PER", 0.5) for place in range(800))
    rendered = render(ENTITIES, Spans(text, spans))
    assert "of 800 are shown; the file has them all" in rendered.text
    (file,) = rendered.files
    assert file.filename == "entities.csv"
    assert file.fp.read().decode().splitlines()[:2] == ["text,label,score,start,end", "Ann,person,0.500,0,3"]


def test_the_answer_stands_inside_its_context() -> None:
    text = "word " * 200 + "It closes at one. " + "word " * 200
    start = text.index("at one")
    shown = render(ANSWER, Spans(text, (Span(start, start + 6, "", 0.873),))).text
    assert shown.startswith("## at one\n-# 87% sure\n>>> …")
    assert "It closes __**at one**__. word" in shown
    assert shown.endswith("…")
    assert len(shown) < 900


def test_other_answers_are_named() -> None:
    shown = render(ANSWER, Spans("at one or two", (Span(3, 6, "", 0.6), Span(10, 13, "", 0.3)))).text
    assert "-# Or else: two (30%)\n>>> at __**one**__ or __**two**__" in shown


@pytest.mark.parametrize(
    ("task", "answer", "sentence"),
    [
        (ENTITIES, Spans("hello", ()), "*No names were found in this text.*"),
        (ANSWER, Spans("hello", ()), "*The text doesn't say.*"),
        (SUMMARIZE, Text(" "), "*The model wrote nothing.*"),
    ],
)
def test_nothing_found_is_a_sentence(task: object, answer: Answer, sentence: str) -> None:
    assert render(task, answer).text == sentence  # type: ignore[arg-type]


def test_a_text_keeps_its_markdown_but_hides_no_link() -> None:
    shown = render(SUMMARIZE, Text("**Yes**, @everyone: [free](https://evil.example) <@123>\n```py\na[0](1)\n```")).text
    assert shown.startswith("**Yes**, @\u200beveryone: [free\\](https://evil.example) \\<@123>")
    assert "a[0](1)" in shown, "code is left alone"


def test_a_long_text_is_shown_to_where_it_fits_and_attached() -> None:
    text = "\n".join(f"Line {number} of the summary." for number in range(500))
    rendered = render(SUMMARIZE, Text(text))
    assert "the whole text is in the file" in rendered.text
    (file,) = rendered.files
    assert (file.filename, file.fp.read().decode()) == ("summarize.txt", text)
    assert len(rendered.items) == 1


def test_labels_that_are_not_drawn_are_counted() -> None:
    scores = tuple(Score(f"label {n}", 0.1) for n in range(30))
    assert "18 more scored less" in render(CLASSIFY, Scores(scores)).text


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5000)


@settings(max_examples=30, deadline=None)
@given(texts, st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 40), st.sampled_from(["PER", "", "x" * 90]))))
def test_every_answer_fits_into_its_room(text: str, marks: list[tuple[int, int, str]]) -> None:
    spans, place = [], 0
    for start, length, label in sorted(marks):
        if place <= start and start + length <= len(text):
            spans.append(Span(start, start + length, label, 0.5))
            place = start + length
    shown: list[Rendered] = [render(ENTITIES, Spans(text, tuple(spans))), render(SUMMARIZE, Text(text))]
    for rendered in shown:
        assert ROOM.holds(rendered.text)
