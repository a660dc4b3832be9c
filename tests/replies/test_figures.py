import io

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.answers import Score, Scores
from bot.replies import figures

scores = st.lists(st.builds(Score, st.text(min_size=1), st.floats(0, 1)), min_size=1, max_size=30)


@settings(max_examples=15, deadline=None)
@given(scores.map(lambda items: Scores(tuple(items))))
def test_any_scores_can_be_drawn_and_described(answer: Scores) -> None:
    picture = Image.open(io.BytesIO(figures.bars(answer)))
    assert picture.format == "PNG"
    assert picture.width == 960
    assert figures.describe_bars(answer).count("%") >= min(len(answer.scores), figures.MOST_BARS)


def test_the_longest_bar_is_the_best_score() -> None:
    picture = Image.open(io.BytesIO(figures.bars(Scores((Score("yes", 0.75), Score("no", 0.25)))))).convert("RGB")
    filled = [sum(picture.getpixel((x, y)) in {(88, 101, 242), (143, 150, 232)} for x in range(960)) for y in (46, 109)]
    assert abs(filled[0] / filled[1] - 3) < 0.1


def test_the_longest_label_has_room() -> None:
    picture = Image.open(io.BytesIO(figures.bars(Scores((Score("W" * 60, 0.5), Score("i", 0.5)))))).convert("L")
    colours = [len(set(picture.crop((x, 0, x + 10, picture.height)).tobytes())) for x in (0, 400)]
    assert colours[0] == 1, "nothing is cut off"
    assert colours[1] > 1, "and much of it is there"


def test_shares_keep_their_digits_where_they_matter() -> None:
    assert [figures.percent(score) for score in (1.0, 0.999, 0.97, 0.004, 0.0)] == [
        "100%",
        "99.9%",
        "97%",
        "0.4%",
        "0%",
    ]
