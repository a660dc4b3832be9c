"""What goes over the wire: reading requests, writing answers, finding things in payloads."""

import itertools
import json
import mimetypes
import time
from collections.abc import Iterator
from typing import Any

import discord
from aiohttp import web

Json = dict[str, Any]
Upload = tuple[str, bytes]

_count = itertools.count()


async def read(request: web.Request) -> tuple[Any, list[Upload]]:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        fields = [field for field in form.values() if isinstance(field, web.FileField)]
        return json.loads(str(form["payload_json"])), [(field.filename, field.file.read()) for field in fields]
    return (await request.json() if request.can_read_body else {}), []


def json_answer(answer: Json | list[Json], status: int = 200) -> web.Response:
    # Not web.json_response: it adds a charset, and discord.py then takes the answer for text.
    return web.Response(body=json.dumps(answer).encode(), status=status, content_type="application/json")


def snowflake() -> int:
    """An id of this moment, for discord.py takes an interaction's age from its id."""
    return (time.time_ns() // 10**6 - discord.utils.DISCORD_EPOCH) << 22 | next(_count) & 0xFFF


def media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def by_name(declared: list[Json]) -> dict[str, Json]:
    return {each["name"]: each for each in declared}


def parts(component: Json) -> Iterator[Json]:
    """Every component within a message, however deep."""
    for part in [*component.get("components", ()), *filter(None, [component.get("accessory")])]:
        yield part
        yield from parts(part)
