import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.replies.split import Size, split

SIZE = Size(100, 200)
CODE = "Look:\n```python\n" + "print('hello')\n" * 20 + "```\nThat was it."


@settings(max_examples=200)
@given(st.text(st.sampled_from("ab 好\n"), max_size=600))
def test_every_piece_fits_and_nothing_is_lost(text: str) -> None:
    pieces = split(text, SIZE)
    assert all(SIZE.holds(piece) for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["word " * 9, "```", "```py", "x = 1", ""]), max_size=40).map("\n".join))
def test_fences_are_even_in_every_piece(text: str) -> None:
    for piece in split(text, SIZE)[:-1]:
        assert len(re.findall(r"^\s*```", piece, re.MULTILINE)) % 2 == 0


def test_a_code_block_is_closed_and_opened_again() -> None:
    pieces = split(CODE, SIZE)
    assert len(pieces) > 2
    assert all(SIZE.holds(piece) for piece in pieces)
    assert pieces[0].endswith("\n```")
    assert all(piece.startswith("```python\n") for piece in pieces[1:-1])
    assert pieces[-1].endswith("That was it.")
    assert sum(piece.count("print('hello')") for piece in pieces) == 20


@pytest.mark.parametrize("text", ["", "\n\n", "short"])
def test_short_texts(text: str) -> None:
    assert split(text, SIZE) == ([text] if text.strip() else [])


def test_a_line_is_cut_between_words() -> None:
    pieces = split("several words " * 30, SIZE)
    assert all(re.fullmatch(r"(several|words)( several| words)*\s*", piece) for piece in pieces)
