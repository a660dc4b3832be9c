"""Tables of members -> data frames of texts."""

import csv
import io
import json
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time
from typing import Any, NoReturn
from xml.etree.ElementTree import ParseError

import pandas as pd

from bot.errors import Refusal
from bot.media.files import Wanted, another, broken, called, check_size, what_is
from bot.media.limits import Limits
from bot.media.text import read_text
from bot.request import File

COLUMNS = 64
ROWS = 1000
CELL = 200
"""Characters that are kept of a cell."""

_UNPACKED = 32_000_000
"""Bytes that an Excel file may have unpacked. openpyxl takes some ten times as much."""

_PARTS = 1000
"""Files that an Excel file may consist of."""

_EXCEL_ROWS = 1_048_576
"""Rows are counted up to here; a file may claim any number of them."""

_JSON = 8_000_000
"""Bytes of JSON: its smallest values take twenty times as much once they are read."""

_LESS = "Leave some out, and try again."

_DELIMITERS = ",;\t|"

# What openpyxl remarks about members' files is nothing for the host's terminal.
warnings.filterwarnings("ignore", module=r"openpyxl\.")

_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, struct.error,
    EOFError, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError,
)  # fmt: skip
"""What openpyxl raises over files that aren't what their beginnings say. A ValueError is also what defusedxml says of
entities, and a RuntimeError what zipfile says of a password."""

Row = list[str]


def check_table(file: File, limits: Limits) -> None:
    """A look at the first bytes. Refusal where `file` is another thing than a table, or larger than `limits` allow."""
    check_size(file, limits)
    what = what_is(file.data)
    if what is not None and what.words != "a text file" and not (what.serves is Wanted.TABLE and what.opens):
        raise another(file, Wanted.TABLE)


def read_table(file: File, limits: Limits) -> pd.DataFrame:
    """The table in `file`: cells of dtype object, all of them texts of at most CELL characters, nothing computed.

    It may be CSV (with commas, semicolons, tabs or bars), XLSX (its first sheet) or JSON (a list of objects, or an
    object of lists). The first row names the columns; where names are missing or the same, they are made up.

    Refusal as `check_table`, and where there are more than COLUMNS columns or ROWS rows, or no rows at all.
    """
    check_table(file, limits)
    if file.data.startswith(b"PK"):
        header, rows = _from_rows(file, _excel(file))
    else:
        text = read_text(replace(file, name=called(file)))
        if file.name.lower().endswith(".json") or text.lstrip().startswith(("[{", "{")):
            header, rows = _json(file, text)
        else:
            header, rows = _from_rows(file, _csv(file, text))
    if not rows:
        raise Refusal(f"{called(file)} has no rows below the names of its columns. Attach a table with some.")
    return pd.DataFrame(rows, columns=_names(header), dtype=object)


def _from_rows(file: File, numbered: Iterable[tuple[int, Row]]) -> tuple[Row, list[Row]]:
    """The first row, and the others at its length. Each comes with the number of its line."""
    header: Row | None = None
    rows: list[Row] = []
    count = 0
    for number, row in numbered:
        if not any(row):
            continue
        if header is None:
            header = row
            _check_columns(file, len(header))
        elif any(row[len(header) :]):
            raise Refusal(
                f"Line {number} of {called(file)} has {len(row)} cells, but there are {len(header)} columns. "
                "Make them as many, and try again."
            )
        else:
            count += 1
            if count <= ROWS:
                rows.append((row + [""] * len(header))[: len(header)])
    _check_rows(file, count)
    return header or [], rows


def _check_columns(file: File, count: int) -> None:
    if count > COLUMNS:
        raise Refusal(f"{called(file)} has {count:,} columns; I take up to {COLUMNS}. {_LESS}")


def _check_rows(file: File, count: int) -> None:
    if count > ROWS:
        raise Refusal(f"{called(file)} has {count:,} rows; I take up to {ROWS:,}. {_LESS}")


def _names(header: Row) -> Row:
    """`header` with a name for every column, and none twice."""
    names: Row = []
    for number, name in enumerate(header, start=1):
        wanted = name or f"Column {number}"
        tries = (wanted, *(f"{wanted} {again}" for again in range(2, len(header) + 2)))
        names.append(next(one for one in tries if one not in names))
    return names


def _cell(value: object) -> str:
    """A value as people write it, on one line."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    shown = value.isoformat(" ") if isinstance(value, datetime) else str(value)
    # No more is looked at than can be shown.
    return " ".join(shown[: 2 * CELL].split())[:CELL]


def _csv(file: File, text: str) -> Iterator[tuple[int, Row]]:
    lines = text.split("\n")
    first = next(line for line in lines if line.strip())
    delimiter = max(_DELIMITERS, key=_outside_quotes(first).count)
    # A line that would become a million cells is refused before it does.
    _check_columns(file, _outside_quotes(first).count(delimiter) + 1)
    for number, line in enumerate(lines, start=1):
        if line.count(delimiter) > 100 * COLUMNS:
            raise Refusal(f"Line {number} of {called(file)} has too many cells. {Wanted.TABLE.way_out}")
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            yield reader.line_num, [_cell(cell) for cell in row]
    except csv.Error as error:
        raise Refusal(
            f"I can't read line {reader.line_num} of {called(file)}: a cell has no end. {Wanted.TABLE.way_out}"
        ) from error


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _excel(file: File) -> Iterator[tuple[int, Row]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            parts = archive.infolist()
        if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
            raise Refusal(f"{called(file)} would be too large once it is unpacked. {Wanted.TABLE.way_out}")
        book = openpyxl.load_workbook(io.BytesIO(file.data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What a file says about its size may be wrong.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=_EXCEL_ROWS, max_col=COLUMNS + 1, values_only=True)
        for number, row in enumerate(rows, start=1):
            if row.count(None) == len(row):
                continue
            cells = [_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > COLUMNS:
                raise Refusal(f"{called(file)} has more columns than the {COLUMNS} that I take. {_LESS}")
            yield number, cells
    except _BROKEN as error:
        raise broken(file) from error


def _json(file: File, text: str) -> tuple[Row, list[Row]]:
    if len(text) > _JSON:
        raise Refusal(f"{called(file)} is too large for a table in JSON. {Wanted.TABLE.way_out}")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal(f"{called(file)} is no JSON that I can read. {Wanted.TABLE.way_out}") from error
    records = list(_records(file, value))
    header = list(dict.fromkeys(name for record in records for name in record))
    _check_columns(file, len(header))
    return [_cell(name) for name in header], [[_cell(record.get(name)) for name in header] for record in records]


def _records(file: File, value: Any) -> Iterator[dict[str, Any]]:
    """The rows of a list of objects, or of an object of lists."""
    if isinstance(value, dict) and value and all(isinstance(column, list) for column in value.values()):
        _check_columns(file, len(value))
        height = max(map(len, value.values()))
        _check_rows(file, height)
        padded = {name: column + [None] * (height - len(column)) for name, column in value.items()}
        value = [{name: column[row] for name, column in padded.items()} for row in range(height)]
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        _no_table(file)
    _check_rows(file, len(value))
    for record in value:
        _check_columns(file, len(record))
        if any(isinstance(cell, dict | list) for cell in record.values()):
            _no_table(file)
        yield record


def _no_table(file: File) -> NoReturn:
    raise Refusal(
        f"{called(file)} is no table: in JSON that is a list of objects, or an object of lists, and nothing deeper. "
        f"{Wanted.TABLE.way_out}"
    )
