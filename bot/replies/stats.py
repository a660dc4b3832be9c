"""The card of `/stats`: what the worker does, in pictures with a line of figures each."""

from collections.abc import Sequence
from statistics import fmean, median

import discord

from bot.replies import cards, gauges
from bot.replies.figures import duration, percent
from bot.replies.gauges import size
from bot.replies.renderers import Rendered, picture
from bot.replies.text import plain
from bot.worker.door import LoadedModel, Pass, Served, Snapshot


def stats_card(snapshot: Snapshot, perhaps_twice: int = 0) -> cards.Card:
    """Draws, so it takes tens of milliseconds: not on the event loop.

    `perhaps_twice`: messages that may have been sent a second time after a restart.
    """
    models = _models(snapshot.loaded, snapshot.budget)
    parts = (_queue(snapshot), _times(snapshot.served), _batches(snapshot.passes), models)
    items = [item for part in parts for item in (discord.ui.TextDisplay[discord.ui.LayoutView](part.text), *part.items)]
    if perhaps_twice:
        items.append(discord.ui.TextDisplay(f"-# Sounds that may have come twice, after a crash: {perhaps_twice}"))
    return cards.notice(*items, files=tuple(file for part in parts for file in part.files))


def _queue(snapshot: Snapshot) -> Rendered:
    waiting = snapshot.waiting_by_task
    text = f"## How busy I am\nOn {plain(snapshot.device, 40)} · running: {snapshot.running} · "
    if not waiting:
        return Rendered(f"{text}nothing waits")
    drawn = picture("queue.png", gauges.queue(waiting), gauges.describe_queue(waiting))
    return Rendered(f"{text}waiting: {snapshot.waiting}", *drawn)


def _times(served: Sequence[Served]) -> Rendered:
    title = "### Waits and runs"
    if not served:
        return Rendered(f"{title}\nNothing was answered since I was started.")
    waited, ran = median(it.waited for it in served), median(it.ran for it in served)
    return Rendered(
        f"{title}\nLatest requests: {len(served)} · median wait: **{duration(waited)}** · "
        f"median run: **{duration(ran)}**",
        *picture("times.png", gauges.times(served), gauges.describe_times(served)),
    )


def _batches(passes: Sequence[Pass]) -> Rendered:
    title = "### Batches: rows that a model runs at once"
    if not passes:
        return Rendered(f"{title}\nNo model ran since I was started.")
    rows, shared = fmean(it.rows for it in passes), fmean(it.requests > 1 for it in passes)
    padding, tokens = sum(it.padding for it in passes), sum(it.tokens for it in passes)
    padded = padding / max(1, padding + tokens)  # not every task has tokens
    return Rendered(
        f"{title}\nLatest passes: {len(passes)} · rows a pass: **{rows:.1f}** · for several requests: "
        f"**{percent(shared)}** · padding: **{percent(padded)}** of the tokens",
        *picture("batches.png", gauges.batches(passes), gauges.describe_batches(passes)),
    )


def _models(loaded: Sequence[LoadedModel], budget: int) -> Rendered:
    title = "### Models in memory"
    if not loaded:
        return Rendered(f"{title}\nNone is loaded. They may take {size(budget)}.")
    pinned, taken = sum(model.pinned for model in loaded), sum(model.bytes for model in loaded)
    return Rendered(
        f"{title}\nLoaded: {len(loaded)} · pinned: {pinned} · taken: **{size(taken)}** of {size(budget)}",
        *picture("models.png", gauges.models(loaded, budget), gauges.describe_models(loaded, budget)),
    )
