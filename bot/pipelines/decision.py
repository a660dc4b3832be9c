"""decision: an answer with odds, from one look at the question."""

from typing import Any

from transformers import DecisionPipeline as StockDecisionPipeline
from transformers.decision import DecisionConfig

from bot.errors import Refusal
from bot.pipelines.parts import window

PLAIN = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
"""The chat template of models that know no chats."""


class DecisionPipeline(StockDecisionPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe({"state": "what the matter is", "questions": {"name": question}})` gives an answer a question, by name.

    A yes-or-no question is `{"type": "noul", "instructions": "…?"}`, and its answer `{"noul": odds of yes, …}`. A
    choice is `{"type": "choice", "instructions": "…?", "criteria": {"label": None, …}}`, and its answer `{"choice":
    label, "probabilities": {label: odds, …}, …}`. Raises Refusal where the model can't be asked like that.

    Give it a causal model that is loaded already: by a name, transformers would first build another one, of eight
    billion random weights.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Without one, transformers looks for it in the model's repository, and there for more weights to load.
        super().__init__(*args, decision_config=DecisionConfig(), **kwargs)
        if self.tokenizer.chat_template is None:
            self.tokenizer.chat_template = PLAIN

    def preprocess(self, request: dict[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = super().preprocess(request)
        for inputs, questions in row["prompts"]:
            if inputs["input_ids"].shape[-1] > window(self):
                raise Refusal("That is longer than this model reads at once. Tell it in fewer words.")
            for question in questions:
                self._check_labels(tuple(question.labels))
        return row

    def _check_labels(self, labels: tuple[str, ...]) -> None:
        try:
            self.label_token_ids(labels)
        except ValueError as error:
            raise Refusal(
                "This model can't answer with a single word. Leave the model out, or name another."
            ) from error
