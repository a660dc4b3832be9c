"""any-to-any: a chat about pictures, sounds and videos."""

from collections.abc import Sequence
from typing import Any

import transformers
from transformers.pipelines.any_to_any import Chat  # Not the one that other pipelines use.
from transformers.pipelines.base import Pipeline

from bot.pipelines.chats import Message, prepare


class AnyToAnyPipeline(transformers.AnyToAnyPipeline):  # type: ignore[misc]  # Any to mypy
    """transformers' own, with a `preprocess` that takes a chat as plain messages (see `Message`).

    That one can't be made without torchvision if the model takes pictures. Here a model needs it only if its processor
    does.
    """

    def __init__(self, **parts: Any) -> None:
        # Not transformers' own, which looks for torchvision and does nothing else.
        Pipeline.__init__(self, **parts)

    def preprocess(self, messages: Sequence[Message] | Chat, **parameters: Any) -> Any:
        return super().preprocess(prepare(self, messages, Chat), **parameters)
