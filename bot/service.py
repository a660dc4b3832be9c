"""The bot on Discord: from the token to a clean end."""

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import aiohttp
import discord

from bot.client import PipelineBot, invite_url
from bot.errors import HostError, record_defect
from bot.settings import Settings
from bot.storage.database import Unwritable
from bot.storage.storage import Storage, fleeting_storage, opened_storage
from bot.supervisor import is_orphan
from bot.suspects import Suspects
from bot.worker.hub import Models
from bot.worker.opening import new_worker, opened

log = logging.getLogger(__name__)

LAST_WORDS = 5.0
"""Seconds for the last edits of replies to reach Discord, and as many to take leave of it."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before the gateway is tried again. Each pause is twice the last: Discord takes 1,000 logins a day."""

GOOD_LIFE = 600.0
"""Seconds of a connection after which the pauses begin anew."""

LOOK = 1.0
"""Seconds between two looks at whether the supervisor is still there."""

_Client = TypeVar("_Client", bound=discord.Client)


async def serve(settings: Settings) -> None:
    """Join Discord and answer until SIGINT or SIGTERM. HostError where that can't be, or only in a new process."""
    async with opened_storage(settings) as storage:
        suspects = Suspects(settings.data_dir / "under-way")
        try:
            await storage.journal.count_deaths(suspects.found())
        except Unwritable as error:
            raise HostError(f"The database can't be written right now: {error}.", HostError.UNAVAILABLE) from error
        suspects.note(())
        await _serve(settings, storage, suspects)


async def _serve(settings: Settings, storage: Storage, suspects: Suspects) -> None:
    worker = new_worker(settings, Models.HUB, suspects.note)
    record = settings.data_dir / "commands.sha256"
    bot = PipelineBot(
        worker,
        storage,
        commands_record=record,
        limits=settings.limits,
        rules=settings.rules,
        kept_for=settings.keep_minutes * 60,
    )
    # Logging in first: a wrong token is told at once. Opening the worker before connecting: importing torch would hold
    # up the first heartbeats.
    async with _logged_in(bot, settings), opened(worker):
        log.info("logged in as %s; invite me with %s", bot.user, invite_url(bot))
        resumed = asyncio.create_task(bot.serving.resume())
        connected = asyncio.create_task(stay_connected(bot))
        stopped = asyncio.create_task(_told_to_stop())
        await asyncio.wait((connected, stopped, worker.broken), return_when=asyncio.FIRST_COMPLETED)
        if connected.done():
            stopped.cancel()
            connected.result()
            return
        if stopped.done():
            log.info("stopping: what runs has %g s to finish", settings.shutdown_grace)
            bot.serving.stop()
            unfinished = await worker.drain(settings.shutdown_grace)
            if unfinished:
                log.warning("%d requests were not finished: they are kept for the next start", len(unfinished))
        await worker.close()
        if worker.broken.done():
            log.error("%s", worker.broken.result())
        with suppress(TimeoutError):
            await asyncio.wait_for(bot.under_way.wait_empty(), LAST_WORDS)
        if worker.broken.done():
            raise HostError("Only a new process can go on.", HostError.TEMPORARY)
        resumed.cancel()
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


async def stay_connected(client: discord.Client) -> None:
    """Be on the gateway until `client` is closed, whatever ends discord.py's own loop there.

    That loop reconnects by itself, but not where the very first connection fails, nor after an event that it can't
    read. Raises what no new try mends: a refused token or intent.
    """
    pause = FIRST_PAUSE
    while not client.is_closed():
        began = time.monotonic()
        try:
            await client.connect()
        except (discord.LoginFailure, discord.PrivilegedIntentsRequired, discord.ConnectionClosed):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, members wait
            if time.monotonic() - began >= GOOD_LIFE:
                pause = FIRST_PAUSE
            log.warning("the gateway was lost (defect %s): connecting again in %g s", record_defect(error), pause)
            if client.ws is not None:
                await client.ws.close(4000)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


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
