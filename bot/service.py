"""The bot on Discord: from the token to a clean end."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import aiohttp
import discord

from bot.client import PipelineBot, invite_url
from bot.errors import HostError
from bot.settings import Settings
from bot.storage.storage import Storage, fleeting_storage, opened_storage
from bot.supervisor import is_orphan
from bot.worker.hub import Models
from bot.worker.opening import new_worker, opened

log = logging.getLogger(__name__)

LAST_WORDS = 5.0
"""Seconds for the last edits of replies to reach Discord, and as many to take leave of it."""

LOOK = 1.0
"""Seconds between two looks at whether the supervisor is still there."""

_Client = TypeVar("_Client", bound=discord.Client)


async def serve(settings: Settings) -> None:
    """Join Discord and answer until SIGINT or SIGTERM. HostError where that can't be, or only in a new process."""
    async with opened_storage(settings) as storage:
        await _serve(settings, storage)


async def _serve(settings: Settings, storage: Storage) -> None:
    worker = new_worker(settings, Models.HUB)
    record = settings.data_dir / "commands.sha256"
    kept_for = settings.keep_minutes * 60
    bot = PipelineBot(worker, storage, commands_record=record, limits=settings.limits, kept_for=kept_for)
    # Logging in first: a wrong token is told at once. Opening the worker before connecting: importing torch would hold
    # up the first heartbeats.
    async with _logged_in(bot, settings), opened(worker):
        log.info("logged in as %s; invite me with %s", bot.user, invite_url(bot))
        connected = asyncio.create_task(bot.connect())
        stopped = asyncio.create_task(_told_to_stop())
        await asyncio.wait((connected, stopped, worker.broken), return_when=asyncio.FIRST_COMPLETED)
        if connected.done():
            stopped.cancel()
            connected.result()
            return
        if stopped.done():
            log.info("stopping: what runs has %g s to finish", settings.shutdown_grace)
            unfinished = await worker.drain(settings.shutdown_grace)
            if unfinished:
                log.warning("%d requests were not finished; their askers are told so", len(unfinished))
        await worker.close()
        if worker.broken.done():
            log.error("%s", worker.broken.result())
        with suppress(TimeoutError):
            await asyncio.wait_for(bot.under_way.wait_empty(), LAST_WORDS)
        if worker.broken.done():
            raise HostError("Only a new process can go on.", HostError.TEMPORARY)
        await bot.close()
        await connected


async def register(settings: Settings) -> None:
    """Tell Discord the commands, whether or not they changed."""
    # Its worker is never opened: nobody asks anything here.
    worker = new_worker(settings, Models.HUB)
    async with fleeting_storage() as storage, _logged_in(PipelineBot(worker, storage, commands_record=None), settings):
        pass


async def invite_link(settings: Settings) -> str:
    async with _logged_in(discord.Client(intents=discord.Intents.none()), settings) as client:
        return invite_url(client)


@asynccontextmanager
async def _logged_in(client: _Client, settings: Settings) -> AsyncIterator[_Client]:
    """`client`, logged in and not yet connected to the gateway.

    Turns what Discord or the network object to, then and within the block, into a HostError with its remedy.
    """
    if settings.discord_token is None:
        raise HostError("There is no DISCORD_TOKEN in the environment or .env.", HostError.CONFIG)
    try:
        try:
            await client.login(settings.discord_token.get_secret_value())
            yield client
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(client.close(), LAST_WORDS)
    except discord.LoginFailure as error:
        raise HostError(
            "Discord refused DISCORD_TOKEN. Copy a fresh one from https://discord.com/developers/applications "
            "(your application → Bot → Reset Token) into .env.",
            HostError.CONFIG,
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise HostError(
            "Discord refused an intent of the bot. Switch it on at https://discord.com/developers/applications "
            "(your application → Bot → Privileged Gateway Intents).",
            HostError.CONFIG,
        ) from error
    except (OSError, aiohttp.ClientError, discord.GatewayNotFound, discord.DiscordServerError) as error:
        raise _unreachable(error) from error
    except AttributeError as error:
        # discord.py 2.7.1 stumbles over its missing socket when the very first gateway connection fails.
        if "NoneType" not in str(error) or client.ws is not None:
            raise
        raise _unreachable(error.__context__ or error) from error


def _unreachable(error: BaseException) -> HostError:
    return HostError(
        f"Discord can't be reached ({type(error).__name__}). Check this machine's network and "
        "https://discordstatus.com, then start me again.",
        HostError.UNAVAILABLE,
    )


async def _told_to_stop() -> None:
    """Wait for SIGINT, for SIGTERM, or until the supervisor is gone, which no signal tells."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    while not stop.is_set():
        if is_orphan():
            log.warning("my supervisor is gone, so I stop too")
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK)
