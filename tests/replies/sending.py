"""Answers as they would be sent: rendered, put into a card, and held against Discord's limits."""

import io
from typing import Any

import discord
from PIL import Image

from bot.answers import Answer
from bot.media.picture import png
from bot.replies.buttons import below
from bot.replies.fitting import objections
from bot.replies.renderers import Rendered, render
from bot.replies.text import plain, quote
from bot.request import File, Request
from bot.tasks import Task
from bot.worker.door import Source, Step

LIMIT = 10 * 2**20
"""Bytes that Discord takes a file, where nobody pays for more."""


SOURCE = Source((Step("owner/name", "abcdef1234567"),), False, "cuda", "float32", 0.012)


def sent(task: Task, answer: Answer, limit: int = LIMIT, **inputs: str | File) -> Rendered:
    """`answer` rendered, and nothing about the message that it makes would be refused."""
    request = Request(task.name, inputs)
    rendered = render(task, request, answer, limit)
    quotes = [quote(value) if isinstance(value, str) else plain(value.name, 100) for value in inputs.values()]
    items: list[Any] = [discord.ui.TextDisplay(text) for text in (f"### {task.title}", *quotes, rendered.text)]
    items += [*rendered.items, discord.ui.TextDisplay("-# owner/name@abcdef1 · 12 ms on cuda")]
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*items, discord.ui.ActionRow(*below(request, SOURCE, private=True))))
    assert objections(view, rendered.files, limit) == []
    assert all(is_spoiler(rendered, file) for file in rendered.files if hidden(inputs))
    return rendered


def hidden(inputs: dict[str, str | File]) -> bool:
    return any(isinstance(value, File) and value.spoiler for value in inputs.values())


def is_spoiler(rendered: Rendered, file: discord.File) -> bool:
    shown = [item.to_component_dict() for item in rendered.items]
    parts = [part for it in shown for part in it.get("items", [it])]
    (own,) = [part for part in parts if part.get("media", part.get("file"))["url"] == file.uri]
    return file.filename.startswith("SPOILER_") and bool(own["spoiler"])


def attachment(picture: Image.Image, *, spoiler: bool = False) -> File:
    return File("holiday snap.png", png(picture), "image/png", spoiler)


def opened(file: discord.File) -> Image.Image:
    return Image.open(io.BytesIO(content(file)))


def content(file: discord.File) -> bytes:
    data = file.fp.read()
    file.reset()
    return data


def alt(rendered: Rendered) -> str:
    """What is said of its pictures to those who don't see them."""
    return "\n".join(file.description or "" for file in rendered.files)
