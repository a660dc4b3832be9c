"""Long texts in pieces that Discord takes, with code fences kept whole."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """What a piece may have: Discord counts characters in one place and UTF-8 bytes in another."""

    characters: int
    bytes: int

    def holds(self, text: str) -> bool:
        return len(text) <= self.characters and len(text.encode()) <= self.bytes


def split(text: str, size: Size) -> list[str]:
    """`text` in pieces of at most `size`, cut between lines where that does, else between words.

    A code block that is cut is closed at the end of its piece and opened again in the next.
    """
    pieces: list[str] = []
    piece, fence = "", ""
    for line in _lines(text, size):
        closing = "\n```" if fence else ""
        if piece and not size.holds(piece + line + closing):
            pieces.append(piece.rstrip("\n") + closing)
            piece = fence + "\n" if fence else ""
        piece += line
        if opened := re.match(r"\s*(```[\w+-]*)", line):
            fence = "" if fence else opened[1]
    return [*pieces, piece.rstrip("\n")] if piece.strip() else pieces


def _lines(text: str, size: Size) -> list[str]:
    """The lines of `text`; one that could not stand in a piece with its fences comes in several."""
    room = Size(size.characters - 40, size.bytes - 40)
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        rest = line
        while not room.holds(rest):
            cut = room.characters
            while not room.holds(rest[:cut]):
                cut = cut * 3 // 4
            space = rest.rfind(" ", cut // 2, cut)
            cut = space + 1 if space > 0 else cut
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return lines
