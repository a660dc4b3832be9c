"""What the answer to a question about a table looks like."""

from collections.abc import Sequence
from typing import Any

from bot.answers import Cells
from bot.replies import tables
from bot.replies.rendered import Asked, Drawn, Rendered
from bot.replies.text import plain

_WORDS = {"SUM": "The sum of", "AVERAGE": "The average of", "COUNT": "How many these are:"}


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
    if answer.rows is not None and answer.rows < rows:
        text += f"\n-# The model read the first {answer.rows} of the table's {rows:,} rows."
    if len(part.rows) < rows or len(part.columns) < columns:
        drawn = f"{len(part.rows)} of the table's {rows:,} rows and {len(part.columns)} of its {columns:,} columns"
        text += f"\n-# Drawn: {drawn}."
    shown = Drawn(asked.name, tables.draw(table, part, found), _described(table, part, found))
    return Rendered(text, *asked.gallery(shown))


def _told(answer: Cells, found: Sequence[str]) -> str:
    """The answer; where it was computed, of what, and where it couldn't be, what to do with the cells."""
    listed = plain(", ".join(found), 400)
    if not answer.answer.strip():
        return ""
    told = f"## {plain(answer.answer, 400)}"
    if answer.aggregator not in _WORDS:
        return told
    words = _WORDS[answer.aggregator]
    return f"{told}\n-# {words} {'these' if answer.answer == ', '.join(found) else listed}"


def _described(table: Any, part: tables.Part, found: Sequence[tuple[int, int]]) -> str:
    each = (f"{table.columns[column]}: {table.iat[row, column]} (row {row + 1})" for row, column in found[:20])
    marked = ", ".join(each)
    about = f"A table with {len(part.rows)} rows and {len(part.columns)} columns"
    return f"{about}. Marked: {marked}" if marked else about
