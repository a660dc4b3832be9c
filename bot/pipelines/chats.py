"""Chats with pictures, sounds and videos, for the pipelines that take them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from bot.errors import Refusal

Message = dict[str, Any]
"""`{"role": …, "content": [part, …]}`. A part is `{"type": "text", "text": …}`, or one of type image, audio or video
with what was decoded below the same name: an RGB picture, float32 samples at the model's rate, a list of RGB frames."""

DECODED: dict[str, Any] = {"image": Image.Image, "audio": np.ndarray, "video": list, "text": str}
CALLED = {"image": "pictures", "audio": "sound", "video": "videos", "text": "text"}


def prepare(pipeline: Any, given: Any, chat: Any) -> tuple[Any, dict[str, Any]]:
    """What `pipeline.preprocess` of transformers takes: an input, and parameters beside it.

    `given` is a list of messages, or the same as a `chat`, which is what a pipeline that is called as a whole makes of
    it. For a model without a chat template, the input is the texts alone, with what goes with them.

    Refusal where the model takes something else. TypeError where something wasn't decoded: transformers would open or
    fetch it.
    """
    messages: Sequence[Message] = given.messages if isinstance(given, chat) else given
    parts = [part for message in messages for part in message["content"]]
    takes = {*_listed(pipeline.model.input_modalities), "text"}
    for part in parts:
        kind = part["type"]
        if set(part) != {"type", kind} or not isinstance(part[kind], DECODED[kind]):
            raise TypeError(f"a part of type {kind} that wasn't decoded")
        if kind not in takes:
            able = " and ".join(CALLED[name] for name in CALLED if name in takes)
            raise Refusal(f"This model takes {able}, but no {CALLED[kind]}. Leave that out, or name another model.")
    if getattr(pipeline.processor, "chat_template", None) is None:
        return _without_template(parts), {}
    # Copied, for transformers alters them.
    copies = [message | {"content": [_whole(part) for part in message["content"]]} for message in messages]
    # What people write is text: it can't hold the tokens that a picture or a turn is marked by.
    return chat(copies), {"sanitize_control_tokens": True}


def _without_template(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    given = {"image": "images", "audio": "audio", "video": "videos"}
    held = {name: [_whole(part)[kind] for part in parts if part["type"] == kind] for kind, name in given.items()}
    text = "\n".join(part["text"] for part in parts if part["type"] == "text")
    return {"text": text} | {name: values for name, values in held.items() if values}


def _whole(part: dict[str, Any]) -> dict[str, Any]:
    """A copy, with a video as one array."""
    return part | {"video": np.stack(part["video"])} if part["type"] == "video" else dict(part)


def _listed(modalities: str | Sequence[str]) -> Sequence[str]:
    return [modalities] if isinstance(modalities, str) else modalities
