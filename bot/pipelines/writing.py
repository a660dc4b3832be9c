"""text-generation: answers in a chat, and texts that go on."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from transformers import TextGenerationPipeline
from transformers.utils.chat_template_utils import Chat

from bot.errors import Refusal
from bot.pipelines.parts import window

LEAST = 16
"""Tokens that there has to be room for: fewer are no answer."""

THOUGHTS = re.compile(r"^.*</think>", re.DOTALL)


class WritingPipeline(TextGenerationPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe([{"role": "user", "content": "…"}])`, or `pipe("a text to go on with")`, gives `[{"generated_text": "…"}]`.

    The text holds only what is new, without what the model thought to itself. Any parameter of `generate` may be given
    with the call. Raises Refusal where the model's window has no room left for an answer.
    """

    def preprocess(self, asked: str | Sequence[Mapping[str, str]], **parameters: Any) -> Any:
        if isinstance(asked, str):
            row = super().preprocess(asked, **parameters)
        elif self.tokenizer.chat_template is None:
            row = super().preprocess("\n\n".join(message["content"] for message in asked) + "\n\n", **parameters)
        else:
            # What people write must not end their turn and begin another's.
            told = {"enable_thinking": False, "sanitize_control_tokens": True}
            row = super().preprocess(Chat(list(asked)), **parameters, tokenizer_encode_kwargs=told)
        if row["input_ids"].shape[-1] + LEAST > window(self):
            raise Refusal("That is longer than this model can answer. Make it shorter, or name another model.")
        return row

    def _forward(self, row: Any, **generate: Any) -> dict[str, Any]:
        told = self._prepare_generate_kwargs(generate)
        room = window(self) - row["input_ids"].shape[-1]
        wanted = self._get_set_generation_params(told).get("max_new_tokens") or room
        output: dict[str, Any] = super()._forward(row, **generate | {"max_new_tokens": min(wanted, room)})
        return output

    def postprocess(self, output: dict[str, Any]) -> list[dict[str, str]]:
        asked = output["input_ids"].shape[-1]
        return [
            {"generated_text": self._said(sequence[asked:])} for sequence in output["generated_sequence"][0].tolist()
        ]

    def _said(self, tokens: list[int]) -> str:
        text: str = self.tokenizer.decode(tokens, skip_special_tokens=True)
        return THOUGHTS.sub("", text).strip()
