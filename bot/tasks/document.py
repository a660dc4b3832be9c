"""Tasks for people who bring documents and tables."""

import re
from collections.abc import Mapping
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
    models=Defaults(Model("impira/layoutlm-document-qa", licence="MIT", revision="beed3c4")),
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


def _cells(raw: Any, _inputs: Mapping[str, Input]) -> Cells:
    """The model chooses cells and names what to do with them; it is done here."""
    cells = tuple((int(row), int(column)) for row, column in raw["coordinates"])
    aggregator = raw.get("aggregator")
    if aggregator in (None, "NONE"):
        return Cells(", ".join(raw["cells"]), cells)
    answer = _aggregated(aggregator, raw["cells"])
    return Cells(", ".join(raw["cells"]), cells) if answer is None else Cells(answer, cells, aggregator)


def _aggregated(aggregator: str, cells: list[str]) -> str | None:
    """None where cells that aren't numbers would have to be added up."""
    if aggregator == "COUNT":
        return str(len(cells))
    try:
        numbers = [float(re.sub(r"[^\d.eE+-]", "", cell.replace(",", ""))) for cell in cells]
    except ValueError:
        return None
    return f"{sum(numbers) / (len(numbers) if aggregator == 'AVERAGE' else 1):.10g}"


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
