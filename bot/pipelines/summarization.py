"""summarization, of texts of any length."""

from collections.abc import Iterator
from typing import Any

from bot.pipelines.parts import split, window
from bot.pipelines.text2text import Text2TextGenerationPipeline


class SummarizationPipeline(Text2TextGenerationPipeline):
    """`pipe("text")` gives `[{"summary_text": "…"}]`.

    A text longer than the model's window is summarised in parts, and the summaries together again, until one is left.
    A `min_length` that is given with the call is that of the text at most: beyond its end, a model can only invent.
    """

    return_name = "summary"

    def _sanitize_parameters(
        self, min_length: int | None = None, **generate: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        before, during, after = super()._sanitize_parameters(**generate)
        return before if min_length is None else before | {"min_length": min_length}, during, after

    def preprocess(self, text: str, min_length: int | None = None) -> Iterator[dict[str, Any]]:
        prefix, configured = self.settings(self.task)
        # An empty text's length is that of the special tokens.
        taken = len(self.tokenizer(prefix)["input_ids"])
        parts = split(text, self.tokenizer, window(self) - taken)
        if min_length is not None:
            shortest = len(self.tokenizer(text)["input_ids"]) if len(parts) == 1 else min_length
            configured["min_length"] = min(min_length, shortest)
        yield from self.rows([prefix + part for _, part in parts], configured)

    def postprocess(self, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        summaries = super().postprocess(outputs)
        return [summary | {"parts": len(outputs)} for summary in summaries] if len(outputs) > 1 else summaries

    def further(self, text: str, output: list[dict[str, Any]]) -> str | None:
        """What has to be summarised next, after `text` gave `output`; None where that is the summary of all."""
        together: str = output[0]["summary_text"]
        # Without the second condition, a model that repeats what it is given would never come to an end.
        return together if output[0].get("parts", 1) > 1 and len(together) < len(text) else None

    def __call__(self, inputs: Any, **parameters: Any) -> Any:
        if isinstance(inputs, list):
            return [self(text, **parameters) for text in inputs]
        text: str | None = inputs
        while text is not None:
            output = super().__call__(text, **parameters)
            text = self.further(text, output)
        return [{"summary_text": item["summary_text"]} for item in output]
