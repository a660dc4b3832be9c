"""Chats with pictures, sounds and videos, for the pipelines that take them."""

import re
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


def prepare(pipeline: Any, given: Any, chat: Any) -> Any:
    """What `pipeline.preprocess` of transformers takes.

    `given` is a list of messages, or the same as a `chat`, which is what a pipeline that is called as a whole makes of
    it. For a model without a chat template, it becomes the texts alone, with what goes with them.

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
    template = getattr(pipeline.processor, "chat_template", None)
    if template is None:
        return _without_template(parts)
    signs = _signs(pipeline.tokenizer, str(template))
    # Copied, for transformers alters them.
    return chat(
        [message | {"content": [_whole(_harmless(part, signs)) for part in message["content"]]} for message in messages]
    )


def _signs(tokenizer: Any, template: str) -> re.Pattern[str]:
    """What marks a picture or a turn."""
    added = tokenizer.added_tokens_decoder.values()
    # The other added tokens are words or white space.
    marks = [sign.content for sign in added if sign.special or (sign.content in template and sign.content.strip())]
    return re.compile("|".join(map(re.escape, sorted(marks, key=len, reverse=True))) or "(?!)")


def _harmless(part: dict[str, Any], signs: re.Pattern[str]) -> dict[str, Any]:
    """What people write can't hold such signs. transformers can make text of them, but not for every model: for
    SmolVLM and those whose template leaves the first token to the tokenizer, it fails (seen in 5.23)."""
    return part | {"text": signs.sub(" ", part["text"])} if part["type"] == "text" else part


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
