"""The playground: the same bot, without an account, in a page that looks like Discord."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import simcord

from bot.client import PipelineBot
from bot.errors import HostError
from bot.playground.waiting import SimulatedWaits
from bot.playground.world import furnish
from bot.settings import Settings
from bot.storage.storage import fleeting_storage
from bot.worker.hub import Models
from bot.worker.opening import new_worker, opened

DWELL = 1.0
"""Seconds. The page looks for news twice a second, and turns down a click on what has changed since: a stage that is
shown for less could be missed, and its Cancel button hardly hit."""


async def open_playground(settings: Settings, *, port: int, announce: Callable[[str], None]) -> None:
    """Serve the playground on the loopback `port` (0: any free one) until its page is ended.

    `announce` is called with the address, which holds a secret: who knows it can use the page.
    """
    async with fleeting_storage() as storage, opened(new_worker(settings, Models.AUTO)) as worker:
        waits = SimulatedWaits(worker, dwell=DWELL)
        bot = PipelineBot(
            waits,
            storage,
            commands_record=None,
            limits=settings.limits,
            rules=settings.rules,
            kept_for=settings.keep_minutes * 60,
        )
        async with simcord.run(bot, settle_timeout=30.0, check_errors=False) as env:
            waits.env = env
            # The simulated clock starts in the past and stands still between actions: bring it to today.
            await env.advance_time((datetime.now(UTC) - env.now()).total_seconds())
            world = await furnish(env, bot)
            page = env.preview(world.channel, viewers=world.members, assets=world.files, layout="channel", port=port)
            try:
                await page.__aenter__()
            except simcord.SetupError as error:
                raise HostError(f"The playground can't be opened: {error}.", HostError.UNAVAILABLE) from error
            live = asyncio.create_task(_keep_live(env, page))
            try:
                announce(page.url)
                closed = asyncio.create_task(page.wait_closed())
                await asyncio.wait((closed, worker.broken), return_when=asyncio.FIRST_COMPLETED)
                if worker.broken.done():
                    raise HostError(worker.broken.result(), HostError.TEMPORARY)
            finally:
                live.cancel()
                await page.close()


async def _keep_live(env: simcord.Env, page: "simcord.Preview") -> None:
    """Publish to the open page whatever the bot did since the last look."""
    seen, pause = 0, 0.2
    while True:
        await asyncio.sleep(pause)
        # An action publishes by itself what came of it.
        if (done := len(env.http_requests)) != seen and page._active_action is None:  # noqa: SLF001
            began = time.perf_counter()
            # Preview.refresh() waits before it publishes: a click that comes meanwhile would be answered with an error,
            # and be the last that the page takes.
            page._publish_message_pages(reason="refresh")  # noqa: SLF001
            seen = done
            # With many messages it takes long, and the bot waits for it.
            pause = max(0.2, 3 * (time.perf_counter() - began))
