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

    def preprocess(self, asked: str | Chat | Sequence[Mapping[str, str]], **parameters: Any) -> Any:
        # Called as a whole, a pipeline makes a Chat of a list.
        messages = getattr(asked, "messages", asked)
        if not isinstance(messages, str) and self.tokenizer.chat_template is None:
            messages = "\n\n".join(message["content"] for message in messages) + "\n\n"
        if isinstance(messages, str):
            row = super().preprocess(messages, **parameters)
        else:
            row = self._chat(list(messages), parameters)
        if row["input_ids"].shape[-1] + LEAST > window(self):
            raise Refusal("That is longer than this model can answer. Make it shorter, or name another model.")
        return row

    def _chat(self, messages: list[Any], parameters: dict[str, Any]) -> Any:
        # What people write must not end their turn and begin another's.
        told = {"enable_thinking": False, "sanitize_control_tokens": True}
        try:
            return super().preprocess(Chat(messages), **parameters, tokenizer_encode_kwargs=told)
        except ValueError as error:
            raise Refusal(
                "That holds signs which mean something else to this model. Leave out any like <|…|>."
            ) from error

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
