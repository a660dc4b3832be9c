"""Rest: the routes of Discord's API that the bot uses, strict where Discord is."""

import time
from typing import Any

from aiohttp import web

from .errors import ApiError
from .faults import Faults, Lost, error_answer
from .interaction import Interaction
from .payloads import Json, Upload, json_answer, objection_to_voice, read, snowflake
from .world import EPHEMERAL, LOADING, ApiCall, World


class Rest:
    """Answers calls from what there is in `world`, and changes it; `faults` come in between."""

    def __init__(self, world: World, faults: Faults, token: str) -> None:
        self._world = world
        self._faults = faults
        self._authorization = f"Bot {token}"

    async def serve(self, request: web.Request) -> web.Response:
        method, path = request.method, request.match_info["path"]
        try:
            body, files = await read(request)
        except ConnectionError:  # who called is gone in the middle of it
            return web.Response()
        self._world.requests.append(ApiCall(method, path, body))
        fault = await self._faults.meet(method, path)
        answer = None
        if fault is None or fault.done:
            authorized = request.headers.get("Authorization") == self._authorization
            answer = self._attempt(method, path, body, files, authorized=authorized)
        self._world.notify()
        if fault is not None and fault.answer is not None:
            try:
                answer = fault.answer()
            except Lost:
                assert request.transport is not None
                request.transport.abort()
        return answer or web.Response()

    def _attempt(self, method: str, path: str, body: Any, files: list[Upload], *, authorized: bool) -> web.Response:
        try:
            answer = self._answer(method, path, body, files, authorized=authorized)
        except ApiError as error:
            return error_answer(error)
        return json_answer(answer) if answer is not None else web.Response(status=204)

    def _answer(  # noqa: C901 (a table of routes)
        self, method: str, path: str, body: Any, files: list[Upload], *, authorized: bool
    ) -> Json | list[Json] | None:
        world = self._world
        match method, *path.split("/")[1:]:
            case "POST", "interactions", number, token, "callback":
                return self._respond(world.interactions.get(token), number, body, files)
            case _, "webhooks", _, token, *rest:
                return self._webhook(method, world.interactions.get(token), rest, body, files)
            case _ if not authorized:
                raise ApiError(0, "401: Unauthorized", 401)
            case "GET", "users", "@me":
                return world.users[world.application]
            case "POST", "users", "@me", "channels":
                return world.channels[str(world.direct(int(body["recipient_id"])))]
            case "GET", "users", number:
                return self._user(number)
            case "GET", "oauth2", "applications", "@me":
                empty: Json = {"description": "", "icon": None, "verify_key": ""}
                rights = {"bot_public": False, "bot_require_code_grant": False, "owner": world.users[world.alice]}
                return {"id": str(world.application), "name": "loopback", **empty, **rights}
            case "GET", "gateway", "bot":
                limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return {"url": world.gateway, "shards": 1, "session_start_limit": limit}
            case _, "applications", _, "commands":
                world.commands = self._register(method, body, world.commands)
                return world.commands
            case _, "applications", _, "guilds", guild, "commands":
                world.guild_commands = self._register(method, body, world.guild_commands, guild_id=guild)
                return world.guild_commands
            case _, "channels", channel, *rest:
                return self._channel(method, world.channel_of(channel), rest, body, files)
        raise ApiError(0)

    def _user(self, number: str) -> Json:
        if int(number) not in self._world.users:
            raise ApiError(10013)
        return self._world.users[int(number)]

    def _register(self, method: str, given: list[Json], before: list[Json], **scope: str) -> list[Json]:
        if method == "GET":
            return before
        self._world.synced += 1
        ids = {(command["name"], command["type"]): command["id"] for command in before}
        common: Json = {"type": 1, "description": "", "options": [], "application_id": str(self._world.application)}
        commands = []
        for each in given:
            command = common | {key: value for key, value in each.items() if value is not None}
            known = ids.get((command["name"], command["type"]))
            commands.append({**command, **scope, "id": known or str(snowflake())})
        return commands

    def _respond(self, interaction: Interaction | None, number: str, body: Json, files: list[Upload]) -> Json:
        if interaction is None or interaction.id != number:
            raise ApiError(10062)
        if interaction.callback is not None:
            raise ApiError(40060)
        if interaction.expired or self._too_late(interaction):
            raise ApiError(10062)
        interaction.callback = body
        interaction.acknowledged = time.monotonic()
        kind, data = body["type"], body.get("data") or {}
        answer: Json = {"interaction": {"id": number, "type": kind}}
        match kind:
            case 4 | 5:
                message = self._world.write(data, files, interaction.channel, thinking=kind == 5)
            case 6 | 7:
                message = self._world.message(interaction.clicked)
                message = self._world.edit(message, data, files) if kind == 7 else message
            case _:
                return answer
        interaction.message = message["id"]
        answer["interaction"] |= {
            "response_message_id": message["id"],
            "response_message_loading": bool(message["flags"] & LOADING),
            "response_message_ephemeral": bool(message["flags"] & EPHEMERAL),
        }
        return {**answer, "resource": {"type": kind, "message": message}} if kind in {4, 7} else answer

    def _too_late(self, interaction: Interaction) -> bool:
        deadline = self._world.deadline
        return deadline is not None and time.monotonic() - interaction.told > deadline

    def _webhook(
        self, method: str, interaction: Interaction | None, path: list[str], body: Json, files: list[Upload]
    ) -> Json | None:
        if interaction is None or interaction.callback is None:
            raise ApiError(10015)
        if interaction.expired:
            raise ApiError(50027)
        if path:
            number = interaction.message if path[-1] == "@original" else path[-1]
            return self._on_message(method, self._world.message(number), body, files)
        original = interaction.original
        if original is not None and original["flags"] & LOADING:
            return self._world.edit(original, body, files)
        if objection := objection_to_voice(body, files):
            raise ApiError(50161, objection)
        message = self._world.write(body, files, interaction.channel)
        interaction.followup_ids.append(message["id"])
        return message

    def _channel(
        self, method: str, channel: Json, path: list[str], body: Json, files: list[Upload]
    ) -> Json | list[Json] | None:
        match method, *path:
            case ["GET"]:
                return channel
            case "POST", "typing":
                return None
            case "GET", "messages":
                return self._world.seen_in(channel["id"])
            case "POST", "messages":
                return self._said_before(channel, body) or self._world.write(body, files, channel["id"])
            case _, "messages", number:
                message = self._world.message(number)
                # What is private is out of reach but for its interaction's token.
                if message["channel_id"] != channel["id"] or message["flags"] & EPHEMERAL:
                    raise ApiError(10008)
                return self._on_message(method, message, body, files)
        raise ApiError(0)

    def _said_before(self, channel: Json, body: Json) -> Json | None:
        """The message with the nonce of `body`, where Discord is asked to make no second one."""
        if not body.get("enforce_nonce"):
            return None
        messages = self._world.seen_in(channel["id"])
        return next((each for each in messages if each.get("nonce") == body["nonce"]), None)

    def _on_message(self, method: str, message: Json, body: Json, files: list[Upload]) -> Json | None:
        if method == "PATCH":
            return self._world.edit(message, body, files)
        if method == "DELETE":
            del self._world.messages[message["id"]]
            return None
        return message
