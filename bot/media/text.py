"""Text files, in whatever encoding they come."""

import codecs

import charset_normalizer

from bot.errors import Refusal
from bot.request import File

_SAMPLE = 64_000
"""Bytes from which an encoding is told; looking at all of a large file would take seconds."""


def read_text(file: File) -> str:
    """The text of `file`. Refusal where it holds none."""
    no_text = Refusal(f"{file.name} is no text file that I can read. Save it as plain text (UTF-8), and try again.")
    if not file.data:
        raise Refusal(f"{file.name} is empty.")
    encoding = encoding_of(file.data)
    if encoding is None:
        raise no_text
    text = file.data.decode(encoding).removeprefix("\ufeff")
    # A text has no control characters but tabs and line breaks; pictures and archives are full of them.
    if any(ord(sign) < 32 and sign not in "\t\n\r\f" for sign in text[:_SAMPLE]):
        raise no_text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise Refusal(f"There is no text in {file.name}.")
    return text


def encoding_of(data: bytes) -> str | None:
    """The encoding in which `data` is text, by Python's name; None where it isn't. Takes up to a tenth of a second."""
    if _decodes(data, "utf-8"):
        return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    best = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    return best.encoding if best is not None and _decodes(data, best.encoding) else None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
