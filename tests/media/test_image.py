"""Pictures: every mode and format upright, in red, green and blue, and small enough to work with."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.errors import Refusal
from bot.media.image import WORKING_SIDE, check_image, read_image
from bot.media.limits import Limits
from bot.request import File
from tests.media.making import encoded, picture, sound
from tests.media.mangling import mangled

LIMITS = Limits()
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "PPM")


def seen(data: bytes, name: str = "cat.png") -> Image.Image:
    return read_image(File(name, data), LIMITS)


def near(image: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    there = image.getpixel(place)
    assert isinstance(there, tuple)
    return all(abs(one - other) < 12 for one, other in zip(there, colour, strict=True))


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format(kind: str) -> None:
    image = seen(picture(kind))
    assert (image.mode, image.size) == ("RGB", (60, 40))
    assert near(image, (10, 20), (255, 0, 0))
    assert near(image, (50, 20), (0, 0, 255))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1"), ("JPEG", "CMYK"), ("TIFF", "YCbCr")]
)
def test_every_mode(kind: str, mode: str) -> None:
    plain = Image.new("RGB", (60, 40), "white")
    image = seen(encoded(plain.convert(mode), kind))
    assert image.mode == "RGB"
    assert near(image, (30, 20), (255, 255, 255))


def test_transparent_is_white() -> None:
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    palette = Image.new("P", (8, 8), 3)
    for data in (
        encoded(clear, "PNG"),
        encoded(clear, "WEBP", lossless=True),
        encoded(palette, "GIF", transparency=3),
        encoded(Image.new("RGB", (8, 8), (1, 2, 3)), "PNG", transparency=(1, 2, 3)),
    ):
        assert near(seen(data), (4, 4), (255, 255, 255))


@pytest.mark.parametrize(
    ("values", "kind", "shades"),
    [
        (np.array([[0, 32768, 65535]], np.uint16), "PNG", (0, 128, 255)),
        (np.array([[0, 32768, 65535]], np.int32), "TIFF", (0, 128, 255)),
        (np.array([[0.0, 0.5, 1.0]], np.float32), "TIFF", (0, 128, 255)),
        (np.array([[-1e30, 0.0, 1e30]], np.float32), "TIFF", (0, 128, 255)),
        (np.array([[0.0, np.nan, np.inf]], np.float32), "TIFF", (0, 0, 0)),
    ],
)
def test_deep_greys_are_scaled(values: np.ndarray[Any, Any], kind: str, shades: tuple[int, ...]) -> None:
    image = seen(encoded(Image.fromarray(values), kind))
    assert [near(image, (place, 0), (shade,) * 3) for place, shade in enumerate(shades)] == [True] * 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright(kind: str, orientation: int) -> None:
    """A picture stored turned or mirrored, with a note of how, is seen as it was meant."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = Image.new("RGB", (64, 32), "blue")
    upright.paste("red", (0, 0, 16, 16))
    away = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(away[orientation]) if orientation in away else upright
    image = seen(encoded(stored, kind, exif=exif))
    assert image.size == (64, 32)
    assert near(image, (4, 4), (255, 0, 0))
    assert all(near(image, place, (0, 0, 255)) for place in ((60, 4), (4, 28), (60, 28)))


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P")])
def test_large_ones_are_made_smaller(kind: str, mode: str) -> None:
    image = seen(picture(kind, mode, (3000, 1800)))
    assert image.size == (WORKING_SIDE, round(WORKING_SIDE * 3 / 5))
    assert near(image, (100, 100), (255, 0, 0))


def test_a_line_keeps_a_pixel() -> None:
    assert seen(picture(size=(10_000, 1))).size == (WORKING_SIDE, 1)


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime")]
    for kind in ("GIF", "WEBP", "PNG"):
        assert near(seen(encoded(frames[0], kind, save_all=True, append_images=frames[1:])), (5, 5), (255, 0, 0))


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("cat.png", b"", "cat.png is empty"),
        ("cat.png", b"<!DOCTYPE html><html></html>", "cat.png is a web page, not a picture. Save it as PNG"),
        ("cat.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing, which I can't open. Save it as PNG"),
        ("cat.heic", b"\0\0\0\x18ftypheic" + bytes(40), "a HEIC photo, which I can't open. Save it as PNG or JPEG"),
        ("cat.png", sound("wav", "pcm_s16le", 8000), "is a recording, not a picture"),
        ("cat.png", b"%PDF-1.7", "is a PDF, not a picture"),
        ("cat.png", b"\x89PNG\r\n\x1a\n", "is damaged or incomplete"),
        ("cat.png", b"file:///etc/passwd", "is a text file, not a picture"),
        ("cat.png", b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a picture"),
        ("cat.png", bytes(range(256)), "is no picture that I can open"),
        ("c" * 200, b"\0\1\2", "^c{59}… is no picture"),
    ],
)
def test_what_is_no_picture_is_a_sentence(name: str, data: bytes, sentence: str) -> None:
    for door in (check_image, read_image):
        with pytest.raises(Refusal, match=sentence):
            door(File(name, data), LIMITS)


def test_limits() -> None:
    file = File("cat.png", picture(size=(100, 50)))
    with pytest.raises(Refusal, match=r"cat.png has 100 × 50 pixels; I take up to 0.0049 million"):
        check_image(file, Limits(pixels=4900))
    with pytest.raises(Refusal, match="MB; I take up to 1e-05"):
        check_image(file, Limits(bytes=10))
    check_image(file, Limits(pixels=5000, bytes=len(file.data)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_half_a_picture(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8))
    data = encoded(noise, kind)
    with pytest.raises(Refusal, match="is damaged or incomplete"):
        seen(data[: len(data) // 2])


WHOLE = [picture(kind, mode) for kind, mode in [*((kind, "RGB") for kind in FORMATS), ("PNG", "P"), ("TIFF", "F")]]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | mangled(*WHOLE))
def test_any_bytes(data: bytes) -> None:
    try:
        image = seen(data)
    except Refusal:
        pass
    else:
        assert image.mode == "RGB"
        assert 1 <= min(image.size) <= max(image.size) <= WORKING_SIDE
