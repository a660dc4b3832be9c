"""LoopbackDiscord: what members do, and what bots do over REST and gateway as discord.py uses them."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from typing import Any, Self
from unittest import mock

import yarl
from aiohttp import WSMsgType, web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from .faults import Faults
from .gateway import Session, Socket
from .interaction import Interaction
from .payloads import Json, Upload, by_name, media_type, parts
from .rest import Rest
from .world import PERMISSIONS, World

API = "/api/v10"
CLICK_DELAY = 0.05
"""Seconds. Nobody clicks sooner, and discord.py knows a view only once it has read the answer to the edit with it."""


class LoopbackDiscord(World):
    """A Discord that real discord.py talks to, for as long as the `with` block lasts.

    It runs on a thread and event loop of its own, so that both code under `asyncio.run()` and a test's own loop can use
    it. Commands and messages stay when a bot leaves: the next one finds them. Members' acts are alice's, in the guild's
    channel, where nobody and nothing else is given.

    Attributes:
        faults: what goes wrong.
        close_after_identify: a code to close the gateway with where READY is due, such as 4014 for a missing intent.
        heartbeat: seconds between two heartbeats of a bot that connects.
    """

    token = "loopback.bot.token"

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__()
        self.faults = Faults(seed)
        self.close_after_identify: int | None = None
        self.heartbeat = 41.25
        self._session: Session | None = None

    def __enter__(self) -> Self:
        started: Future[int] = Future()
        thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)), name="loopback-discord", daemon=True
        )
        thread.start()
        self.port = started.result(timeout=10)
        with ExitStack() as stack:
            stack.callback(thread.join)
            stack.callback(lambda: self._loop.call_soon_threadsafe(self._stop.set))
            stack.enter_context(_discord_at(self.port))
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    # What members do

    def slash(
        self,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        user: int | None = None,
        channel: int | None = None,
        ago: float = 0.0,
    ) -> Interaction:
        """Type `/name`, or `/group name`; `ago` seconds ago, so that its token ends so much sooner.

        Waits for a bot that is connected and has the command. An attachment is given as `("name.png", data)`.
        KeyError for an option that the command lacks.
        """
        root, *words = name.split()
        known = self.wait_until(lambda: by_name(self.commands + self.guild_commands) if self._session else None)
        path = [known[root]]
        for word in words:
            path.append(by_name(path[-1]["options"])[word])
        declared, values, resolved = by_name(path[-1]["options"]), [], {}
        for option, given in (options or {}).items():
            value = given
            if isinstance(given, tuple):
                attachment = self.attach(Upload(given[0], given[1], media_type(given[0])), str(channel or self.channel))
                value = attachment["id"]
                resolved[value] = attachment
            values.append({"name": option, "type": declared[option]["type"], "value": value})
        for step in reversed(path[1:]):
            values = [{"name": step["name"], "type": step["type"], "options": values}]
        data: Json = {key: known[root][key] for key in ("id", "name", "type", "guild_id") if key in known[root]}
        data |= {"options": values, "resolved": {"attachments": resolved}}
        return self._interact(2, data, user or self.alice, channel or self.channel, ago=ago)

    def click(
        self, shown: Interaction | Json, custom_id: str, *, user: int | None = None, ago: float = 0.0
    ) -> Interaction:
        """Press a button of a reply or a message. KeyError where it has no such button, or a disabled one."""
        message = shown.original if isinstance(shown, Interaction) else self.messages[shown["id"]]
        assert message is not None
        pressable = {part.get("custom_id"): part for part in parts(message) if not part.get("disabled")}
        data = {"custom_id": custom_id, "component_type": pressable[custom_id]["type"]}
        return self._interact(3, data, user or self.alice, int(message["channel_id"]), message, ago=ago)

    def say(self, text: str, *, user: int | None = None, channel: int | None = None) -> Json:
        """Write a message. The bot is told what it says as one without the intent for that: where it is mentioned, and
        in direct messages."""
        author, where = user or self.alice, self.channels[str(channel or self.channel)]
        mentioned = [self.users[int(number)] for number in re.findall(r"<@(\d+)>", text)]
        message = self.write({"content": text}, [], where["id"], author=author) | {"mentions": mentioned}
        self.messages[message["id"]] = message
        told = message
        if "guild_id" in where:
            member = {"roles": [], "flags": 0}
            told = {**message, "guild_id": where["guild_id"], "member": member}
            if self.users[self.application] not in mentioned:
                told["content"] = ""
        self._tell("MESSAGE_CREATE", told)
        return message

    def _interact(
        self, kind: int, data: Json, user: int, channel: int, message: Json | None = None, *, ago: float
    ) -> Interaction:
        interaction = Interaction(self, channel, message["id"] if message else None, ago)
        self.interactions[interaction.token] = interaction
        where = self.channels[interaction.channel]
        if guild := where.get("guild_id"):
            member = {**self.as_member(user), "permissions": PERMISSIONS}
            place: Json = {"guild_id": guild, "member": member, "context": 0}
        else:
            place = {"user": self.users[user], "context": 1}
        payload = {
            "id": interaction.id,
            "application_id": str(self.application),
            "type": kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel": where,
            "app_permissions": PERMISSIONS,
            "authorizing_integration_owners": {"0": guild or "0"},
            "attachment_size_limit": 10 * 2**20,
            **place,
            **({"message": message} if message else {}),
        }
        self._tell("INTERACTION_CREATE", payload, interaction, CLICK_DELAY if message else 0.0)
        return interaction

    def _tell(self, event: str, data: Json, interaction: Interaction | None = None, delay: float = 0.0) -> None:
        """Deliver `event` to a bot that is connected or will be soon."""
        session = self.wait_until(lambda: self._session)

        async def tell() -> None:
            await asyncio.sleep(delay)
            if interaction is not None:
                interaction.told = time.monotonic()
            await session.dispatch(event, data)
            if self.faults.replays(event):
                await session.dispatch(event, data)

        asyncio.run_coroutine_threadsafe(tell(), self._loop)

    # What happens to the bot's connection

    @property
    def connected(self) -> bool:
        """Whether a bot is there to be told what happens."""
        return self._session is not None and not self._session.socket.ws.closed

    def drop(self, *, forget: bool = False) -> None:
        """Lose the gateway connection. discord.py resumes its session and is told what happened meanwhile.

        If it is to be forgotten, discord.py has to start a new one, and is told nothing.
        """
        session = self.wait_until(lambda: self._session)
        if forget:
            self._session = None
        asyncio.run_coroutine_threadsafe(session.socket.ws.close(code=4000), self._loop)

    @contextmanager
    def cut_every(self, seconds: float) -> Iterator[None]:
        """Lose the gateway connection again and again."""

        async def cut() -> None:
            while True:
                await asyncio.sleep(seconds)
                if self._session is not None:
                    await self._session.socket.ws.close(code=4000)

        cutting = asyncio.run_coroutine_threadsafe(cut(), self._loop)
        try:
            yield
        finally:
            cutting.cancel()

    async def _serve(self, started: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=25 * 2**20)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._cdn)
        app.router.add_route("*", API + "{path:/.*}", Rest(self, self.faults, self.token).serve)
        # A bot that is still connected at the end is cut off, not waited for.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        started.set_result(runner.addresses[0][1])
        await self._stop.wait()
        await runner.cleanup()

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(timeout=1.0)
        await ws.prepare(request)
        socket = Socket(ws, request.query.get("compress"))
        await socket.send(10, {"heartbeat_interval": round(self.heartbeat * 1000)})
        while (frame := await ws.receive()).type is WSMsgType.TEXT:
            match frame.json():
                case {"op": 1}:
                    await socket.send(11)
                case {"op": 2} if self.close_after_identify is not None:
                    await ws.close(code=self.close_after_identify)
                case {"op": 2}:
                    await self._welcome(socket)
                case {"op": 6, "d": {"session_id": known, "seq": seen}}:
                    if self._session is not None and self._session.id == known:
                        await self._session.resume(socket, seen)
                    else:
                        await socket.send(9, d=False)
        # A bot that closes with one of these codes ends its session; any other may resume it. Not `ws.close_code`: for
        # aiohttp that is 1000 also where the connection just broke.
        left = frame.type is WSMsgType.CLOSE and frame.data in {1000, 1001}
        if left and self._session is not None and self._session.socket is socket:
            self._session = None
        self.notify()
        return ws

    async def _welcome(self, socket: Socket) -> None:
        session = Session(socket)
        ready = {
            "user": self.users[self.application],
            "guilds": [{"id": str(self.guild), "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self.gateway,
            "application": {"id": str(self.application), "flags": 0},
        }
        guild = {
            "id": str(self.guild),
            "name": "Loopback",
            "owner_id": str(self.alice),
            "unavailable": False,
            "roles": [{"id": str(self.guild), "name": "@everyone", "permissions": PERMISSIONS}],
            "channels": [self.channels[str(self.channel)]],
            "members": [self.as_member(user) for user in self.users],
            "member_count": len(self.users),
        }
        await session.dispatch("READY", ready)
        await session.dispatch("GUILD_CREATE", guild)
        self._session = session
        self.notify()

    async def _cdn(self, request: web.Request) -> web.Response:
        name, data = request.match_info["name"], self.uploads.get(request.match_info["id"])
        return web.Response(body=data, content_type=media_type(name), status=404 if data is None else 200)


@contextmanager
def nowhere() -> Iterator[None]:
    """discord.py looks for Discord at a port of this machine where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with _discord_at(taken.getsockname()[1]):
            yield


@contextmanager
def _discord_at(port: int) -> Iterator[None]:
    with (
        mock.patch.object(Route, "BASE", f"http://127.0.0.1:{port}{API}"),
        mock.patch.object(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(f"ws://127.0.0.1:{port}/gateway/")),
    ):
        yield
