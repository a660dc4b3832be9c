"""Scenarios: what may befall a bot. Each begins with one that is running and warm, and leaves one that runs."""

import asyncio
import os
import resource
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

import psutil

from bot.settings import Settings
from tests import models
from tests.chaos.crowd import Asked, Crowd, Stage
from tests.chaos.host import UNLIMITED, until
from tests.chaos.trial import MB, Trial, Verdict, trial
from tests.wire import LoopbackDiscord
from tests.wire.faults import Rule
from tests.wire.payloads import parts


@dataclass(frozen=True)
class Size:
    """How much of everything.

    Attributes:
        kills, terms: how often the bot is killed, and told to stop.
        seconds: how long whatever goes wrong lasts; `locked` for the database.
        cut: seconds between two cuts of the gateway.
        burst: requests within a second.
        soak: requests in a row, without a pause.
    """

    kills: int
    terms: int
    seconds: float
    locked: float
    cut: float
    burst: int
    soak: int


FULL = Size(kills=20, terms=10, seconds=20.0, locked=10.0, cut=5.0, burst=300, soak=1000)
SHORT = Size(kills=1, terms=1, seconds=2.0, locked=2.0, cut=0.5, burst=60, soak=120)

RATE = 30.0
"""Requests a second while the bot is killed: more than it answers, so that there are some in every state."""

CALM = 8.0
"""Requests a second that the bot answers with ease."""

GROWTH = 25 * MB
"""Bytes that a process may take more after an hour's traffic: its allocator's noise, and the answers it remembers."""


LAZY = 5
"""Threads and files that may be more after some hundreds of requests: a pool may not have been full before."""


def kill(it: Trial, size: Size) -> None:
    """kill -9 at random moments; now and then while it is still starting."""
    with it.crowd.asking(RATE):
        for _ in range(size.kills):
            time.sleep(it.chance.uniform(0.0, 3.0))
            it.host.kill()
            if it.host.supervised:
                continue
            it.host.launch()
            if it.chance.random() < 0.8:
                it.host.wait_connected()
        it.host.wait_connected()


def term(it: Trial, size: Size) -> None:
    """SIGTERM at random moments."""
    with it.crowd.asking(RATE):
        for _ in range(size.terms):
            time.sleep(it.chance.uniform(0.0, 3.0))
            it.restart()


def poison(it: Trial, _size: Size) -> None:
    """A request that kills the process whenever it is tried. Its supervisor starts it again each time."""
    deaths = it.host.count_log("killed by signal")
    it.host.poison.touch()
    asked = it.crowd.ask()
    it.settle()
    it.host.poison.unlink()
    deaths = it.host.count_log("killed by signal") - deaths
    it.host.starts += deaths
    it.verdict.claim(deaths == 2, f"it is tried twice ({deaths})")
    it.verdict.claim(asked.stage is Stage.REFUSED, "and then gets a sentence")


def cuts(it: Trial, size: Size) -> None:
    """The gateway is cut again and again, and resumed; at last Discord forgets the session."""
    unheard = _count(it, Stage.UNHEARD)
    with it.discord.cut_every(size.cut), it.crowd.asking(CALM):
        time.sleep(size.seconds)
    it.settle()
    it.verdict.claim(_count(it, Stage.UNHEARD) == unheard, "what was asked during a cut is heard after it")
    it.discord.drop(forget=True)
    until(lambda: it.discord.connected, 30.0, "no new session")


def unwell(it: Trial, size: Size) -> None:
    """Discord answers 10% of all calls with 429 and 5% with 5xx, and has done half of the latter all the same."""
    faults = it.discord.faults
    rules = [faults.limit(0.3, rate=0.10), faults.fail(500, rate=0.025), faults.fail(503, rate=0.025, done=True)]
    _ask_under(it, size, rules)


def lossy(it: Trial, size: Size) -> None:
    """Connections break before or after a call was done, events come twice, answers late."""
    faults = it.discord.faults
    rules = [faults.drop(rate=0.025), faults.drop(rate=0.025, done=True), faults.delay(0.5, rate=0.1)]
    _ask_under(it, size, [*rules, faults.replay("INTERACTION_CREATE", rate=0.2)])


def _ask_under(it: Trial, size: Size, rules: list[Rule]) -> None:
    with it.crowd.asking(CALM):
        time.sleep(size.seconds)
    it.settle()
    it.discord.faults.clear()
    it.verdict.counts["faults"] = sum(rule.hits for rule in rules)
    it.verdict.claim(it.verdict.counts["faults"] > 0, "something went wrong")


def disk(it: Trial, size: Size) -> None:
    """Nothing more can be written, as on a full disk, for a while."""
    pid = it.host.bot.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)

    @contextmanager
    def full() -> Iterator[None]:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))
        try:
            yield
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))

    with it.crowd.asking(CALM):
        time.sleep(1.0)
        with full():
            began = len(it.crowd.asked)
            time.sleep(size.seconds)
            meanwhile = it.crowd.asked[began:]
        time.sleep(1.0)
    _judge_storage(it, "on a full disk", meanwhile)
    it.verdict.claim(
        any(each.stage is Stage.REFUSED for each in meanwhile), "what can't be written down is refused in words"
    )


def locked(it: Trial, size: Size) -> None:
    """Somebody else holds the database for a while."""
    database = it.host.data / "bot.db"
    it.verdict.claim(database.exists(), "there is a database")
    if not database.exists():
        return
    with it.crowd.asking(CALM):
        time.sleep(1.0)
        with closing(sqlite3.connect(database, timeout=30.0, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            began = len(it.crowd.asked)
            time.sleep(size.locked)
            meanwhile = it.crowd.asked[began:]
            other.execute("ROLLBACK")
        time.sleep(1.0)
    _judge_storage(it, "on a locked database", meanwhile)


def _judge_storage(it: Trial, when: str, meanwhile: list[Asked]) -> None:
    """What became of requests that came while nothing could be written."""
    it.settle()
    it.verdict.counts[when] = dict(Counter(each.stage for each in meanwhile))
    it.verdict.claim(
        all(each.stage in {Stage.ANSWERED, Stage.REFUSED} for each in meanwhile),
        f"what was asked {when} is answered, or refused in words",
    )
    it.ask_until_answered()


def _count(it: Trial, stage: Stage) -> int:
    return sum(each.stage is stage for each in it.crowd.asked)


def burst(it: Trial, size: Size) -> None:
    """Many requests within one second."""
    unheard = _count(it, Stage.UNHEARD)
    with it.watched():
        it.crowd.ask_for(1.0, size.burst)
        it.settle()
    it.verdict.claim(_count(it, Stage.UNHEARD) == unheard, "all are acknowledged within 3 s")
    it.verdict.claim(it.over_rest < 300 * MB, "memory stays within 300 MB over rest")


def soak(it: Trial, size: Size) -> None:
    """An hour's traffic within minutes: questions, buttons below answers, notices."""
    _mixed(it.crowd, it.discord, it.chance, size.soak // 2)
    it.settle()
    before = it.host.usage_at_rest()
    _mixed(it.crowd, it.discord, it.chance, size.soak // 2)
    it.settle()
    after = it.host.usage_at_rest()
    growth = {"rss_mb": round((after.rss - before.rss) / MB, 1)}
    growth |= {"threads": after.threads - before.threads, "files": after.files - before.files}
    it.verdict.counts["growth"] = growth
    it.verdict.claim(after.rss - before.rss < GROWTH, f"memory grows by less than {GROWTH // MB} MB")
    it.verdict.claim(growth["threads"] <= LAZY, "threads don't get more")
    it.verdict.claim(growth["files"] <= LAZY, "open files don't get more")


def _mixed(crowd: Crowd, discord: LoopbackDiscord, chance: Random, requests: int) -> None:
    """Ask, and press a button or read a notice now and then."""
    for number in range(requests):
        time.sleep(1 / CALM)
        crowd.ask()
        if number % 10 == 0:
            discord.slash(chance.choice(("help", "privacy", "queue", "stats")))
        answered = [each for each in crowd.asked[-50:] if each.stage is Stage.ANSWERED]
        if number % 10 == 5 and answered:
            shown = chance.choice(answered).interaction
            assert shown.original is not None
            buttons = [part["custom_id"] for part in parts(shown.original) if "custom_id" in part]
            discord.click(shown, chance.choice(buttons))


def medley(it: Trial, size: Size) -> None:
    """Everything, one after the other, on the same bot."""
    for scenario in (burst, cuts, unwell, disk, locked, kill, term):
        scenario(it, size)


def play(
    scenario: Callable[[Trial, Size], None],
    seed: int,
    size: Size,
    *,
    supervised: bool = False,
    restart: bool = False,
) -> Verdict:
    """What comes of `scenario`, and of a `restart` after it, which shows whether anything is left in the journal."""
    with trial(seed, supervised=supervised) as it:
        try:
            it.host.start()
            it.warm_up()
            scenario(it, size)
            it.settle()
            if restart:
                it.restart()
                it.settle()
            it.ask_until_answered()
            it.stop()
        except (RuntimeError, OSError, psutil.Error) as error:
            it.verdict.claim(False, f"it goes on ({type(error).__name__}: {error})")
        return it.judge()


def tasks(seed: int, size: Size) -> Verdict:
    """A soak of a bot within this process, whose event loop is to have no more tasks after than before."""
    verdict = Verdict()

    async def main(discord: LoopbackDiscord, settings: Settings) -> None:
        from bot.service import serve

        chance = Random(seed)
        crowd = Crowd(discord, chance)
        serving = asyncio.create_task(serve(settings))

        async def soaked(requests: int) -> int:
            await asyncio.to_thread(_mixed, crowd, discord, chance, requests)
            await asyncio.to_thread(until, lambda: not any(each.open for each in crowd.asked), 60.0, "still open")
            await asyncio.sleep(1.0)
            # discord.py has one for each private notice with buttons, for as long as its token lives.
            return sum("timeout_task" not in repr(task) for task in asyncio.all_tasks())

        before, after = await soaked(size.soak // 12), await soaked(size.soak // 4)
        verdict.counts |= {"requests": len(crowd.asked), "tasks": {"before": before, "after": after}}
        verdict.counts["answered"] = sum(each.stage is Stage.ANSWERED for each in crowd.asked)
        verdict.claim(verdict.counts["answered"] > size.soak // 4, "most are answered")
        verdict.claim(after <= before, "no task stays behind")
        os.kill(os.getpid(), signal.SIGTERM)
        await serving

    with tempfile.TemporaryDirectory(prefix="chaos-") as name, LoopbackDiscord(seed=seed) as discord:
        folder = Path(name)
        models.sentiment(folder / "model")
        settings = Settings(
            discord_token=discord.token,  # type: ignore[arg-type]
            data_dir=folder / "data",
            task_models={"text-classification": str(folder / "model")},
            device="cpu",
            **UNLIMITED,
        )
        asyncio.run(main(discord, settings))
    return verdict


SCENARIOS: dict[str, Callable[[int, Size], Verdict]] = {
    "kill": partial(play, kill),
    "supervised": lambda seed, size: play(kill, seed, replace(size, kills=2), supervised=True),
    "term": partial(play, term),
    "poison": partial(play, poison, supervised=True),
    "cuts": partial(play, cuts),
    "unwell": partial(play, unwell),
    "lossy": partial(play, lossy),
    "disk": partial(play, disk, restart=True),
    "locked": partial(play, locked, restart=True),
    "burst": partial(play, burst),
    "soak": partial(play, soak),
    "tasks": tasks,
    "medley": partial(play, medley),
}
