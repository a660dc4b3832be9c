from hypothesis import given
from hypothesis import strategies as st

from bot.replies.lettering import cut, drawable, font


def test_what_the_font_lacks_is_left_out() -> None:
    assert drawable("a 🐈 cat\n猫, ça va") == "a cat , ça va"
    assert drawable("日本") == ""


@given(st.text(max_size=60), st.integers(20, 300))
def test_a_text_is_cut_to_its_room(text: str, width: int) -> None:
    shown = cut(drawable(text), font(20), width)
    assert font(20).getlength(shown) <= width
    assert drawable(text).startswith(shown.removesuffix("…"))
