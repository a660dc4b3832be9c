"""Text files, in whatever encoding they come."""

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
    text = _decode(file.data)
    if text is None:
        raise no_text
    # A text has no control characters but tabs and line breaks; pictures and archives are full of them.
    if any(ord(sign) < 32 and sign not in "\t\n\r\f" for sign in text[:_SAMPLE]):
        raise no_text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise Refusal(f"There is no text in {file.name}.")
    return text


def _decode(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    best = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    if best is None:
        return None
    try:
        return data.decode(best.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
