"""Request: what somebody asked for, as plain data that can be journaled, sent to another machine and run again."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as it came: undecoded, untrusted bytes. What is shown of a spoiler is to be a spoiler too."""

    name: str
    data: bytes = field(repr=False)
    content_type: str | None = None
    spoiler: bool = False

    # How pydantic, which the journal writes with, puts bytes into JSON; a plain dict, so that it isn't needed here.
    __pydantic_config__ = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}  # noqa: RUF012


Input = str | File
Option = str | int | float | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class InteractionAddress:
    """A reply reached through an interaction's token, which lives for 15 minutes from `created`.

    `filesize_limit` is in bytes; `may_speak`: whether voice messages may be sent there.
    """

    application: int
    token: str = field(repr=False)
    created: datetime
    channel: int | None
    private: bool
    filesize_limit: int = 10 * 2**20
    may_speak: bool = False
    kind: Literal["interaction"] = "interaction"


@dataclass(frozen=True, slots=True)
class MessageAddress:
    """A reply to a message in a channel that the bot can see."""

    channel: int
    message: int
    filesize_limit: int = 10 * 2**20
    kind: Literal["message"] = "message"


Address = InteractionAddress | MessageAddress


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, and where, as Discord ids. `server` is None in direct messages.

    `channels`: the channel, and for a thread the one that it belongs to. `roles`: the member's, at that time.
    """

    user: int
    server: int | None = None
    channels: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do. `model` None is the task's default; `address` None means that no message waits.

    `real`: no starter model will do in the default's place. `adult`: it was asked where adults only are, an
    age-restricted channel. `author`: who wrote what it is about, where it was another than the asker.
    """

    task: str
    inputs: Mapping[str, Input] = field(repr=False)
    options: Mapping[str, Option] = field(default_factory=dict)
    model: str | None = None
    real: bool = False
    adult: bool = False
    asker: Asker | None = None
    address: Address | None = None
    author: int | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def concerns(self, user: int) -> bool:
        """Whether it holds what `user` wrote."""
        return user == self.author or self.is_of(user)

    def is_of(self, user: int) -> bool:
        return self.asker is not None and self.asker.user == user

    def is_from(self, server: int) -> bool:
        return self.asker is not None and self.asker.server == server
