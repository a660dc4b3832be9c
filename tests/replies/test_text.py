import discord
from hypothesis import given
from hypothesis import strategies as st

from bot.replies.text import plain, quote


@given(st.text(), st.integers(1, 400))
def test_one_line_of_bounded_length(text: str, most: int) -> None:
    shown = plain(text, most)
    assert "\n" not in shown
    assert len(discord.utils.remove_markdown(shown).replace("\u200b", "").replace("\\", "")) <= most


@given(st.text("@everyonh <&!#123>*_`~|[]()\\ \n-"))
def test_nothing_is_left_to_ping_or_link(text: str) -> None:
    shown = plain(text, 500)
    assert "@everyone" not in shown
    assert "@here" not in shown
    assert all(shown[n - 1] == "\\" for n, sign in enumerate(shown) if sign == "<")


def test_a_quote_is_one_line_whatever_was_written() -> None:
    assert quote("a\n\n# b\n> c") == "> a # b > c"
    assert len(quote("x" * 6000)) < 300
