"""fill-mask, for blanks as people write them."""

import re
from typing import Any

from transformers import FillMaskPipeline as StockFillMaskPipeline

from bot.errors import Refusal
from bot.pipelines.parts import window

BLANK = re.compile("_{3,}")
"""A blank, as people write it."""


class FillMaskPipeline(StockFillMaskPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe("The sea is ___.")` gives `[{"score", "token", "token_str", "sequence"}, …]`, best first.

    The model's own mask counts as a blank too. Raises Refusal where there isn't exactly one.
    """

    def _sanitize_parameters(self, **parameters: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        if self.tokenizer.mask_token is None:
            raise Refusal("This model can't fill blanks. Leave the model out, or name another.")
        sanitized: tuple[dict[str, Any], dict[str, Any], dict[str, Any]] = super()._sanitize_parameters(**parameters)
        return sanitized

    def preprocess(self, text: str, **parameters: Any) -> Any:
        mask = self.tokenizer.mask_token
        masked = BLANK.sub(lambda _: mask, text)
        blanks = masked.count(mask)
        if not blanks:
            raise Refusal("Where is the blank? Write ___ (three underscores) in place of the word that is missing.")
        if blanks > 1:
            raise Refusal(f"I fill one blank at a time, and there are {blanks}. Write words in place of the others.")
        row = super().preprocess(masked, **parameters)
        if row["input_ids"].shape[-1] > window(self):
            raise Refusal("That is longer than this model reads at once. Leave only what is around the blank.")
        return row
