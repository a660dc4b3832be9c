"""Tasks for people who bring documents and tables."""

import re
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from bot.answers import Box, Boxes, Cells
from bot.request import Input
from bot.tasks.task import Call, Defaults, Kind, Model, Rows, Task


def _answers(raw: Any, _inputs: Mapping[str, Input]) -> Boxes:
    """On the page of the best answer."""
    found = [item for item in raw if item["answer"].strip()]
    if not found:
        return Boxes(())
    page = found[0]["page"]
    boxes = (
        Box(left, top, right, bottom, item["answer"].strip(), float(item["score"]))
        for item in found
        if item["page"] == page
        for left, top, right, bottom in [map(round, item["box"])]
    )
    return Boxes(tuple(boxes), page)


ASK_DOCUMENT = Task(
    "document-question-answering",
    command="document ask",
    title="What the page says",
    summary="Answer a question from a scanned page or a PDF, and show where it stands",
    takes={"file": Kind.DOCUMENT, "question": Kind.TEXT},
    gives=Boxes,
    models=Defaults(
        Model("impira/layoutlm-document-qa", licence="MIT", revision="beed3c4", verified=True, size=511_000_000)
    ),
    heads=("ForQuestionAnswering",),
    call=lambda file, question: Call({"pages": file, "question": question}, {"top_k": 3}),
    read=_answers,
    rows=Rows.UNSIZED,
    own="transformers' reads one picture, and doesn't tell where on it the answer stands.",
    examples=(
        {"file": "letter.png", "question": "What is the total?"},
        {"file": "letter.pdf", "question": "When was it written?"},
    ),
    nothing="The page doesn't say.",
    time_limit=300.0,
)


_NUMBER = re.compile(r"[$€£]?\s?(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s?[%$€£]?")


def _cells(raw: Any, _inputs: Mapping[str, Input]) -> Cells:
    """The model chooses cells and names what to do with them; it is done here."""
    cells = tuple((int(row), int(column)) for row, column in raw["coordinates"])
    named = raw.get("aggregator")
    aggregator = None if named == "NONE" or not cells else named
    answer = computed(aggregator, raw["cells"]) if aggregator else None
    return Cells(answer or ", ".join(raw["cells"]), cells, aggregator, raw.get("rows"))


def computed(aggregator: str, cells: Sequence[str]) -> str | None:
    """The number that `aggregator` (SUM, AVERAGE or COUNT) asks for. None where a cell isn't a plain number."""
    if aggregator == "COUNT":
        return str(len(cells))
    read = [_NUMBER.fullmatch(cell.strip()) for cell in cells]
    written = [number[1].replace(",", "") for number in read if number]
    if len(written) < len(read):
        return None
    total = fsum(map(float, written))
    if aggregator == "AVERAGE":
        return f"{total / len(written):.10g}"
    return f"{total:.{max(len(number.partition('.')[2]) for number in written)}f}"


ASK_TABLE = Task(
    "table-question-answering",
    command="document table",
    title="What the table says",
    summary="Answer a question from a table: CSV, Excel or JSON",
    takes={"file": Kind.TABLE, "question": Kind.TEXT},
    gives=Cells,
    models=Defaults(
        Model("google/tapas-base-finetuned-wtq", licence="Apache-2.0", revision="e3dde19"),
        gpu=Model("google/tapas-large-finetuned-wtq", licence="Apache-2.0"),
    ),
    heads=("ForQuestionAnswering",),
    call=lambda file, question: Call({"table": file, "query": question}),
    read=_cells,
    rows=Rows.UNSIZED,
    own="transformers' fails on long tables.",
    nothing="The model found no cell that answers this. Ask with the words of the column titles.",
    examples=(
        {"file": "shop.csv", "question": "What does the kettle cost?"},
        {"file": "shop.csv", "question": "How many items are in the kitchen category?"},
    ),
)
