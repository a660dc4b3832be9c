"""What goes over the wire: reading requests, writing answers, finding things in payloads."""

import itertools
import json
import mimetypes
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import discord
from aiohttp import web

Json = dict[str, Any]


class Upload(NamedTuple):
    name: str
    data: bytes
    content_type: str


VOICE = 1 << 13

_count = itertools.count()


async def read(request: web.Request) -> tuple[Any, list[Upload]]:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        fields = [field for field in form.values() if isinstance(field, web.FileField)]
        uploads = [Upload(field.filename, field.file.read(), field.content_type) for field in fields]
        return json.loads(str(form["payload_json"])), uploads
    return (await request.json() if request.can_read_body else {}), []


def objection_to_voice(body: Json, uploads: list[Upload]) -> str | None:
    """What Discord has against a message that says it is a voice message; None where nothing, or it isn't one."""
    if not body.get("flags", 0) & VOICE:
        return None
    if body.get("content") or body.get("embeds") or body.get("components"):
        return "Voice messages do not support additional content"
    if len(uploads) != 1 or len(body.get("attachments", ())) != 1:
        return "Voice messages must have a single attachment"
    if not uploads[0].content_type.startswith("audio/"):
        return "Voice messages must have an audio attachment"
    if not {"duration_secs", "waveform"} <= body["attachments"][0].keys():
        return "Voice messages must have supporting metadata"
    return None


def json_answer(answer: Json | list[Json], status: int = 200) -> web.Response:
    # Not web.json_response: it adds a charset, and discord.py then takes the answer for text.
    return web.Response(body=json.dumps(answer).encode(), status=status, content_type="application/json")


def snowflake(ago: float = 0.0) -> int:
    """An id of the moment so many seconds ago, for discord.py takes an interaction's age from its id."""
    return (time.time_ns() // 10**6 - round(ago * 1000) - discord.utils.DISCORD_EPOCH) << 22 | next(_count) & 0xFFF


def media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def by_name(declared: list[Json]) -> dict[str, Json]:
    return {each["name"]: each for each in declared}


def parts(component: Json) -> Iterator[Json]:
    """Every component within a message, however deep."""
    for part in [*component.get("components", ()), *filter(None, [component.get("accessory")])]:
        yield part
        yield from parts(part)
