"""What every decoder asks first: how a file is called, how large it is, and what it is by its first bytes."""

import math
import re
from dataclasses import dataclass
from enum import Enum

from bot.errors import Refusal
from bot.media.limits import Limits
from bot.request import File

_NAME = 60
"""Characters that are shown of a file's name."""

_START = 2048
"""Bytes by which a text is told from other texts."""


class Wanted(Enum):
    """What somebody asked for: in words, and what to bring instead of something else."""

    PICTURE = "picture", "Save it as PNG or JPEG, and try again."
    RECORDING = "recording", "Attach a voice message, or a recording as MP3, WAV or OGG."
    VIDEO = "video", "Attach a video as MP4 or WebM."
    TABLE = "table", "Save it as CSV, and try again."
    DOCUMENT = "document", "Attach a picture of it, or save it as PDF."

    @property
    def noun(self) -> str:
        return self.value[0]

    @property
    def way_out(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class What:
    """What a file is: in words, what it serves as, and whether some decoder here opens it."""

    words: str
    serves: Wanted | None = None
    opens: bool = True


def called(file: File) -> str:
    """The file's name as sentences show it: not made harmless, but short."""
    return file.name if len(file.name) <= _NAME else file.name[: _NAME - 1] + "…"


def clock(seconds: float) -> str:
    """14 minutes as "14:00", three hours as "3:00:00"; of a begun second as of a whole one."""
    minutes, second = divmod(math.ceil(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def check_size(file: File, limits: Limits) -> None:
    """Refusal where `file` is empty or has more bytes than `limits` allow."""
    if not file.data:
        raise Refusal(f"{called(file)} is empty. Attach it again, or take another file.")
    if len(file.data) > limits.bytes:
        size, most = math.ceil(len(file.data) / 1e5) / 10, limits.bytes / 1e6
        raise Refusal(f"{called(file)} has {size:,.1f} MB; I take up to {most:,g}. Make it smaller, and try again.")


def broken(file: File) -> Refusal:
    """What to raise where `file` begins as it should and can't be read on."""
    return Refusal(f"{called(file)} is damaged or incomplete, so I can't read it. Save it once more, and try again.")


def another(file: File, wanted: Wanted) -> Refusal:
    """What to raise where `file` can't be opened as `wanted`."""
    what = what_is(file.data)
    if what is None:
        return Refusal(f"{called(file)} is no {wanted.noun} that I can open. {wanted.way_out}")
    if what.serves is not wanted:
        return Refusal(f"{called(file)} is {what.words}, not a {wanted.noun}. {wanted.way_out}")
    if not what.opens:
        return Refusal(f"{called(file)} is {what.words}, which I can't open. {wanted.way_out}")
    return broken(file)


def what_is(data: bytes) -> What | None:
    """What `data` is by its signature; None where that can't be told."""
    for offset, signature, what in _SIGNATURES:
        if data.startswith(signature, offset):
            return what
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], _VIDEO)
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    return _PDF if is_pdf(data) else _text(data[:_START])


def plays(file: File) -> bool:
    """Whether `file` begins as recordings and videos do. Which of them it is often shows only within."""
    what = what_is(file.data)
    return what is not None and what.opens and (what is _GIF or what.serves in {Wanted.RECORDING, Wanted.VIDEO})


def is_pdf(data: bytes) -> bool:
    """PDFs may have something else before their signature, up to its first kilobyte."""
    return b"%PDF-" in data[:1024]


_GIF = What("a GIF", Wanted.PICTURE)
_PICTURE = What("a picture", Wanted.PICTURE)
_DRAWING = What("an SVG drawing", Wanted.PICTURE, opens=False)
_HEIC = What("a HEIC photo", Wanted.PICTURE, opens=False)
_RECORDING = What("a recording", Wanted.RECORDING)
_VIDEO = What("a video", Wanted.VIDEO)
_PDF = What("a PDF", Wanted.DOCUMENT)
_ARCHIVE = What("an archive")
_PROGRAM = What("a program")

_SIGNATURES = (
    (0, b"\x89PNG\r\n\x1a\n", _PICTURE),
    (0, b"\xff\xd8\xff", _PICTURE),
    (0, b"GIF8", _GIF),
    (0, b"BM", _PICTURE),
    (0, b"II*\0", _PICTURE),
    (0, b"MM\0*", _PICTURE),
    (0, b"8BPS", What("a Photoshop file", Wanted.PICTURE, opens=False)),
    (0, b"\0\0\1\0", What("an icon", Wanted.PICTURE, opens=False)),
    (0, b"\xff\x0a", What("a JPEG XL picture", Wanted.PICTURE, opens=False)),
    (0, b"\0\0\0\x0cJXL ", What("a JPEG XL picture", Wanted.PICTURE, opens=False)),
    (0, b"\0\0\0\x0cjP  ", What("a JPEG 2000 picture", Wanted.PICTURE, opens=False)),
    (8, b"WEBP", _PICTURE),
    (8, b"WAVE", _RECORDING),
    (8, b"AVI ", _VIDEO),
    (0, b"OggS", _RECORDING),
    (0, b"fLaC", _RECORDING),
    (0, b"ID3", _RECORDING),
    (0, b"\xff\xfb", _RECORDING),
    (0, b"\xff\xf3", _RECORDING),
    (0, b"\xff\xf1", _RECORDING),
    (0, b"#!AMR", _RECORDING),
    (0, b"MThd", What("a MIDI file", Wanted.RECORDING, opens=False)),
    (0, b"\x1aE\xdf\xa3", _VIDEO),
    (0, b"FLV", _VIDEO),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", What("an old Office file", Wanted.TABLE, opens=False)),
    (0, b"\x1f\x8b", _ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (0, b"Rar!", _ARCHIVE),
    (0, b"MZ", _PROGRAM),
    (0, b"\x7fELF", _PROGRAM),
)

_BRANDS = {
    b"avif": _PICTURE,
    b"avis": _PICTURE,
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), _HEIC),
    **dict.fromkeys((b"M4A ", b"M4B "), _RECORDING),
}

_IN_ZIPS = (
    (b"word/", What("a Word document", Wanted.DOCUMENT, opens=False)),
    (b"ppt/", What("a presentation", Wanted.DOCUMENT, opens=False)),
    (b"xl/workbook.xml", What("an Excel file", Wanted.TABLE)),
    (b"xl/", What("an Excel file that isn't XLSX", Wanted.TABLE, opens=False)),
    (b"opendocument.spreadsheet", What("an OpenDocument table", Wanted.TABLE, opens=False)),
    (b"opendocument", What("an OpenDocument file", Wanted.DOCUMENT, opens=False)),
)


def _zipped(data: bytes) -> What:
    """What a ZIP archive is by the names in it: the first stand at its beginning, all of them at its end."""
    names = data[:4096] + data[-65_536:]
    return next((what for name, what in _IN_ZIPS if name in names), _ARCHIVE)


def _text(start: bytes) -> What | None:
    if re.search(rb"[\x00-\x08\x0e-\x1f]", start):
        return None
    words = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in words:
        return _DRAWING
    if words.startswith((b"<!doctype html", b"<html")) or b"<html" in words:
        return What("a web page")
    if words.startswith((b"#extm3u", b"ffconcat", b"[playlist]", b"v=0\n", b"v=0\r")):
        return What("a list of other files")
    try:
        # The start may end within a letter, which has four bytes at most.
        start[:-4].decode()
    except UnicodeDecodeError:
        return None
    return What("a text file")
