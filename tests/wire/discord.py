"""LoopbackDiscord: a guild with a channel, a bot and two members, behind REST and gateway as discord.py uses them."""

import asyncio
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple, Self, TypeVar
from unittest import mock
from urllib.parse import quote

import discord
import yarl
from aiohttp import WSMsgType, web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from .gateway import Session, Socket
from .interaction import Interaction
from .payloads import Json, Upload, by_name, json_answer, media_type, objection_to_voice, parts, read, snowflake

API = "/api/v10"
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
CLICK_DELAY = 0.05
"""Seconds. Nobody clicks sooner, and discord.py knows a view only once it has read the answer to the edit with it."""


_PERMISSIONS = str((discord.Permissions.text() | discord.Permissions(view_channel=True)).value)
_EMPTY: Json = {"content": "", "embeds": [], "components": [], "attachments": []}
_T = TypeVar("_T")


class ApiCall(NamedTuple):
    """A REST call as it came; `path` is what follows `/api/v10`."""

    method: str
    path: str
    json: Any


class ApiError(Exception):
    """HTTP status, Discord's code, message."""


class LoopbackDiscord:
    """A Discord that real discord.py talks to, for as long as the `with` block lasts.

    It runs on a thread and event loop of its own, so that both code under `asyncio.run()` and a test's own loop can use
    it. Commands and messages stay when a bot leaves: the next one finds them.

    Attributes:
        application, guild, channel, alice, bob: ids; alice and bob are the members.
        close_after_identify: a code to close the gateway with where READY is due, such as 4014 for a missing intent.
        commands: the global commands, with ids; `guild_commands` are the guild's. `synced` counts the PUTs of either.
        requests: every REST call, in order.
        messages: every message as it is now, by id; `versions` has its whole history.
        uploads: the bytes of every attachment, by its id.
    """

    token = "loopback.bot.token"

    def __init__(self) -> None:
        self.application, self.guild, self.channel, self.alice, self.bob = (snowflake() for _ in range(5))
        self.close_after_identify: int | None = None
        self.commands: list[Json] = []
        self.guild_commands: list[Json] = []
        self.synced = 0
        self.requests: list[ApiCall] = []
        self.messages: dict[str, Json] = {}
        self.versions: dict[str, list[Json]] = defaultdict(list)
        self.uploads: dict[str, bytes] = {}
        names = {self.application: "loopback", self.alice: "alice", self.bob: "bob"}
        common = {"discriminator": "0", "avatar": None}
        self._users: dict[int, Json] = {each: {"id": str(each), "username": names[each], **common} for each in names}
        self._users[self.application]["bot"] = True
        self._interactions: dict[str, Interaction] = {}
        self._session: Session | None = None
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        started: Future[int] = Future()
        thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)), name="loopback-discord", daemon=True
        )
        thread.start()
        self._port = started.result(timeout=10)
        with ExitStack() as stack:
            stack.callback(thread.join)
            stack.callback(lambda: self._loop.call_soon_threadsafe(self._stop.set))
            stack.enter_context(_discord_at(self._port))
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def slash(self, name: str, options: Mapping[str, Any] | None = None, *, user: int | None = None) -> Interaction:
        """Type `/name`, or `/group name`, in the channel, as alice if nobody else is given.

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
                attachment = self._attach(Upload(given[0], given[1], media_type(given[0])))
                value = attachment["id"]
                resolved[value] = attachment
            values.append({"name": option, "type": declared[option]["type"], "value": value})
        for step in reversed(path[1:]):
            values = [{"name": step["name"], "type": step["type"], "options": values}]
        data: Json = {key: known[root][key] for key in ("id", "name", "type", "guild_id") if key in known[root]}
        return self._interact(2, {**data, "options": values, "resolved": {"attachments": resolved}}, user)

    def click(self, shown: Interaction | Json, custom_id: str, *, user: int | None = None) -> Interaction:
        """Press a button of a reply or a message, as alice if nobody else is given.

        KeyError where it has no such button, or a disabled one.
        """
        message = shown.original if isinstance(shown, Interaction) else self.messages[shown["id"]]
        pressable = {part.get("custom_id"): part for part in parts(message or {}) if not part.get("disabled")}
        data = {"custom_id": custom_id, "component_type": pressable[custom_id]["type"]}
        return self._interact(3, data, user, message)

    def drop(self) -> None:
        """Lose the gateway connection. discord.py resumes its session and is told what happened meanwhile."""
        session = self.wait_until(lambda: self._session)
        asyncio.run_coroutine_threadsafe(session.socket.ws.close(code=4000), self._loop)

    def wait_until(self, condition: Callable[[], _T | None], timeout: float = 10.0) -> _T:
        """Block until `condition` returns something true, and return that. TimeoutError if it never does.

        Not for the bot's own event loop: there, await `asyncio.to_thread(discord.wait_until, …)`.
        """
        with self._changed:
            result = self._changed.wait_for(condition, timeout)
        if not result:
            raise TimeoutError(f"not within {timeout:g} s; the last requests: {self.requests[-3:]}")
        return result

    def _interact(self, kind: int, data: Json, user: int | None, message: Json | None = None) -> Interaction:
        session = self.wait_until(lambda: self._session)
        interaction = Interaction(self, snowflake(), message["id"] if message else None)
        self._interactions[interaction.token] = interaction
        payload = {
            "id": interaction.id,
            "application_id": str(self.application),
            "type": kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "guild_id": str(self.guild),
            "channel": self._channel,
            "member": {**self._member(user or self.alice), "permissions": _PERMISSIONS},
            "app_permissions": _PERMISSIONS,
            "authorizing_integration_owners": {"0": str(self.guild)},
            "attachment_size_limit": 10 * 2**20,
            "context": 0,
            **({"message": message} if message else {}),
        }

        async def tell() -> None:
            await asyncio.sleep(CLICK_DELAY if message else 0)
            await session.dispatch("INTERACTION_CREATE", payload)

        asyncio.run_coroutine_threadsafe(tell(), self._loop)
        return interaction

    async def _serve(self, started: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=25 * 2**20)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._cdn)
        app.router.add_route("*", API + "{path:/.*}", self._rest)
        # A bot that is still connected at the end is cut off, not waited for.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        started.set_result(runner.addresses[0][1])
        await self._stop.wait()
        await runner.cleanup()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # The gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(timeout=1.0)
        await ws.prepare(request)
        socket = Socket(ws, request.query.get("compress"))
        await socket.send(10, {"heartbeat_interval": 41250})
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
        return ws

    async def _welcome(self, socket: Socket) -> None:
        session = Session(socket)
        ready = {
            "user": self._users[self.application],
            "guilds": [{"id": str(self.guild), "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": f"ws://127.0.0.1:{self._port}/gateway/",
            "application": {"id": str(self.application), "flags": 0},
        }
        guild = {
            "id": str(self.guild),
            "name": "Loopback",
            "owner_id": str(self.alice),
            "unavailable": False,
            "roles": [{"id": str(self.guild), "name": "@everyone", "permissions": _PERMISSIONS}],
            "channels": [self._channel],
            "members": [self._member(user) for user in self._users],
            "member_count": len(self._users),
        }
        await session.dispatch("READY", ready)
        await session.dispatch("GUILD_CREATE", guild)
        self._session = session
        self._notify()

    # REST

    async def _rest(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        body, files = await read(request)
        self.requests.append(ApiCall(request.method, path, body))
        authorized = request.headers.get("Authorization") == f"Bot {self.token}"
        try:
            answer = self._answer(request.method, path, body, files, authorized=authorized)
        except ApiError as error:
            status, code, message = error.args
            return json_answer({"message": message, "code": code}, status)
        finally:
            self._notify()
        return json_answer(answer) if answer is not None else web.Response(status=204)

    def _answer(  # noqa: C901 (a table of routes)
        self, method: str, path: str, body: Any, files: list[Upload], *, authorized: bool
    ) -> Json | list[Json] | None:
        match method, *path.split("/")[1:]:
            case "POST", "interactions", number, token, "callback":
                return self._respond(self._interactions.get(token), number, body, files)
            case _, "webhooks", _, token, *rest:
                return self._webhook(method, self._interactions.get(token), rest, body, files)
            case _ if not authorized:
                raise ApiError(401, 0, "401: Unauthorized")
            case "GET", "users", "@me":
                return self._users[self.application]
            case "GET", "oauth2", "applications", "@me":
                empty: Json = {"description": "", "icon": None, "verify_key": ""}
                rights = {"bot_public": False, "bot_require_code_grant": False, "owner": self._users[self.alice]}
                return {"id": str(self.application), "name": "loopback", **empty, **rights}
            case "GET", "gateway", "bot":
                limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return {"url": f"ws://127.0.0.1:{self._port}/gateway/", "shards": 1, "session_start_limit": limit}
            case "GET", "applications", _, "commands":
                return self.commands
            case "PUT", "applications", _, "commands":
                self.commands = self._register(body, self.commands)
                return self.commands
            case "GET", "applications", _, "guilds", _, "commands":
                return self.guild_commands
            case "PUT", "applications", _, "guilds", guild, "commands":
                self.guild_commands = self._register(body, self.guild_commands, guild_id=guild)
                return self.guild_commands
            case "POST", "channels", _, "typing":
                return None
            case "POST", "channels", _, "messages":
                return self._write(body, files)
            case _, "channels", _, "messages", number:
                return self._on_message(method, number, body, files)
        raise ApiError(404, 0, "404: Not Found")

    def _register(self, given: list[Json], before: list[Json], **scope: str) -> list[Json]:
        self.synced += 1
        ids = {(command["name"], command["type"]): command["id"] for command in before}
        commands = []
        for each in given:
            told = {key: value for key, value in each.items() if value is not None}
            command = {"type": 1, "description": "", "options": [], "application_id": str(self.application), **told}
            known = ids.get((command["name"], command["type"]))
            commands.append({**command, **scope, "id": known or str(snowflake())})
        return commands

    def _respond(self, interaction: Interaction | None, number: str, body: Json, files: list[Upload]) -> Json:
        if interaction is None or interaction.id != number:
            raise ApiError(404, 10062, "Unknown interaction")
        if interaction.callback is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        interaction.callback = body
        kind, data = body["type"], body.get("data") or {}
        answer: Json = {"interaction": {"id": number, "type": kind}}
        match kind:
            case 4 | 5:
                message = self._write(data, files, thinking=kind == 5)
            case 6 | 7:
                message = self._message(interaction.clicked)
                message = self._edit(message, data, files) if kind == 7 else message
            case _:
                return answer
        interaction.message = message["id"]
        answer["interaction"] |= {
            "response_message_id": message["id"],
            "response_message_loading": bool(message["flags"] & LOADING),
            "response_message_ephemeral": bool(message["flags"] & EPHEMERAL),
        }
        return {**answer, "resource": {"type": kind, "message": message}} if kind in {4, 7} else answer

    def _webhook(
        self, method: str, interaction: Interaction | None, path: list[str], body: Json, files: list[Upload]
    ) -> Json | None:
        if interaction is None or interaction.callback is None:
            raise ApiError(404, 10015, "Unknown Webhook")
        if path:
            number = interaction.message if path[-1] == "@original" else path[-1]
            return self._on_message(method, number, body, files)
        original = interaction.original
        if original is not None and original["flags"] & LOADING:
            return self._edit(original, body, files)
        if objection := objection_to_voice(body, files):
            raise ApiError(400, 50161, objection)
        message = self._write(body, files)
        interaction.followup_ids.append(message["id"])
        return message

    def _on_message(self, method: str, number: str | None, body: Json, files: list[Upload]) -> Json | None:
        message = self._message(number)
        if method == "PATCH":
            return self._edit(message, body, files)
        if method == "DELETE":
            del self.messages[message["id"]]
            return None
        return message

    async def _cdn(self, request: web.Request) -> web.Response:
        name, data = request.match_info["name"], self.uploads.get(request.match_info["id"])
        return web.Response(body=data, content_type=media_type(name), status=404 if data is None else 200)

    # What there is

    @property
    def _channel(self) -> Json:
        return {"id": str(self.channel), "guild_id": str(self.guild), "type": 0, "name": "general", "position": 0}

    def _member(self, user: int) -> Json:
        return {"user": self._users[user], "roles": [], "flags": 0}

    def _message(self, number: str | None) -> Json:
        if number not in self.messages:
            raise ApiError(404, 10008, "Unknown Message")
        return self.messages[number]

    def _write(self, body: Json, files: list[Upload], *, thinking: bool = False) -> Json:
        author, flags = self._users[self.application], body.get("flags", 0) | LOADING * thinking
        message = {
            "id": str(snowflake()),
            "channel_id": str(self.channel),
            "type": 0,
            "author": author,
            "flags": flags,
        }
        return self._keep({**message, "mentions": [], **_EMPTY}, body, files)

    def _edit(self, message: Json, body: Json, files: list[Upload]) -> Json:
        # An edit ends "thinking" and can switch to Components V2; all other flags stay as the message was made.
        flags = message["flags"] & ~LOADING | body.get("flags", 0) & COMPONENTS_V2
        return self._keep({**message, "flags": flags}, body, files)

    def _keep(self, message: Json, body: Json, files: list[Upload]) -> Json:
        """`message` with what `body` says, as a version of its own."""
        said = {key: body[key] or empty for key, empty in _EMPTY.items() if key in body}
        attachments = message["attachments"]
        if "attachments" in said:
            listed = {str(attachment["id"]) for attachment in said["attachments"]}
            attachments = [attachment for attachment in attachments if attachment["id"] in listed]
        message = {**message, **said, "attachments": [*attachments, *map(self._attach, files)]}
        self.messages[message["id"]] = message
        self.versions[message["id"]].append(message)
        return message

    def _attach(self, upload: Upload) -> Json:
        number = str(snowflake())
        self.uploads[number] = upload.data
        url = f"http://127.0.0.1:{self._port}/attachments/{self.channel}/{number}/{quote(upload.name)}"
        told = {"filename": upload.name, "size": len(upload.data), "content_type": media_type(upload.name)}
        return {"id": number, "url": url, "proxy_url": url, **told}


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
