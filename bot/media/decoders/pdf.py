"""PDFs -> pages."""

from collections.abc import Iterator

import pypdfium2

from bot.errors import Refusal
from bot.media.decoders.raster import pack
from bot.media.files import broken, called
from bot.request import File

_DPI = 180

_PASSWORD_NEEDED = 4
"""An error of PDFium."""


def read(file: File, most: int, side: int) -> Iterator[bytes]:
    """The first `most` pages, no side longer than `side` pixels, each packed as by `raster.pack`.

    Refusal where there is a password, or no page, and where `file` is broken.
    """
    try:
        pdf = pypdfium2.PdfDocument(file.data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD_NEEDED:
            raise Refusal(f"{called(file)} has a password. Save it without one, and try again.") from error
        raise broken(file) from error
    if not len(pdf):
        raise Refusal(f"There are no pages in {called(file)}. Attach another document.")
    try:
        for number in range(min(len(pdf), most)):
            page = pdf[number]
            scale = min(_DPI / 72, side / max(*page.get_size(), 1.0))
            yield pack(page.render(scale=scale, rev_byteorder=True, maybe_alpha=False).to_numpy()[:, :, :3])
            page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise broken(file) from error
