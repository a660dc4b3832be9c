import pytest
from PIL import Image

from bot.answers import Decision, Score, Scores, Similarity
from bot.samples import sample
from bot.tasks import CLASSIFY, COMPARE, COMPARE_IMAGES, DECIDE, RECOGNIZE_IMAGE, RECOGNIZE_VIDEO
from tests.replies.sending import alt, attachment, opened, sent

TWO = Scores((Score("cat", 0.9), Score("dog", 0.1)))


def test_the_best_label_is_told_and_all_are_drawn() -> None:
    rendered = sent(CLASSIFY, TWO, text="It purrs.")
    assert rendered.text == "**cat** · 90%"
    assert [file.filename for file in rendered.files] == ["scores.png"]
    assert alt(rendered) == "Bar chart: cat 90%, dog 10%"


def test_labels_that_are_not_drawn_are_counted() -> None:
    scores = tuple(Score(f"label {n}", 0.1) for n in range(30))
    assert "18 more scored less" in sent(CLASSIFY, Scores(scores)).text


def test_labels_that_the_font_of_charts_lacks_are_written_below() -> None:
    text = sent(CLASSIFY, Scores((Score("猫", 0.75), Score("dog", 0.25)))).text
    assert text == "**猫** · 75%\n-# 猫 75% · dog 25%"


def test_no_labels_are_nothing() -> None:
    assert sent(CLASSIFY, Scores(())).text == f"*{CLASSIFY.nothing}*"


def test_scores_of_a_picture_come_with_it() -> None:
    rendered = sent(RECOGNIZE_IMAGE, TWO, image=attachment(Image.new("RGB", (40, 20))))
    assert [file.filename for file in rendered.files] == ["image-recognize-1.jpg", "scores.png"]
    assert "cat 90%" in (rendered.files[0].description or "")
    assert len(rendered.items) == 2, "each as wide as the card"


def test_scores_of_a_video_come_with_its_frames() -> None:
    rendered = sent(RECOGNIZE_VIDEO, TWO, video=sample("clip.mp4"))
    assert [file.filename for file in rendered.files] == ["video-recognize-frames.jpg", "scores.png"]


def test_a_decision_is_a_heading() -> None:
    rendered = sent(DECIDE, Decision("no", Scores((Score("no", 0.7), Score("yes", 0.3)))), situation="?", question="?")
    assert rendered.text == "## no\n-# 70% sure"
    assert alt(rendered) == "Bar chart: no 70%, yes 30%"


def test_a_decision_without_odds_is_its_choice() -> None:
    rendered = sent(DECIDE, Decision("wait", Scores(())), situation="?", question="?")
    assert (rendered.text, rendered.files) == ("## wait", ())


@pytest.mark.parametrize(
    ("cosine", "words"), [(1.0000001, "Very"), (0.9, "Very"), (0.83, "Somewhat"), (0.2, "Hardly"), (-0.4, "Hardly")]
)
def test_how_alike_is_told_in_words_and_as_a_number(cosine: float, words: str) -> None:
    rendered = sent(COMPARE, Similarity((cosine,)), first="a cat", second="a kitten")
    assert rendered.text.startswith(f"**{words} alike** · second and first: cosine {cosine:.2f}\n")
    assert "differs from model to model" in rendered.text


def test_each_is_compared_with_the_first() -> None:
    rendered = sent(COMPARE, Similarity((0.95, 0.1)), first="a", second="b", third="c")
    assert "**Hardly alike** · third and first: cosine 0.10" in rendered.text
    assert alt(rendered) == "Bar chart: how alike to first: second 0.95, third 0.10"


def test_pictures_are_compared_side_by_side() -> None:
    red, blue = Image.new("RGB", (300, 100), "red"), Image.new("RGB", (50, 100), "blue")
    rendered = sent(COMPARE_IMAGES, Similarity((0.5,)), first=attachment(red), second=attachment(blue))
    beside, _ = rendered.files
    picture = opened(beside).convert("RGB")
    row = [picture.getpixel((x, 160)) for x in (10, picture.width - 10)]
    assert row == [pytest.approx((254, 0, 0), abs=3), pytest.approx((0, 0, 254), abs=3)]
