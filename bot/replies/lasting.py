"""Lasting: a reply that reaches its asker whatever ends meanwhile: a connection, a token, the process."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import aiohttp
import discord

from bot.replies import cards
from bot.replies.buttons import ShowMineButton
from bot.replies.posted import Posted
from bot.replies.rendered import Voice
from bot.replies.reply import CannotSpeak, ChannelReply, Reply, TokenReply
from bot.request import Address, Asker, InteractionAddress, Request
from bot.storage.journal import Steps

log = logging.getLogger(__name__)

TOKEN_LASTS = timedelta(minutes=14)
"""Discord gives an interaction's token 15 minutes; the last one is for saying where the answer went."""

TOKEN_ENDED = {10015, 50027}
"""Discord's codes for a token that is over: unknown webhook, invalid webhook token."""

NETWORK = (aiohttp.ClientError, TimeoutError, OSError)
"""The way to Discord is out of order: the same may work in a moment. So with these of HTTP's statuses:"""
TOO_MANY, SERVER_ERRORS = 429, 500

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, *[30.0] * 18)
"""Seconds between tries while Discord can't be reached; ten minutes in all."""

MOVED, OFFERED, ANSWERING, SPEAKING, SPOKEN, SHOWN = "moved", "offered", "answering", "speaking", "spoken", "shown"
"""The steps of a reply that a later process has to know of."""


class Unreachable(Exception):
    """Discord, or the way to it, was out of order for longer than anything here is tried."""


class OutOfReach(Exception):
    """Nothing leads to the asker any more: neither the channel nor a direct message."""


class Lasting:
    """Wraps `reply`, which is acknowledged, for the rest of `request`'s life.

    Before the token of an interaction ends, the reply moves: to a message in the channel where it is public, to a
    direct message where it is private. Where those are closed, a button in the channel shows it to its asker alone,
    for nothing private is ever shown in public.

    Attributes:
        offered: whether the answer waits behind such a button.
        perhaps_answered: whether an earlier process may have shown the answer: nothing less is to be shown now.
    """

    def __init__(self, client: discord.Client, reply: Reply, request: Request, steps: Steps) -> None:
        self._client = client
        self._reply = reply
        self._request = request
        self._steps = steps
        self._moved = self._found()
        self._behind_button = False
        self.offered = OFFERED in steps
        self.perhaps_answered = ANSWERING in steps

    @property
    def asker(self) -> Asker:
        return self._reply.asker

    @property
    def address(self) -> Address:
        return self._reply.address

    @property
    def filesize_limit(self) -> int:
        return self._reply.filesize_limit

    @property
    def may_speak(self) -> bool:
        return self._in_place and self._reply.may_speak

    @property
    def seconds_left(self) -> float | None:
        """Until it has to move; None where it never has to."""
        address = self._reply.address
        if not isinstance(address, InteractionAddress) or not self._in_place:
            return None
        return (address.created + TOKEN_LASTS - discord.utils.utcnow()).total_seconds()

    async def show(self, card: discord.ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        """Raises discord.HTTPException where Discord doesn't take it, OutOfReach or Unreachable."""

        async def here() -> None:
            for file in files:
                file.reset()
            await self._show(card, files)

        await insist(here)

    async def answering(self) -> None:
        """To be called before the answer is shown."""
        if ANSWERING not in self._steps:
            await self._steps.tick(ANSWERING)

    async def speak(self, voice: Voice) -> None:
        """Once, as far as that can be known: who dies between sending and writing that down, sends again."""
        if SPOKEN in self._steps:
            return
        if not self._in_place:
            raise CannotSpeak
        await self._steps.tick(SPEAKING)
        try:
            await self._reply.speak(voice)
        except NETWORK as error:
            raise CannotSpeak from error
        await self._steps.tick(SPOKEN)

    async def end(self, *, answered: bool) -> None:
        """To be called after the last `show`. Where that is behind a button, the button is shown now."""
        if not self._behind_button:
            return
        address = self._reply.address
        assert isinstance(address, InteractionAddress)
        if address.channel is None:
            raise OutOfReach
        button = ShowMineButton(self._request.id) if answered else None
        posted = Posted(self._client, address.channel, self._request.id)
        card = cards.waits_for(self.asker.user, button)
        try:
            await insist(lambda: posted.show(card.view))
        except (discord.Forbidden, discord.NotFound) as error:
            raise OutOfReach from error
        if answered:
            await self._steps.tick(OFFERED)
            self.offered = True

    @property
    def _in_place(self) -> bool:
        return self._moved is None and not self._behind_button

    async def _show(self, card: discord.ui.LayoutView, files: Sequence[discord.File]) -> None:
        left = self.seconds_left
        if left is None or left > 0:
            try:
                await self._show_here(card, files)
            except discord.HTTPException as error:
                if not self._in_place or error.code not in TOKEN_ENDED:
                    raise
            else:
                return
        await self._move(card, files)

    async def _show_here(self, card: discord.ui.LayoutView, files: Sequence[discord.File]) -> None:
        if self._behind_button:
            return
        if self._moved is not None:
            await self._moved.show(card, files)
            return
        await self._reply.show(card, files)
        if isinstance(self._reply, ChannelReply) and SHOWN not in self._steps:
            await self._steps.tick(SHOWN, str(self._reply.posted.id))

    async def _move(self, card: discord.ui.LayoutView, files: Sequence[discord.File]) -> None:
        """Show `card` where the token isn't needed, and stay there."""
        address = self._reply.address
        assert isinstance(address, InteractionAddress)
        where = "further down"
        posted = None
        if not address.private and address.channel is not None:
            posted = await self._posted(address.channel, card, files)
        if posted is None:
            where = "as a direct message"
            posted = await self._in_private(card, files)
        if posted is not None:
            self._moved = posted
            await self._steps.tick(MOVED, f"{posted.channel} {posted.id}")
        elif address.private:
            where = "further down, behind a button for you alone"
            self._behind_button = True
        else:
            raise OutOfReach
        # The token may be over by now, and then the old message stays as it is.
        with suppress(discord.HTTPException):
            await self._reply.show(cards.moved(where).view)

    async def _in_private(self, card: discord.ui.LayoutView, files: Sequence[discord.File]) -> Posted | None:
        try:
            channel = await self._client.create_dm(discord.Object(self.asker.user))
        except discord.HTTPException as error:
            if _may_pass(error):
                raise
            return None
        return await self._posted(channel.id, card, files)

    async def _posted(self, channel: int, card: discord.ui.LayoutView, files: Sequence[discord.File]) -> Posted | None:
        posted = Posted(self._client, channel, self._request.id)
        for file in files:
            file.reset()
        try:
            await posted.show(card, files)
        except (discord.Forbidden, discord.NotFound):
            return None
        return posted

    def _found(self) -> Posted | None:
        """Where an earlier process had moved it."""
        if MOVED not in self._steps:
            return None
        channel, number = map(int, self._steps[MOVED].split())
        return Posted(self._client, channel, self._request.id, sent=number)


def restored(client: discord.Client, request: Request, steps: Steps) -> Lasting | None:
    """The reply to a request that an earlier process accepted; None where nobody waits for one."""
    if request.asker is None or request.address is None:
        return None
    if isinstance(request.address, InteractionAddress):
        return Lasting(client, TokenReply(client, request.asker, request.address), request, steps)
    shown = int(steps[SHOWN]) if SHOWN in steps else None
    return Lasting(client, ChannelReply(client, request.asker, request.address, shown), request, steps)


async def insist(show: Callable[[], Awaitable[None]]) -> None:
    """Do `show` until Discord has taken it. Raises discord.HTTPException where it never will, or Unreachable."""
    for pause in (*PAUSES, None):
        try:
            await show()
        except (discord.HTTPException, *NETWORK) as error:
            if not _may_pass(error):
                raise
            if pause is None:
                raise Unreachable from error
            log.warning("Discord can't be reached (%s): trying again in %g s", type(error).__name__, pause)
            await asyncio.sleep(pause)
        else:
            return


def _may_pass(error: Exception) -> bool:
    if isinstance(error, discord.HTTPException):
        return error.status == TOO_MANY or error.status >= SERVER_ERRORS
    return True
