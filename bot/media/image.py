"""Pictures of members -> PIL images, RGB, of a size to work with."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError, _imaging

from bot.errors import Refusal
from bot.media.apart import large
from bot.media.files import Wanted, another, broken, called, check_size
from bot.media.limits import Limits
from bot.request import File

WORKING_SIDE = 2048
"""Pixels that a picture's longer side has at most once it is read."""

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "PPM")
"""What Pillow may try. Each tells its true size before anything is decoded, which ICO, for one, doesn't; none runs a
program, as EPS does."""

_LARGE = 12_000_000
"""Pixels from which on a picture waits for its turn: one of 50 million takes up to 600 MB while it is decoded."""

# Our own limit stands in its place. What else Pillow remarks about members' files is nothing for the host's terminal.
Image.MAX_IMAGE_PIXELS = None
warnings.filterwarnings("ignore", module=r"PIL\.")

# Pieces of pictures so large that the system takes them back at once. Of smaller ones, which are Pillow's default, each
# thread of a pool would keep up to 300 MB for later.
_imaging.set_block_size(64 << 20)

_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, struct.error)
"""What Pillow's readers raise over files that aren't what their beginnings say."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to turn a picture upright, by its EXIF orientation."""


def check_image(file: File, limits: Limits) -> None:
    """A look at the header. Refusal where `file` is no picture, or has more bytes or pixels than `limits` allow."""
    with _opened(file, limits):
        pass


def read_image(file: File, limits: Limits) -> Image.Image:
    """The picture in `file`, or its first frame: RGB, upright, on white where it is transparent, its sides no longer
    than WORKING_SIDE pixels. Refusal as `check_image`, and where it can't be decoded to the end."""
    with _opened(file, limits) as image, large if image.width * image.height > _LARGE else nullcontext():
        try:
            image.draft(None, _working_size(image))
            image.load()
            # Only now: some formats are turned upright by being loaded.
            turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
            seen = _on_white(_shrunk(_continuous(image)))
        except _BROKEN as error:
            raise broken(file) from error
        finally:
            # Before the next large one may begin.
            image.close()
    return seen if turn is None else seen.transpose(turn)


@contextmanager
def _opened(file: File, limits: Limits) -> Iterator[Image.Image]:
    check_size(file, limits)
    try:
        image = Image.open(io.BytesIO(file.data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise another(file, Wanted.PICTURE) from error
    except _BROKEN as error:
        raise broken(file) from error
    with image:
        pixels = image.width * image.height
        if not pixels:
            raise broken(file)
        if pixels > limits.pixels:
            raise Refusal(
                f"{called(file)} has {image.width:,} × {image.height:,} pixels; I take up to "
                f"{limits.pixels / 1e6:,.3g} million. Make it smaller, and try again."
            )
        yield image


def _working_size(image: Image.Image) -> tuple[int, int]:
    scale = min(1.0, WORKING_SIDE / max(image.size))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _shrunk(image: Image.Image) -> Image.Image:
    size = _working_size(image)
    # The gap first averages blocks of pixels, which takes a fraction of the time, and no more memory.
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _continuous(image: Image.Image) -> Image.Image:
    """`image` in a mode whose pixels can be averaged, in as few bytes a pixel as possible."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in {"I", "F"}:
        return _levels(_shrunk(image))
    if "transparency" in image.info or image.mode in {"PA", "La", "RGBa"}:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGB") if image.mode == "P" else image


def _levels(image: Image.Image) -> Image.Image:
    """Greys of any numbers as greys of 8 bits: the least of the usual whites that none is brighter than becomes 255."""
    values = np.nan_to_num(np.asarray(image), posinf=0.0, neginf=0.0).astype(np.float64)
    values -= min(0.0, float(values.min()))
    brightest = float(values.max())
    whites = (65_535.0,) if image.mode == "I" else (1.0, 255.0, 65_535.0)
    white = next((white for white in whites if brightest <= white), brightest)
    return Image.fromarray((values * (255 / white)).round().astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in {"RGBA", "LA"}:
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
