"""What a message holds: what a person reads in it, and what is attached to it or to what it forwards."""

from collections.abc import Iterable, Sequence
from typing import Any

import discord
from discord.components import TextDisplay

from bot.replies.attachments import kinds_of
from bot.tasks import Kind


def text_of(message: discord.Message) -> str:
    """What a person reads in a message, wherever it stands: also forwarded, in an embed, or in a card like ours."""
    parts = [message.content, *(snapshot.content for snapshot in message.message_snapshots)]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or ""]
    parts += _texts(message.components)
    return "\n".join(part for part in parts if part.strip())


def author_of(message: discord.Message) -> int:
    """Whose words a message holds: its author's; where it is a bot's answer to an interaction, whoever asked for it.

    Of what a message forwards, Discord tells neither bots nor members who wrote it: it counts as its forwarder's.
    """
    asked = message.interaction_metadata
    return message.author.id if asked is None else asked.user.id


def attachments_of(message: discord.Message) -> Sequence[discord.Attachment]:
    """A message's attachments, with those of what it forwards."""
    return [*message.attachments, *(it for snapshot in message.message_snapshots for it in snapshot.attachments)]


def serving_as(kind: Kind, attachments: Iterable[discord.Attachment]) -> list[discord.Attachment]:
    """What can be used as a `kind`; those that are nothing else first, so recordings before videos."""
    return sorted((it for it in attachments if kind in kinds_of(it)), key=lambda it: len(kinds_of(it)))


def text_file_of(attachments: Iterable[discord.Attachment]) -> discord.Attachment | None:
    """The first text file of `attachments`."""
    return next((it for it in attachments if (it.content_type or "").startswith("text/")), None)


def _texts(components: Iterable[discord.Component]) -> Iterable[str]:
    for component in components:
        if isinstance(component, TextDisplay):
            yield component.content
        inner: Any = getattr(component, "children", ())
        yield from _texts(inner)
