"""Reply: where the answer to a request is shown, be it an interaction or a message."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol, cast

import aiohttp
import discord

from bot.gate import Gate
from bot.replies.posted import NO_MENTIONS, Posted
from bot.replies.rendered import Voice
from bot.replies.voice import send_voice
from bot.request import Address, Asker, InteractionAddress, MessageAddress

LOOKED_THROUGH = 50
"""Messages of a channel in which a member's own attachment is looked for."""

ALREADY_ACKNOWLEDGED = 40060
"""Discord's code for a second response to an interaction."""


class CannotSpeak(Exception):
    """There is no place for a voice message here."""


class Reply(Protocol):
    """One message that keeps up with a request until it is the answer. Only one task at a time may write to it."""

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

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        """Make `card` and its `files` what the member sees now. Raises discord.HTTPException."""
        ...

    async def speak(self, voice: Voice) -> None:
        """Send a voice message below the card. Raises discord.HTTPException or CannotSpeak."""
        ...


class NewReply(Reply, Protocol):
    """A reply that hasn't begun yet."""

    @property
    def adult(self) -> bool:
        """Whether this is where adults only are."""
        ...

    async def refuse(self, card: discord.ui.LayoutView) -> None:
        """Answer at once with `card`, privately where that can be. Takes the place of `acknowledge`."""
        ...

    async def acknowledge(self) -> None:
        """Tell Discord, within its three seconds, that an answer will come."""
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


def is_for_adults(channel: object) -> bool:
    """Whether `channel` is age-restricted: a thread is if its parent is, a direct message never."""
    restricted = getattr(channel, "is_nsfw", None)
    return restricted is not None and bool(restricted())


def asker_of(member: discord.Member | discord.User, server: int | None, channel: object) -> Asker:
    """Who asks in `channel`, which may be a thread, and with which roles."""
    ids = getattr(channel, "id", None), getattr(channel, "parent_id", None)
    roles = tuple(role.id for role in member.roles) if isinstance(member, discord.Member) else ()
    return Asker(member.id, server, tuple(id_ for id_ in ids if id_ is not None), roles)


class _HasGate(Protocol):
    gate: Gate


class TokenReply:
    """The reply to an interaction, by its token alone: as good after a restart as before."""

    def __init__(self, client: discord.Client, asker: Asker, address: InteractionAddress) -> None:
        self._client = client
        self._asker = asker
        self._address = address

    @property
    def asker(self) -> Asker:
        return self._asker

    @property
    def address(self) -> InteractionAddress:
        return self._address

    @property
    def filesize_limit(self) -> int:
        return self._address.filesize_limit

    @property
    def may_speak(self) -> bool:
        return self._address.may_speak

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        message: Any = "@original"  # discord.py's types know numbers only
        webhook = discord.Webhook.partial(self._address.application, self._address.token, client=self._client)
        await webhook.edit_message(message, view=card, attachments=files, allowed_mentions=NO_MENTIONS)

    async def speak(self, voice: Voice) -> None:
        address = self._address
        await send_voice(self._client, address.application, address.token, voice, address.private)


class InteractionReply(TokenReply):
    """A reply to a command, a menu or a button.

    Args:
        private: whether only the asker sees it; None where they didn't say, and the server's rules do.
        in_place: in the message whose button was pressed.
    """

    def __init__(
        self, interaction: discord.Interaction[Any], *, private: bool | None = False, in_place: bool = False
    ) -> None:
        if private is None:
            private = cast("_HasGate", interaction.client).gate.is_private(interaction.guild_id)
        address = InteractionAddress(
            interaction.application_id,
            interaction.token,
            interaction.created_at,
            interaction.channel_id,
            private,
            interaction.filesize_limit,
            interaction.guild_id is None or interaction.app_permissions.send_voice_messages,
        )
        asker = asker_of(interaction.user, interaction.guild_id, interaction.channel)
        super().__init__(interaction.client, asker, address)
        self._interaction = interaction
        self._in_place = in_place

    @property
    def adult(self) -> bool:
        return is_for_adults(self._interaction.channel)

    async def refuse(self, card: discord.ui.LayoutView) -> None:
        await self._interaction.response.send_message(view=card, ephemeral=True, allowed_mentions=NO_MENTIONS)

    async def acknowledge(self) -> None:
        try:
            await self._defer()
        except (aiohttp.ClientError, OSError):
            # The connection broke; there are seconds left.
            await self._defer()

    async def _defer(self) -> None:
        try:
            await self._interaction.response.defer(thinking=not self._in_place, ephemeral=self._address.private)
        except discord.HTTPException as error:
            # It was taken, and only Discord's word for that got lost.
            if error.code != ALREADY_ACKNOWLEDGED:
                raise

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        await self._interaction.edit_original_response(view=card, attachments=files, allowed_mentions=NO_MENTIONS)

    async def tell(self, card: Shown) -> None:
        """Answer with what only the one who asked sees, and that is all."""
        await self._interaction.response.send_message(
            view=card.view, files=card.files, ephemeral=True, allowed_mentions=NO_MENTIONS
        )

    async def replace(self, card: Shown) -> None:
        """Put `card` in the place of the message whose button was pressed."""
        await self._interaction.response.edit_message(
            view=card.view, attachments=card.files, allowed_mentions=NO_MENTIONS
        )

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


class ChannelReply:
    """The reply to a message, by its address alone: as good after a restart as before.

    Args:
        shown: the id of the bot's own message, where there is one already.
    """

    def __init__(self, client: discord.Client, asker: Asker, address: MessageAddress, shown: int | None = None) -> None:
        self._asker = asker
        self._address = address
        self.posted = Posted(client, address.channel, str(address.message), answers=address.message, sent=shown)

    @property
    def asker(self) -> Asker:
        return self._asker

    @property
    def address(self) -> MessageAddress:
        return self._address

    @property
    def filesize_limit(self) -> int:
        return self._address.filesize_limit

    @property
    def may_speak(self) -> bool:
        return False

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        await self.posted.show(card, files)

    async def speak(self, _voice: Voice) -> None:
        raise CannotSpeak


class MessageReply(ChannelReply):
    """A reply to somebody's message, in its channel."""

    def __init__(self, client: discord.Client, message: discord.Message) -> None:
        guild = message.guild
        limit = guild.filesize_limit if guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES
        asker = asker_of(message.author, guild.id if guild else None, message.channel)
        super().__init__(client, asker, MessageAddress(message.channel.id, message.id, limit))
        self._message = message

    @property
    def adult(self) -> bool:
        return is_for_adults(self._message.channel)

    async def refuse(self, card: discord.ui.LayoutView) -> None:
        await self.show(card)

    async def acknowledge(self) -> None:
        await self._message.channel.typing()

    async def own_attachments(self) -> list[discord.Attachment]:
        return self._message.attachments
