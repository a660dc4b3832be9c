import pytest

from bot.answers import Cells
from bot.request import File
from bot.tasks import ASK_TABLE
from tests.replies.sending import alt, opened, sent

SHOP = File(
    "shop.csv",
    b"item,price,stock\nDesk lamp,34.90,12\nFloor lamp,79.00,4\nBookshelf,129.50,3\nOffice chair,189.00,7\n"
    b"Notebook,3.80,240\nPencil set,8.95,65\n",
)


def table(rows: int, columns: int) -> File:
    lines = [",".join(f"c{column}" for column in range(columns))]
    lines += [",".join(f"{row}/{column}" for column in range(columns)) for row in range(rows)]
    return File("large.csv", "\n".join(lines).encode())


def test_a_cell_is_the_answer_and_is_marked() -> None:
    rendered = sent(ASK_TABLE, Cells("189.00", ((3, 1),)), file=SHOP, question="What does the chair cost?")
    assert rendered.text == "## 189.00"
    assert alt(rendered) == "A table with 6 rows and 3 columns. Marked: price: 189.00 (row 4)"
    picture = opened(rendered.files[0]).convert("RGB")
    marked = [y for y in range(picture.height) if (0x58, 0x65, 0xF2) in {picture.getpixel((x, y)) for x in range(300)}]
    assert 4 * 44 < min(marked) < max(marked) < 5 * 44, "in the line of that row alone"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Cells("113.90", ((0, 1), (1, 1)), "SUM"), "## 113.90\n-# The sum of 34.90, 79.00"),
        (Cells("8", ((0, 2), (1, 2)), "AVERAGE"), "## 8\n-# The average of 12, 4"),
        (Cells("2", ((0, 0), (4, 0)), "COUNT"), "## 2\n-# How many these are: Desk lamp, Notebook"),
        (Cells("Desk lamp, 12", ((0, 0), (0, 2)), "SUM"), "## Desk lamp, 12\n-# The sum of these"),
        (Cells("12", ((0, 2),), rows=3), "## 12\n-# The model read the first 3 of the table's 6 rows."),
        (Cells("", ()), f"*{ASK_TABLE.nothing}*"),
        (Cells("1", ((99, 99), (-1, 0))), "## 1"),
    ],
)
def test_the_answer_says_what_it_was_computed_of(answer: Cells, text: str) -> None:
    assert sent(ASK_TABLE, answer, file=SHOP, question="?").text == text


def test_more_cells_than_are_drawn() -> None:
    cells = tuple((row, 0) for row in range(0, 1000, 2))
    rendered = sent(ASK_TABLE, Cells("500", cells, "COUNT"), file=table(1000, 2), question="?")
    assert rendered.text.startswith("## 500\n-# How many these are: 0/0, 2/0, ")
