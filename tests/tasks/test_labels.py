import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.tasks.labels import MOST, read_labels


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("sports, politics,music", ("sports", "politics", "music")),
        (" a ,, b , ", ("a", "b")),
        ("a, A, b, a", ("a", "b")),
        ('"red, white and blue", green', ("red, white and blue", "green")),
        ("“red, white”, green", ("red, white", "green")),
        ("red, white; green", ("red, white", "green")),
        ("red, white\ngreen\n\n", ("red, white", "green")),
        ("very  good,\tbad", ("very good", "bad")),
        ("жаль, 好", ("жаль", "好")),
    ],
)
def test_read(text: str, labels: tuple[str, ...]) -> None:
    assert read_labels(text) == labels


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("alone", "at least two different labels"),
        (" , ,", "at least two different labels"),
        ("", "at least two different labels"),
        ("a, A ,a", "at least two different labels"),
        (",".join(f"label {n}" for n in range(100)), "Those are 100 labels; I take up to 30"),
        ("a, " + "b" * 101, "is too long; 100 characters are the most"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        read_labels(text)


@given(st.text())
def test_anything_is_labels_or_a_sentence(text: str) -> None:
    try:
        labels = read_labels(text)
    except Refusal:
        return
    assert 2 <= len(labels) <= MOST
    assert all(label.strip() for label in labels)
