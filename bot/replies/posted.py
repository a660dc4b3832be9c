"""Posted: a message of the bot's own in a channel, as an answer that no interaction carries needs it."""

from collections.abc import Sequence

import discord

NO_MENTIONS = discord.AllowedMentions.none()
"""Sent with every message and every edit: an edit without it would ping whoever a model's text names."""


class Posted:
    """Sent when it is first shown, and edited from then on.

    Args:
        channel: may be that of direct messages.
        nonce: of at most 25 characters; Discord takes two messages with the same for one, for some minutes, so that
            sending again what may have arrived is safe.
        answers: the message that it replies to.
        sent: its own id, where it was sent before.
    """

    def __init__(
        self, client: discord.Client, channel: int, nonce: str, *, answers: int | None = None, sent: int | None = None
    ) -> None:
        self.channel = channel
        self.id = sent
        self._client = client
        self._nonce = nonce
        self._answers = answers

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        """Raises discord.HTTPException."""
        channel = self._client.get_partial_messageable(self.channel)
        if self.id is not None:
            await channel.get_partial_message(self.id).edit(view=card, attachments=files, allowed_mentions=NO_MENTIONS)
        elif self._answers is None:
            message = await channel.send(view=card, files=files, nonce=self._nonce, allowed_mentions=NO_MENTIONS)
            self.id = message.id
        else:
            message = await channel.send(
                view=card,
                files=files,
                nonce=self._nonce,
                # The message may be gone by now; the answer is wanted all the same.
                reference=channel.get_partial_message(self._answers).to_reference(fail_if_not_exists=False),
                mention_author=False,
                allowed_mentions=NO_MENTIONS,
            )
            self.id = message.id
