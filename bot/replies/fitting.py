"""Discord's limits: what a card may have, and files made to fit."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import discord
from PIL import Image

MOST_CHARACTERS = 4000
"""Over all texts of a card, as Discord counts."""

MOST_BYTES = 9500
"""Over all texts of a card, as UTF-8. Discord says nothing of it, and answers some more with an error 500."""

MOST_COMPONENTS = 40
"""Of a card, those inside of others included."""

MOST_FILES = 10

ALL_FILES = 24 * 2**20
"""Bytes. Discord takes 25 MiB in one request, which also holds the card."""

LONGEST_DESCRIPTION = 1024
"""Characters that say what is in a picture, for those who don't see it."""

_QUALITIES = (90, 75, 60)
_SMALLEST = 16
_TEXT, _GALLERY, _FILE = 10, 12, 13


def room(limit: int, files: int = 1) -> int:
    """Bytes that each of `files` files of a card may have where Discord takes `limit` a file."""
    return min(limit * 98 // 100, ALL_FILES // files)


def fitted_picture(data: bytes, most: int) -> bytes:
    """A PNG, JPEG or WebP file as it is where it has at most `most` bytes, else encoded again to have them.

    It loses quality first, then size; what is see-through stays so. One that doesn't fit even when it is tiny is
    returned all the same.
    """
    if len(data) <= most:
        return data
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    while True:
        for quality in _QUALITIES:
            data = encoded(picture, quality)
            if len(data) <= most:
                return data
        if max(picture.size) <= _SMALLEST:
            return data
        picture.thumbnail((max(1, picture.width // 2), max(1, picture.height // 2)))


def encoded(picture: Image.Image, quality: int = _QUALITIES[0]) -> bytes:
    """`picture` as JPEG, or as WebP where it can be seen through."""
    file = io.BytesIO()
    picture.save(file, format="WEBP" if picture.mode == "RGBA" else "JPEG", quality=quality)
    return file.getvalue()


def ending(data: bytes) -> str:
    """How the name of a picture ends, by what it begins with."""
    if data.startswith(b"\x89PNG"):
        return "png"
    return "webp" if data.startswith(b"RIFF") else "jpg"


def fitted_text(text: str, most: int) -> bytes:
    """`text` as UTF-8, or the beginning that has at most `most` bytes."""
    return text.encode(errors="replace")[:most].decode(errors="ignore").encode()


def file_name(stem: str, suffix: str) -> str:
    """A name that can stand in `attachment://`: nothing but ASCII letters, digits, dashes, points and underscores."""
    return f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', stem).strip('-.')[:80] or 'file'}.{suffix}"


def fits(view: discord.ui.LayoutView) -> bool:
    """Whether Discord takes as much text and as many components."""
    texts = [component["content"] for component in _components(view) if component["type"] == _TEXT]
    return (
        sum(map(len, texts)) <= MOST_CHARACTERS
        and sum(len(text.encode()) for text in texts) <= MOST_BYTES
        and view.total_children_count <= MOST_COMPONENTS
    )


def objections(view: discord.ui.LayoutView, files: Sequence[discord.File], limit: int) -> list[str]:
    """What Discord would have against this message, where it takes `limit` bytes a file; nothing, if it is fine."""
    components = list(_components(view))
    found = [] if fits(view) else ["too much text, or too many components"]
    if not all(it["content"].strip() for it in components if it["type"] == _TEXT):
        found.append("an empty text")
    media = [item for it in components if it["type"] == _GALLERY for item in it["items"]]
    if not all(0 < len(item.get("description") or "") <= LONGEST_DESCRIPTION for item in media):
        found.append("a picture with no description, or one that is too long")
    if any(not 1 <= len(it["items"]) <= 10 for it in components if it["type"] == _GALLERY):
        found.append("a gallery of no pictures, or of too many")
    referred = [item["media"]["url"] for item in media]
    referred += [it["file"]["url"] for it in components if it["type"] == _FILE]
    if sorted(referred) != sorted({file.uri for file in files}) or len(files) != len(referred):
        found.append("a file that no component shows, or a component without its file")
    if not all(re.fullmatch(r"[A-Za-z0-9_.-]+", file.filename) for file in files):
        found.append("a file name that can't be referred to")
    sizes = [file.fp.seek(0, io.SEEK_END) for file in files]
    for file in files:
        file.reset()
    if len(files) > MOST_FILES or sum(sizes) > ALL_FILES or any(not 0 < size <= limit for size in sizes):
        found.append("files that are too many, too large or empty")
    identities = [it["custom_id"] for it in components if "custom_id" in it]
    if len(set(identities)) < len(identities) or any(len(identity) > 100 for identity in identities):
        found.append("two buttons that can't be told apart, or one with too much to remember")
    return found


def _components(view: discord.ui.LayoutView) -> Iterator[dict[str, Any]]:
    return _every(view.to_components())  # type: ignore[no-untyped-call]


def _every(components: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _every(component.get("components", []))
        if accessory := component.get("accessory"):
            yield from _every([accessory])
