"""Draws the pages of a PDF. Run as a program of its own, because how much memory PDFium takes can't be bounded otherwise.

The PDF comes in on standard input. Each page goes out as two numbers of four bytes, its width and height, and its pixels:
three bytes each, red, green, blue.
"""

import struct
import sys

PAGES = 10
"""How many are drawn, from the first."""

ENCRYPTED, BROKEN = 3, 4
"""Exit statuses."""

SIZE = struct.Struct(">II")

_DPI = 180

_MEMORY = 700_000_000
"""Bytes of address space; the interpreter and the libraries take some 100 million of them."""

_PASSWORD_NEEDED = 4
"""An error of PDFium."""


def draw(data: bytes, side: int) -> int:
    """Write the pages of `data`, no side longer than `side` pixels. The exit status."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return ENCRYPTED if error.err_code == _PASSWORD_NEEDED else BROKEN
    for number in range(min(len(pdf), PAGES)):
        page = pdf[number]
        longest = max(*page.get_size(), 1.0)
        image = page.render(scale=min(_DPI / 72, side / longest), maybe_alpha=False).to_pil().convert("RGB")
        sys.stdout.buffer.write(SIZE.pack(*image.size) + image.tobytes())
        page.close()
    return 0


def main() -> int:
    data = sys.stdin.buffer.read()
    try:
        import resource
    except ImportError:
        # Windows has no such limits.
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        # It has no file to write.
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    return draw(data, int(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
