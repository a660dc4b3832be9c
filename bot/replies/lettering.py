"""Letters in pictures: one font, and texts that it can write in the room there is."""

from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font
from PIL import ImageFont


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font that comes with matplotlib, so that pictures look the same on every machine. `size` in pixels."""
    return ImageFont.truetype(font_file(bold=bold), size)


def font_file(*, bold: bool = False) -> str:
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf")


def drawable(text: str) -> str:
    """`text` on one line and without what the font has no letters for, which would be drawn as boxes."""
    return " ".join("".join(letter if ord(letter) in _letters() else " " for letter in text).split())


def cut(text: str, letters: ImageFont.FreeTypeFont, width: float) -> str:
    """As much of the beginning of `text` as is at most `width` pixels wide."""
    if letters.getlength(text) <= width:
        return text
    while text and letters.getlength(f"{text}…") > width:
        text = text[:-1].rstrip()
    return f"{text}…"


@cache
def _letters() -> frozenset[int]:
    return frozenset(FT2Font(font_file()).get_charmap()) - frozenset(range(32))
