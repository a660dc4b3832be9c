import pytest

from bot.answers import Box, Boxes, Cells
from bot.tasks import ASK_DOCUMENT, ASK_TABLE
from bot.tasks.document import computed


@pytest.mark.parametrize(
    ("aggregator", "cells", "result"),
    [
        ("SUM", ["34.90", "79"], "113.90"),
        ("SUM", ["$1,200", "€ 3"], "1203"),
        ("AVERAGE", ["12", "5"], "8.5"),
        ("COUNT", ["kettle", "lamp"], "2"),
        ("SUM", ["kettle", "12"], None),
        ("SUM", ["10", "-4"], "6"),
        ("SUM", ["1,2,3"], None),
        ("SUM", ["3,5"], None),
        ("SUM", ["about 5"], None),
        ("AVERAGE", ["1e5000"], None),
    ],
)
def test_what_is_done_with_cells(aggregator: str, cells: list[str], result: str | None) -> None:
    assert computed(aggregator, cells) == result


def test_the_answer_of_a_table() -> None:
    raw = {"answer": "SUM > 2, 3", "coordinates": [(0, 1), (1, 1)], "cells": ["2", "3"], "aggregator": "SUM", "rows": 2}
    assert ASK_TABLE.read(raw, {}) == Cells("5", ((0, 1), (1, 1)), "SUM", 2)
    assert ASK_TABLE.read(raw | {"aggregator": "NONE"}, {}) == Cells("2, 3", ((0, 1), (1, 1)), None, 2)
    assert ASK_TABLE.read(raw | {"coordinates": [], "cells": []}, {}) == Cells("", (), None, 2)
    assert ASK_TABLE.read({"answer": "x", "coordinates": [(0, 0)], "cells": ["x"]}, {}) == Cells("x", ((0, 0),))


def test_the_answers_of_a_document_are_those_on_the_page_of_the_best() -> None:
    raw = [
        {"score": 0.9, "answer": " 84.50", "page": 2, "box": (1, 2, 3, 4)},
        {"score": 0.5, "answer": "12", "page": 1, "box": (5, 6, 7, 8)},
        {"score": 0.1, "answer": "Total", "page": 2, "box": (9.4, 9.6, 11, 12)},
    ]
    assert ASK_DOCUMENT.read(raw, {}) == Boxes((Box(1, 2, 3, 4, "84.50", 0.9), Box(9, 10, 11, 12, "Total", 0.1)), 2)
    assert ASK_DOCUMENT.read([{"score": 0.9, "answer": " ", "page": 1, "box": (0, 0, 0, 0)}], {}) == Boxes(())
