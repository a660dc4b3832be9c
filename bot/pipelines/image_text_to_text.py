"""image-text-to-text: a chat about pictures."""

from collections.abc import Sequence
from typing import Any

import transformers
from transformers.utils.chat_template_utils import Chat

from bot.pipelines.chats import Message, prepare


class ImageTextToTextPipeline(transformers.ImageTextToTextPipeline):  # type: ignore[misc]  # Any to mypy
    """transformers' own, with a `preprocess` that takes a chat as plain messages (see `Message`)."""

    def preprocess(self, messages: Sequence[Message] | Chat, **parameters: Any) -> Any:
        return super().preprocess(prepare(self, messages, Chat), **parameters)
