import io

import discord
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.media.picture import png
from bot.replies import fitting


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    shape = (height, width, len(mode))
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8), mode)


@pytest.mark.parametrize(("most", "side"), [(10**6, 400), (150_000, 400), (20_000, 200), (2_000, 50)])
def test_a_picture_loses_quality_first_and_then_size(most: int, side: int) -> None:
    data = fitting.fitted_picture(png(noise(400, 400)), most)
    assert len(data) <= most
    assert Image.open(io.BytesIO(data)).width == side


def test_what_fits_is_left_alone() -> None:
    data = png(noise(40, 40))
    assert fitting.fitted_picture(data, len(data)) is data
    assert fitting.ending(data) == "png"


@pytest.mark.parametrize(("mode", "suffix"), [("RGB", "jpg"), ("RGBA", "webp")])
def test_what_is_see_through_stays_so(mode: str, suffix: str) -> None:
    data = fitting.fitted_picture(png(noise(200, 200, mode)), 30_000)
    assert fitting.ending(data) == suffix
    assert Image.open(io.BytesIO(data)).mode == mode
    assert len(data) <= 30_000


def test_all_files_of_a_card_fit_together() -> None:
    assert fitting.room(10 * 2**20) == 10_276_044
    assert fitting.room(10 * 2**20, 9) * 9 <= fitting.ALL_FILES


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 50))
def test_a_text_is_cut_between_letters(text: str, most: int) -> None:
    data = fitting.fitted_text(text, most)
    assert text.startswith(data.decode())
    assert most - 4 < len(data) <= most or data.decode() == text


@settings(max_examples=50)
@given(st.text())
def test_any_name_can_be_referred_to(stem: str) -> None:
    name = fitting.file_name(stem, "png")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert len(name) > len(".png")


def card(*items: discord.ui.Item[discord.ui.LayoutView]) -> discord.ui.LayoutView:
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.Container(*items))
    return view


def file(size: int = 5, name: str = "a.png") -> discord.File:
    return discord.File(io.BytesIO(b"x" * size), name, description="a thing")


def gallery(of: discord.File, description: str | None = "a thing") -> discord.ui.MediaGallery[discord.ui.LayoutView]:
    return discord.ui.MediaGallery(discord.MediaGalleryItem(of, description=description))


def test_a_card_that_discord_takes() -> None:
    shown, kept = file(), file(name="b.txt")
    view = card(discord.ui.TextDisplay("hello"), gallery(shown), discord.ui.File(kept))
    assert fitting.objections(view, (shown, kept), 1000) == []
    assert shown.fp.tell() == 0, "the file is still to be sent"


@pytest.mark.parametrize(
    ("text", "fine"), [("x" * 4000, True), ("x" * 4001, False), ("語" * 3166, True), ("語" * 3167, False)]
)
def test_text_counts_in_characters_and_in_bytes(text: str, fine: bool) -> None:
    half = len(text) // 2
    view = card(discord.ui.TextDisplay(text[:half]), discord.ui.TextDisplay(text[half:]))
    assert fitting.fits(view) is fine
    assert (fitting.objections(view, (), 1000) == []) is fine


def test_texts_beside_pictures_count_too() -> None:
    button: discord.ui.Button[discord.ui.LayoutView] = discord.ui.Button(custom_id="a")
    view = card(discord.ui.Section("x" * 4001, accessory=button))
    assert not fitting.fits(view)


def test_what_discord_refuses_is_told() -> None:
    shown = file()
    same = [discord.ui.Button[discord.ui.LayoutView](custom_id="same") for _ in range(2)]
    bad = {
        "an empty text": (card(discord.ui.TextDisplay(" \n")), ()),
        "a picture with no description": (card(gallery(shown, None)), (shown,)),
        "or one that is too long": (card(gallery(shown, "x" * 1025)), (shown,)),
        "a file that no component shows": (card(discord.ui.TextDisplay("x")), (shown,)),
        "a component without its file": (card(gallery(shown)), ()),
        "a file name": (card(gallery(named := file(name="a b.png"))), (named,)),
        "too large": (card(gallery(large := file(1001))), (large,)),
        "or empty": (card(gallery(empty := file(0))), (empty,)),
        "two buttons": (card(discord.ui.ActionRow(*same)), ()),
        "a gallery of no pictures": (card(discord.ui.MediaGallery()), ()),
    }
    for words, (view, files) in bad.items():
        found = fitting.objections(view, files, 1000)
        assert len(found) == 1, (words, found)
        assert words in found[0]
