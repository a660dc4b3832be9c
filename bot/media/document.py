"""Documents of members, which are pictures or PDFs -> pages."""

import subprocess
import sys
import threading
from collections.abc import Iterator

from PIL import Image

from bot.errors import Refusal
from bot.media import pdf
from bot.media.files import Wanted, another, broken, called, check_size, is_pdf, what_is
from bot.media.image import WORKING_SIDE, check_image, read_image
from bot.media.limits import Limits
from bot.request import File

PAGES = pdf.PAGES
"""How many pages of a PDF are looked at."""

_SECONDS = 20.0
"""That a PDF may take."""

_one_pdf = threading.Lock()
"""Because each may take all the memory that it is allowed."""


def check_document(file: File, limits: Limits) -> None:
    """A look at the first bytes. Refusal where `file` is neither a PDF nor a picture that `check_image` accepts."""
    check_size(file, limits)
    if is_pdf(file.data):
        return
    what = what_is(file.data)
    if what is None or what.serves is not Wanted.PICTURE:
        raise another(file, Wanted.DOCUMENT)
    check_image(file, limits)


def read_document(file: File, limits: Limits) -> list[Image.Image]:
    """The pages of `file`, at most PAGES of them, as pictures like those of `read_image`. A picture is one page.

    Refusal as `check_document`, and where a PDF has a password or no pages, is broken, or takes too much to draw.
    """
    check_document(file, limits)
    if not is_pdf(file.data):
        return [read_image(file, limits)]
    try:
        with _one_pdf:
            # Without the environment and the folder that this process was started in: it needs neither.
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", pdf.__file__, str(WORKING_SIDE)],
                input=file.data,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise Refusal(f"{called(file)} takes me too long to draw. Attach a picture of the page instead.") from error
    if done.returncode == pdf.ENCRYPTED:
        raise Refusal(f"{called(file)} has a password. Save it without one, and try again.")
    if done.returncode == pdf.BROKEN:
        raise broken(file)
    # Whatever else ended it, the pages before are drawn.
    pages = list(_pages(done.stdout))
    if not pages:
        raise Refusal(f"There is no page in {called(file)} that I can draw. Attach a picture of it instead.")
    return pages


def _pages(drawn: bytes) -> Iterator[Image.Image]:
    place = 0
    while place + pdf.SIZE.size <= len(drawn):
        width, height = pdf.SIZE.unpack_from(drawn, place)
        place += pdf.SIZE.size
        end = place + 3 * width * height
        if end > len(drawn):
            return
        yield Image.frombytes("RGB", (width, height), memoryview(drawn)[place:end])
        place = end
