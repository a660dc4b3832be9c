import csv
import io

import pytest
from PIL import Image

from bot.answers import Answer, Span, Spans, Text
from bot.replies.renderers import ROOM
from bot.samples import sample
from bot.tasks import ANSWER, ASK_IMAGE, DESCRIBE, ENTITIES, OMNI, SUMMARIZE, Task
from tests.replies.sending import alt, attachment, content, opened, sent

OBAMA = "Barack Obama was the 44th president of the United States."


def test_entities_are_marked_in_the_text_with_a_legend() -> None:
    spans = (Span(0, 12, "PER", 0.99), Span(43, 56, "LOC", 0.9))
    assert sent(ENTITIES, Spans(OBAMA, spans)).text == (
        "🟦 **Barack Obama** was the 44th president of the 🟩 **United States**.\n\n🟦 person (1) · 🟩 place (1)"
    )


def test_what_is_marked_is_escaped() -> None:
    shown = sent(ENTITIES, Spans("@everyone **x** [a](b)", (Span(0, 9, "PER", 1.0),))).text
    assert "@everyone" not in shown
    assert "**x**" not in shown


def test_more_entities_than_there_is_room_for_come_as_a_table() -> None:
    text = "Ann met Bob. " * 800
    spans = tuple(Span(place * 13, place * 13 + 3, "PER", 0.5) for place in range(800))
    rendered = sent(ENTITIES, Spans(text, spans))
    assert "of 800 are shown; the file has them all" in rendered.text
    (file,) = rendered.files
    assert file.filename == "entities.csv"
    assert content(file).decode().splitlines()[:2] == ["text,label,score,start,end", "Ann,person,0.500,0,3"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_table_is_a_formula(sign: str) -> None:
    text = f"{sign}cmd()|x " * 700
    spans = tuple(Span(place * 9, place * 9 + 6, f"{sign}a", -0.5) for place in range(700))
    (file,) = sent(ENTITIES, Spans(text, spans)).files
    row = list(csv.reader(io.StringIO(content(file).decode(), newline="")))[1]
    assert row == [f"'{sign}cmd()", f"'{sign}a", "-0.500", "0", "6"], "numbers stay numbers"


def test_the_answer_stands_inside_its_context() -> None:
    text = "word " * 200 + "It closes at one. " + "word " * 200
    start = text.index("at one")
    shown = sent(ANSWER, Spans(text, (Span(start, start + 6, "", 0.873),))).text
    assert shown.startswith("## at one\n-# 87% sure\n>>> …")
    assert "It closes __**at one**__. word" in shown
    assert shown.endswith("…")
    assert len(shown) < 900


def test_other_answers_are_named() -> None:
    shown = sent(ANSWER, Spans("at one or two", (Span(3, 6, "", 0.6), Span(10, 13, "", 0.3)))).text
    assert "-# Or else: two (30%)\n>>> at __**one**__ or __**two**__" in shown


@pytest.mark.parametrize(
    ("task", "answer", "sentence"),
    [
        (ENTITIES, Spans("hello", ()), "*No names were found in this text.*"),
        (ANSWER, Spans("hello", ()), "*The text doesn't say.*"),
        (SUMMARIZE, Text(" "), "*The model wrote nothing.*"),
    ],
)
def test_nothing_found_is_a_sentence(task: Task, answer: Answer, sentence: str) -> None:
    assert sent(task, answer).text == sentence


def test_a_text_keeps_its_markdown_but_hides_no_link() -> None:
    shown = sent(SUMMARIZE, Text("**Yes**, @everyone: [free](https://evil.example) <@123>\n```py\na[0](1)\n```")).text
    assert shown.startswith("**Yes**, @\u200beveryone: [free] (https://evil.example) <@\u200b123>")
    assert "a[0](1)" in shown, "code is left alone"


@pytest.mark.parametrize("line", ["Line {} of the summary.", "```{}", "語{}"])
def test_a_long_text_is_shown_to_where_it_fits_and_attached(line: str) -> None:
    text = "\n".join(line.format(number) for number in range(900))
    rendered = sent(SUMMARIZE, Text(text))
    assert "the whole text is in the file" in rendered.text
    assert ROOM.holds(rendered.text)
    (file,) = rendered.files
    assert (file.filename, content(file).decode()) == ("summarize.txt", text)


def test_a_file_has_what_may_be_sent_here() -> None:
    (file,) = sent(SUMMARIZE, Text("語" * 100_000), limit=50_000).files
    assert 48_000 < len(content(file)) <= 49_000


def test_a_text_about_a_picture_comes_with_it() -> None:
    rendered = sent(DESCRIBE, Text("A red car."), image=attachment(Image.new("RGB", (1500, 750), "#c00")))
    (file,) = rendered.files
    assert opened(file).size == (1024, 512)
    assert opened(file).getpixel((9, 9)) == pytest.approx((204, 0, 0), abs=3)
    assert alt(rendered) == "What this is about. The answer: A red car."


def test_what_is_about_a_spoiler_is_a_spoiler() -> None:
    rendered = sent(ASK_IMAGE, Text("x" * 9000), image=attachment(Image.new("RGB", (9, 9)), spoiler=True), question="?")
    assert [file.filename for file in rendered.files] == ["SPOILER_image-ask-1.jpg", "SPOILER_image-ask.txt"]


def test_of_a_video_four_frames_are_shown() -> None:
    rendered = sent(OMNI, Text("A street."), prompt="What is this?", video=sample("clip.mp4"))
    (file,) = rendered.files
    assert alt(rendered).startswith("Frames of the video.")
    assert opened(file).width == 1024
