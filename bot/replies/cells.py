"""What the answer to a question about a table looks like."""

import re
from collections.abc import Sequence
from math import fsum
from typing import Any

from bot.answers import Cells
from bot.replies import tables
from bot.replies.rendered import Asked, Drawn, Rendered
from bot.replies.text import plain

_WORDS = {"SUM": "The sum of", "AVERAGE": "The average of", "COUNT": "The number of these:"}
_NUMBER = re.compile(r"[$€£]?\s?(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s?[%$€£]?")


def cells(asked: Asked, answer: Cells) -> Rendered:
    """The answer, how it comes from the cells, and the table with them marked."""
    table = next(asked.tables())
    rows, columns = table.shape
    found = [(row, column) for row, column in answer.cells if 0 <= row < rows and 0 <= column < columns]
    text = _told(answer, [str(table.iat[row, column]) for row, column in found])
    if not text:
        text = asked.nothing
    if not rows or not columns:
        return Rendered(text)
    part = tables.Part.around(found, rows, columns)
    if len(part.rows) < rows or len(part.columns) < columns:
        drawn = f"{len(part.rows)} of the table's {rows:,} rows and {len(part.columns)} of its {columns:,} columns"
        text += f"\n-# Drawn: {drawn}."
    shown = Drawn(asked.name, tables.draw(table, part, found), _described(table, part, found))
    return Rendered(text, *asked.gallery(shown))


def _told(answer: Cells, found: Sequence[str]) -> str:
    """The number that was asked for, where the cells are plain numbers; else the cells, and what to do with them."""
    named = (answer.aggregator or "").upper()
    written = answer.answer.removeprefix(f"{answer.aggregator} > ")
    listed = plain(", ".join(found) or written, 400)
    if not listed:
        return ""
    if named not in _WORDS:
        return f"## {plain(written, 400) or listed}"
    result = _computed(named, found)
    if result is None:
        return f"## {listed}\n-# {_WORDS[named].removesuffix(':').removesuffix(' these')} these"
    return f"## {result}\n-# {_WORDS[named]} {listed}"


def _computed(named: str, found: Sequence[str]) -> str | None:
    if not found:
        return None
    if named == "COUNT":
        return str(len(found))
    read = [_NUMBER.fullmatch(text.strip()) for text in found]
    written = [number[1].replace(",", "") for number in read if number]
    if len(written) < len(read):
        return None
    total = fsum(map(float, written))
    if named == "AVERAGE":
        return f"{total / len(written):,.10g}"
    return f"{total:,.{max(len(number.partition('.')[2]) for number in written)}f}"


def _described(table: Any, part: tables.Part, found: Sequence[tuple[int, int]]) -> str:
    each = (f"{table.columns[column]}: {table.iat[row, column]} (row {row + 1})" for row, column in found[:20])
    marked = ", ".join(each)
    about = f"A table with {len(part.rows)} rows and {len(part.columns)} columns"
    return f"{about}. Marked: {marked}" if marked else about
