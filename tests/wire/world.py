"""World: who and what there is on the loopback Discord, and what was written there."""

import threading
from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import discord

from .errors import ApiError
from .interaction import Interaction
from .payloads import Json, Upload, media_type, snowflake

EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
PERMISSIONS = str((discord.Permissions.text() | discord.Permissions(view_channel=True)).value)

_EMPTY: Json = {"content": "", "embeds": [], "components": [], "attachments": []}
_KEPT = ("nonce", "message_reference")
_PAGE = 50
_T = TypeVar("_T")


class ApiCall(NamedTuple):
    """A REST call as it came; `path` is what follows `/api/v10`."""

    method: str
    path: str
    json: Any


class World:
    """A guild with a channel, a bot and its members.

    Attributes:
        application, guild, channel, alice, bob: ids; alice and bob are the first members.
        users, channels: by id; the channels of direct messages too.
        commands: the global commands, with ids; `guild_commands` are the guild's. `synced` counts the PUTs of either.
        requests: every REST call, in order.
        interactions: all that members did, by token.
        messages: every message as it is now, by id; `versions` has its whole history.
        uploads: the bytes of every attachment, by its id.
        deadline: seconds within which an interaction has to be acknowledged, 3 on the real Discord; None for no limit,
            so that a slow machine doesn't fail a test about something else.
    """

    def __init__(self) -> None:
        self.application, self.guild, self.channel = (snowflake() for _ in range(3))
        self.users: dict[int, Json] = {}
        self._add_user(self.application, "loopback", bot=True)
        self.alice, self.bob = self.member("alice"), self.member("bob")
        guild_channel = {"guild_id": str(self.guild), "type": 0, "name": "general", "position": 0}
        self.channels: dict[str, Json] = {str(self.channel): {"id": str(self.channel), **guild_channel}}
        self.commands: list[Json] = []
        self.guild_commands: list[Json] = []
        self.synced = 0
        self.requests: list[ApiCall] = []
        self.interactions: dict[str, Interaction] = {}
        self.messages: dict[str, Json] = {}
        self.versions: dict[str, list[Json]] = defaultdict(list)
        self.uploads: dict[str, bytes] = {}
        self.deadline: float | None = None
        self.port = 0
        self._changed = threading.Condition()

    @property
    def gateway(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway/"

    def member(self, name: str) -> int:
        """The id of a new member of the guild."""
        number = snowflake()
        self._add_user(number, name)
        return number

    def _add_user(self, number: int, name: str, **more: bool) -> None:
        self.users[number] = {"id": str(number), "username": name, "discriminator": "0", "avatar": None, **more}

    def direct(self, user: int) -> int:
        """The id of the channel for direct messages between the bot and `user`, made where there is none yet."""
        recipients = [self.users[user]]
        known = (each for each in self.channels.values() if each.get("recipients") == recipients)
        channel = next(known, None)
        if channel is None:
            channel = {"id": str(snowflake()), "type": 1, "recipients": recipients, "last_message_id": None}
            self.channels[channel["id"]] = channel
        return int(channel["id"])

    def as_member(self, user: int) -> Json:
        return {"user": self.users[user], "roles": [], "flags": 0}

    def channel_of(self, number: str) -> Json:
        if number not in self.channels:
            raise ApiError(10003)
        return self.channels[number]

    def message(self, number: str | None) -> Json:
        if number not in self.messages:
            raise ApiError(10008)
        return self.messages[number]

    def seen_in(self, channel: str) -> list[Json]:
        """The newest messages of `channel` that everybody there sees, newest first."""
        messages = (each for each in reversed(self.messages.values()) if each["channel_id"] == channel)
        return [*islice((each for each in messages if not each["flags"] & EPHEMERAL), _PAGE)]

    def write(
        self, body: Json, files: list[Upload], channel: str, *, author: int | None = None, thinking: bool = False
    ) -> Json:
        """A new message, the bot's own if no `author` is given."""
        message = {
            "id": str(snowflake()),
            "channel_id": channel,
            "type": 0,
            "author": self.users[author or self.application],
            "flags": body.get("flags", 0) | LOADING * thinking,
            "mentions": [],
            **{key: body[key] for key in _KEPT if key in body},
        }
        return self._keep({**message, **_EMPTY}, body, files)

    def edit(self, message: Json, body: Json, files: list[Upload]) -> Json:
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
        new = [self.attach(upload, message["channel_id"]) for upload in files]
        message = {**message, **said, "attachments": [*attachments, *new]}
        self.messages[message["id"]] = message
        self.versions[message["id"]].append(message)
        return message

    def attach(self, upload: Upload, channel: str) -> Json:
        number = str(snowflake())
        self.uploads[number] = upload.data
        url = f"http://127.0.0.1:{self.port}/attachments/{channel}/{number}/{quote(upload.name)}"
        told = {"filename": upload.name, "size": len(upload.data), "content_type": media_type(upload.name)}
        return {"id": number, "url": url, "proxy_url": url, **told}

    def notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait_until(self, condition: Callable[[], _T | None], timeout: float = 10.0) -> _T:
        """Block until `condition` returns something true, and return that. TimeoutError if it never does.

        Not for the bot's own event loop: there, await `asyncio.to_thread(discord.wait_until, …)`.
        """
        with self._changed:
            result = self._changed.wait_for(condition, timeout)
        if not result:
            raise TimeoutError(f"not within {timeout:g} s; the last requests: {self.requests[-3:]}")
        return result
