"""The gateway's end of a websocket: compressed frames, and sessions that outlive their socket."""

import json
import secrets
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import web


class Socket:
    """A bot's websocket, in the compression that its URL asks for."""

    def __init__(self, ws: web.WebSocketResponse, compression: str | None) -> None:
        self.ws = ws
        self._compress = _compressor(compression)

    async def send(self, op: int, d: Any = None, **rest: Any) -> None:
        data = json.dumps({"op": op, "d": d, **rest})
        # What is sent to a socket that is going away gets lost; its session still has the events.
        with suppress(ConnectionError):
            if self._compress is None:
                await self.ws.send_str(data)
            else:
                await self.ws.send_bytes(self._compress(data.encode()))


class Session:
    """What READY starts and RESUME continues: the events so far, and the socket they go to."""

    def __init__(self, socket: Socket) -> None:
        self.id = secrets.token_hex(8)
        self.socket = socket
        self._events: list[tuple[str, Any]] = []

    async def dispatch(self, name: str, data: Any) -> None:
        self._events.append((name, data))
        await self._send(self.socket, len(self._events))

    async def resume(self, socket: Socket, seen: int) -> None:
        """Continue on `socket` with what followed event number `seen`."""
        while seen < len(self._events):
            seen += 1
            await self._send(socket, seen)
        # Only now: an event that came during the replay was part of it.
        self.socket = socket
        await self.dispatch("RESUMED", {})

    async def _send(self, socket: Socket, number: int) -> None:
        name, data = self._events[number - 1]
        await socket.send(0, data, t=name, s=number)


def _compressor(name: str | None) -> Callable[[bytes], bytes] | None:
    """Compresses message after message in one context, flushing each."""
    if name == "zstd-stream":
        import zstandard  # discord.py asks for it only where it is installed

        zstd = zstandard.ZstdCompressor().compressobj()
        return lambda data: zstd.compress(data) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    if name == "zlib-stream":
        deflate = zlib.compressobj()
        return lambda data: deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return None
