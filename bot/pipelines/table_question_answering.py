"""table-question-answering, of tables of any size."""

from typing import Any

from transformers import TableQuestionAnsweringPipeline as StockTableQuestionAnsweringPipeline

from bot.errors import Refusal

COLUMNS = 64
"""Of a table, at most. Each takes a part of the model's window, and TAPAS can't count beyond 255."""

ROWS = 255
"""Of a table, the first ones. TAPAS ranks the numbers of a column, and can't count any further."""

CELL = 200
"""Characters of a cell, the first ones."""


class TableQuestionAnsweringPipeline(StockTableQuestionAnsweringPipeline):  # type: ignore[misc]  # transformers' classes are Any
    """`pipe({"table": table, "query": "…?"})` gives `{"answer", "coordinates", "cells", "aggregator", "rows"}`.

    `table` is a pandas DataFrame of strings. `rows` is how many of its rows, from the first on, fitted into the model's
    window; only TAPAS models say that, and the coordinates, (row, column) from 0. Raises Refusal for a table without
    rows, one with too many columns, and a question that leaves no room for any row.
    """

    def preprocess(self, asked: dict[str, Any]) -> Any:
        table = asked["table"]
        if table.empty:
            raise Refusal("That table has no rows below its headings, so there is nothing to look up.")
        if len(table.columns) > COLUMNS:
            raise Refusal(f"That table has {len(table.columns):,} columns; I read up to {COLUMNS}. Leave some out.")
        read = table.head(ROWS).map(lambda cell: cell[:CELL])
        row = super().preprocess({"table": read, "query": asked["query"]})
        if self.type == "tapas" and not _rows(row):
            raise Refusal("The question and a row of that table are too long for this model. Ask in fewer words.")
        return row

    def postprocess(self, output: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = super().postprocess(output)
        return answer | {"rows": _rows(output["model_inputs"])} if self.type == "tapas" else answer


def _rows(inputs: Any) -> int:
    """How many rows of the table TAPAS was given."""
    return int(inputs["token_type_ids"][0, :, 2].max())
