from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.tasks import NoOptions, Range
from bot.tasks.options import parse_options


@dataclass(frozen=True)
class Declared:
    size: Annotated[int, Range(1, 10)]
    certainty: Annotated[float, Range(0, 1)] = 0.5
    several: bool = False
    length: Literal["short", "long"] = "short"
    voice: str = "ann"


def test_text_from_a_shell_becomes_typed_values() -> None:
    given = {"size": "3", "certainty": "0.25", "several": "yes", "length": "long", "voice": "bob"}
    assert parse_options(Declared, given) == {
        "size": 3,
        "certainty": 0.25,
        "several": True,
        "length": "long",
        "voice": "bob",
    }


def test_what_was_left_out_has_its_default() -> None:
    left_out = {"size": 1, "voice": None}
    assert parse_options(Declared, left_out) == {
        "size": 1,
        "certainty": 0.5,
        "several": False,
        "length": "short",
        "voice": "ann",
    }


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "“size” is missing."),
        ({"size": "big"}, "“size” is a whole number."),
        ({"size": 11}, "“size” is a number from 1 to 10."),
        ({"size": 1, "certainty": "nan"}, "“certainty” is a number from 0 to 1."),
        ({"size": 1, "several": "perhaps"}, "“several” is yes or no."),
        ({"size": 1, "length": "huge"}, "“length” is one of short, long."),
    ],
)
def test_a_wrong_value_is_a_sentence(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        parse_options(Declared, wrong)


def test_no_options() -> None:
    assert parse_options(NoOptions, {}) == {}


@given(st.integers() | st.floats() | st.text() | st.booleans())
def test_whatever_comes_is_in_bounds_or_refused(value: object) -> None:
    try:
        parsed = parse_options(Declared, {"size": value})["size"]
    except Refusal:
        return
    assert isinstance(parsed, int)
    assert 1 <= parsed <= 10
