"""Reply: where the answer to a request is shown, be it an interaction or a message."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol, cast

import discord

from bot.gate import Gate
from bot.replies.rendered import Voice
from bot.replies.voice import send_voice
from bot.request import Address, Asker, InteractionAddress, MessageAddress

LOOKED_THROUGH = 50
"""Messages of a channel in which a member's own attachment is looked for."""

NO_MENTIONS = discord.AllowedMentions.none()
"""Sent with every message and every edit: an edit without it would ping whoever a model's text names."""


class Reply(Protocol):
    """One message that changes from acknowledgement to answer. Only one task at a time may write to it."""

    @property
    def asker(self) -> Asker: ...
    @property
    def address(self) -> Address: ...
    @property
    def filesize_limit(self) -> int:
        """Bytes that a file may have here."""
        ...

    @property
    def may_speak(self) -> bool:
        """Whether voice messages may be sent here."""
        ...

    async def refuse(self, card: discord.ui.LayoutView) -> None:
        """Answer at once with `card`, privately where that can be. Takes the place of `acknowledge`."""
        ...

    async def acknowledge(self) -> None:
        """Tell Discord, within its three seconds, that an answer will come."""
        ...

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        """Make `card` and its `files` what the member sees now. Raises discord.HTTPException."""
        ...

    async def speak(self, voice: Voice) -> None:
        """Send a voice message below the card. Raises discord.HTTPException."""
        ...

    async def own_attachments(self) -> list[discord.Attachment]:
        """What the asker attached lately in this channel, newest first; nothing where the bot can't see it."""
        ...


class Shown(Protocol):
    """A card with its files."""

    @property
    def view(self) -> discord.ui.LayoutView: ...
    @property
    def files(self) -> Sequence[discord.File]: ...


def is_private(address: Address | None) -> bool:
    """Whether only the asker sees what is at `address`."""
    return isinstance(address, InteractionAddress) and address.private


def asker_of(member: discord.Member | discord.User, server: int | None, channel: object) -> Asker:
    """Who asks in `channel`, which may be a thread, and with which roles."""
    ids = getattr(channel, "id", None), getattr(channel, "parent_id", None)
    roles = tuple(role.id for role in member.roles) if isinstance(member, discord.Member) else ()
    return Asker(member.id, server, tuple(id_ for id_ in ids if id_ is not None), roles)


class _HasGate(Protocol):
    gate: Gate


class InteractionReply:
    """A reply to a command, a menu or a button.

    Args:
        private: whether only the asker sees it; None where they didn't say, and the server's rules do.
        in_place: in the message whose button was pressed.
    """

    def __init__(
        self, interaction: discord.Interaction[Any], *, private: bool | None = False, in_place: bool = False
    ) -> None:
        self._interaction = interaction
        if private is None:
            private = cast("_HasGate", interaction.client).gate.is_private(interaction.guild_id)
        self._private = private
        self._in_place = in_place

    @property
    def asker(self) -> Asker:
        return asker_of(self._interaction.user, self._interaction.guild_id, self._interaction.channel)

    @property
    def address(self) -> Address:
        interaction = self._interaction
        return InteractionAddress(
            interaction.application_id,
            interaction.token,
            interaction.created_at,
            interaction.channel_id,
            self._private,
        )

    @property
    def filesize_limit(self) -> int:
        return self._interaction.filesize_limit

    @property
    def may_speak(self) -> bool:
        return self._interaction.guild_id is None or self._interaction.app_permissions.send_voice_messages

    async def refuse(self, card: discord.ui.LayoutView) -> None:
        await self._interaction.response.send_message(view=card, ephemeral=True, allowed_mentions=NO_MENTIONS)

    async def acknowledge(self) -> None:
        await self._interaction.response.defer(thinking=not self._in_place, ephemeral=self._private)

    async def tell(self, card: "Shown") -> None:
        """Answer with what only the one who asked sees, and that is all."""
        await self._interaction.response.send_message(
            view=card.view, files=card.files, ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    async def replace(self, card: "Shown") -> None:
        """Put `card` in the place of the message whose button was pressed."""
        await self._interaction.response.edit_message(
            view=card.view, attachments=card.files, allowed_mentions=NO_MENTIONS
        )

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        await self._interaction.edit_original_response(view=card, attachments=files, allowed_mentions=NO_MENTIONS)

    async def speak(self, voice: Voice) -> None:
        interaction = self._interaction
        await send_voice(interaction.client, interaction.application_id, interaction.token, voice, self._private)

    async def own_attachments(self) -> list[discord.Attachment]:
        channel = self._interaction.channel
        if not isinstance(channel, discord.abc.Messageable):
            return []
        if self._interaction.guild_id is not None and not self._interaction.app_permissions.read_message_history:
            return []
        found: list[discord.Attachment] = []
        with suppress(discord.HTTPException):
            async for message in channel.history(limit=LOOKED_THROUGH):
                if message.author.id == self._interaction.user.id:
                    found += message.attachments
        return found


class MessageReply:
    """A reply to somebody's message, in its channel."""

    def __init__(self, message: discord.Message) -> None:
        self._message = message
        self._shown: discord.Message | None = None

    @property
    def asker(self) -> Asker:
        guild = self._message.guild
        return asker_of(self._message.author, guild.id if guild else None, self._message.channel)

    @property
    def address(self) -> Address:
        return MessageAddress(self._message.channel.id, self._message.id)

    @property
    def filesize_limit(self) -> int:
        guild = self._message.guild
        return guild.filesize_limit if guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES

    @property
    def may_speak(self) -> bool:
        return False

    async def refuse(self, card: discord.ui.LayoutView) -> None:
        await self.show(card)

    async def acknowledge(self) -> None:
        await self._message.channel.typing()

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        if self._shown is None:
            self._shown = await self._message.reply(
                view=card, files=files, mention_author=False, allowed_mentions=NO_MENTIONS
            )
        else:
            await self._shown.edit(view=card, attachments=files, allowed_mentions=NO_MENTIONS)

    async def speak(self, voice: Voice) -> None:
        raise NotImplementedError

    async def own_attachments(self) -> list[discord.Attachment]:
        return self._message.attachments
