"""Tables: every cell as people wrote it, and no more of them than a model reads."""

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.media.limits import Limits
from bot.media.table import CELL, COLUMNS, ROWS, check_table, read_table
from bot.request import File
from tests.media.making import picture, workbook
from tests.media.mangling import mangled

LIMITS = Limits()


def table(data: bytes | str, name: str = "sales.csv") -> dict[str, list[str]]:
    frame = read_table(File(name, data.encode() if isinstance(data, str) else data), LIMITS)
    return {str(column): cells for column, cells in frame.to_dict("list").items()}


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_every_separator(sign: str) -> None:
    text = 'city,people\n"Łódź",658444\nRome,"2,75"\n'.replace(",", sign)
    assert table(text) == {"city": ["Łódź", "Rome"], "people": ["658444", f"2{sign}75".replace("\t", " ")]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding(encoding: str) -> None:
    text = "miasto;ludność\nŁódź;658444\nKraków;803282\nGdańsk;486022\nPoznań;541316\n"
    assert table(text.encode(encoding))["miasto"] == ["Łódź", "Kraków", "Gdańsk", "Poznań"]


def test_names_are_made_up_where_they_are_missing_or_the_same() -> None:
    assert list(table("a,,a,a,a 2\n1,2,3,4,5\n")) == ["a", "Column 2", "a 2", "a 3", "a 2 2"]


def test_short_rows_are_padded_and_empty_ones_left_out() -> None:
    assert table("a,b,c\n1\n\n,,\n4,5,6,,\n") == {"a": ["1", "4"], "b": ["", "5"], "c": ["", "6"]}


def test_a_cell_is_on_one_line_and_not_too_long() -> None:
    assert table(f'a,b\n"one\ntwo",{"x" * 500}\n') == {"a": ["one two"], "b": ["x" * CELL]}


def test_formulas_are_plain_text() -> None:
    formulas = ["=1+1", "@SUM(A1)", "+1", "-1", '=HYPERLINK("http://x.example")', "=cmd|' /C calc'!A0"]
    cells = [formula.replace('"', '""') for formula in formulas]
    assert table("f\n" + "\n".join(f'"{cell}"' for cell in cells))["f"] == formulas


def test_excel() -> None:
    data = workbook(
        [
            ["name", "whole", "half", "when", "yes", None],
            ["a", 3, 2.5, date(2024, 2, 29), True, None],
            ["b", 4.0, None, datetime.fromisoformat("2024-02-29 12:30"), False, None],
            [None] * 6,
            ["c", -5, "=1+1", None, None, None],
        ]
    )
    assert table(data, "x.xlsx") == {
        "name": ["a", "b", "c"],
        "whole": ["3", "4", "-5"],
        "half": ["2.5", "", ""],
        "when": ["2024-02-29", "2024-02-29 12:30:00", ""],
        "yes": ["True", "False", ""],
    }


@pytest.mark.parametrize(
    "value", [[{"a": 1, "b": "x"}, {"a": 2.0}, {"b": None}], {"a": [1, 2.0, None], "b": ["x", None, None]}]
)
def test_json(value: Any) -> None:
    assert table(json.dumps(value), "x.json") == {"a": ["1", "2", ""], "b": ["x", "", ""]}


def test_all_cells_are_str_objects() -> None:
    """As the tables of transformers' own examples; it puts objects of its own into them."""
    frame = read_table(File("x.csv", b"a,b\n1,2\n"), LIMITS)
    assert [str(kind) for kind in frame.dtypes] == ["object", "object"]
    assert all(type(cell) is str for cell in frame.to_numpy().ravel())


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("x.csv", "", "x.csv is empty"),
        ("x.csv", "a,b\n", "x.csv has no rows below the names of its columns"),
        ("x.csv", "a,b\n1,2\n3,4,5\n", r"Line 3 of x.csv has 3 cells, but there are 2 columns\. Make them as many"),
        ("x.csv", "a\n" + "1\n" * (ROWS + 1), "x.csv has 1,001 rows; I take up to 1,000"),
        ("x.csv", ",".join("abc" * 100) + "\n1\n", "x.csv has 300 columns; I take up to 64"),
        ("x.csv", "a\n" + "," * 10_000, "Line 2 of x.csv has too many cells"),
        ("x.csv", 'a,b\n"' + "x" * 140_000, "I can't read line 2 of x.csv"),
        ("x.csv", picture(), "x.csv is a picture, not a table. Save it as CSV"),
        ("x.csv", "<html><table></table></html>", "x.csv is a web page, not a table. Save it as CSV"),
        (
            "x.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "an old Office file, which I can't open. Save it as CSV",
        ),
        ("x.json", '{"a": {"b": 1}}', "x.json is no table: in JSON that is a list of objects"),
        ("x.json", '[{"a": [1]}]', "x.json is no table"),
        ("x.json", "[1, 2]", "x.json is no table"),
        ("x.json", "[{", r"x.json is no JSON that I can read\. Save it as CSV"),
        ("x.json", "[" * 100_000, "x.json is no JSON that I can read"),
        ("x.json", json.dumps([{"a": 1}] * (ROWS + 1)), "x.json has 1,001 rows"),
        ("x.json", json.dumps({str(n): [1] for n in range(COLUMNS + 1)}), "x.json has 65 columns"),
        ("x.json", json.dumps([{str(n): 1} for n in range(COLUMNS + 1)]), "x.json has 65 columns"),
        ("x.xlsx", workbook([["a"], *[[1]] * (ROWS + 5)]), "x.xlsx has 1,005 rows"),
        ("x.xlsx", workbook([["a"] * 70, [1]]), "x.xlsx has more columns than the 64 that I take"),
        ("x.xlsx", workbook([["a"]]), "x.xlsx has no rows"),
        ("x.xlsx", workbook([["a"], [1]])[:-30], "x.xlsx is damaged or incomplete"),
    ],
)
def test_what_is_no_table_is_a_sentence(name: str, data: bytes | str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        table(data, name)


def test_a_document_of_another_office() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(Refusal, match=r"x.ods is an OpenDocument table, which I can't open\. Save it as CSV"):
        check_table(File("x.ods", file.getvalue()), LIMITS)


WHOLE = [
    workbook([["a", "b"], [1, "x"], [2.5, None]]),
    b'a;b\n1;"2\n3"\n\n4;5\n',
    json.dumps([{"a": 1, "b": None}, {"a": 2.5}]).encode(),
]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='ab,;"\n\t1{}[]: ').map(str.encode) | mangled(*WHOLE))
@pytest.mark.parametrize("name", ["x.csv", "x.json"])
def test_any_bytes(name: str, data: bytes) -> None:
    try:
        frame = read_table(File(name, data), LIMITS)
    except Refusal:
        return
    assert isinstance(frame, pd.DataFrame)
    assert frame.columns.is_unique
    assert 1 <= frame.shape[0] <= ROWS
    assert 1 <= frame.shape[1] <= COLUMNS
    assert all(type(cell) is str and len(cell) <= CELL for cell in [*frame.columns, *frame.to_numpy().ravel()])
