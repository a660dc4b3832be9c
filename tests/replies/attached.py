"""Attachments as Discord describes them."""

import itertools
import mimetypes
from types import SimpleNamespace
from typing import Any

import discord

_ids = itertools.count(1)


def attached(name: str, content_type: str | None = "") -> discord.Attachment:
    """One of that name; its content type follows from it unless given."""
    guessed = mimetypes.guess_type(name)[0] if content_type == "" else content_type
    data: Any = {
        "id": next(_ids), "filename": name, "size": 1, "content_type": guessed, "url": "", "proxy_url": "",
    }  # fmt: skip
    state: Any = SimpleNamespace(http=None)
    return discord.Attachment(data=data, state=state)
