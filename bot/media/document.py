"""Documents of members, which are pictures or PDFs -> pages."""

from PIL import Image

from bot.media.apart import apart
from bot.media.decoders.raster import unpack
from bot.media.files import Wanted, another, check_size, is_pdf, what_is
from bot.media.image import WORKING_SIDE, check_image, read_image
from bot.media.limits import Limits
from bot.request import File

PAGES = 10
"""How many pages of a PDF are looked at, from the first."""


def check_document(file: File, limits: Limits) -> None:
    """A look at the first bytes. Refusal where `file` is neither a PDF nor a picture that `check_image` accepts."""
    check_size(file, limits)
    if is_pdf(file.data):
        return
    what = what_is(file.data)
    if what is not None and what.serves is not Wanted.PICTURE:
        raise another(file, Wanted.DOCUMENT)
    check_image(file, limits)


def read_document(file: File, limits: Limits) -> list[Image.Image]:
    """The pages of `file`, at most PAGES of them, as pictures like those of `read_image`. A picture is one page.

    Refusal as `check_document`, and where a PDF has a password or no pages, is broken, or takes too much to draw.
    """
    check_document(file, limits)
    if not is_pdf(file.data):
        return [read_image(file, limits)]
    return [Image.fromarray(unpack(page)) for page in apart("pdf", "read", file, PAGES, WORKING_SIDE)]
