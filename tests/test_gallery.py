"""The gallery that the README links."""

from pathlib import Path
from typing import get_args

import pytest

from bot.answers import Answer
from tools.gallery import EXAMPLES, HEAVIEST, Example

DOCS = Path(__file__).resolve().parent.parent / "docs"


def test_every_kind_of_answer_is_in_the_gallery() -> None:
    assert {example.task.gives for example in EXAMPLES} == set(get_args(Answer))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.task.command)
def test_each_has_its_picture(example: Example) -> None:
    name = f"gallery/{example.task.command.replace(' ', '-')}.png"
    assert f"![{example.caption}]({name})" in (DOCS / "gallery.md").read_text()
    assert 1000 < (DOCS / name).stat().st_size <= HEAVIEST
    assert isinstance(example.answer(), example.task.gives)
