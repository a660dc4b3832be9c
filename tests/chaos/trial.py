"""Trial: a Discord, a bot on it and members, for one scenario; and the verdict, from Discord's records and the log."""

import re
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.chaos.crowd import MARK, Asked, Crowd, Stage, text_of
from tests.chaos.host import Host, Usage
from tests.wire import LoopbackDiscord

SETTLING = 90.0
"""Seconds for all that is under way to come to its end."""

PROMISE = 15.0
"""Seconds within which a request that was acknowledged has been accepted or refused."""

DEADLINE = 3.0
"""Seconds that Discord gives a bot to acknowledge an interaction."""

MB = 1_000_000


@dataclass
class Verdict:
    """What came of a scenario: `counts` of whatever is worth telling, the claims that don't hold, and the bot's log."""

    counts: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    log: str = ""

    def claim(self, holds: bool, claim: str) -> None:
        if not holds and claim not in self.failures:
            self.failures.append(claim)


class Trial:
    """One Discord, one host and one crowd.

    Attributes:
        chance: what is random about the scenario, by its seed.
    """

    def __init__(self, discord: LoopbackDiscord, host: Host, chance: Random) -> None:
        self.discord = discord
        self.host = host
        self.chance = chance
        self.crowd = Crowd(discord, chance)
        self.verdict = Verdict()
        self.rest: Usage | None = None
        self._peak = 0
        self._given_up: list[Asked] = []

    def warm_up(self) -> None:
        """Have a first answer, for which the model is loaded; what the bot takes then is what it takes at rest."""
        self.ask_until_answered()
        self.rest = self.host.usage()

    def ask_until_answered(self, seconds: float = 60.0) -> None:
        """Whether it works: ask, and again if need be, until there is an answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            asked = self.crowd.ask()
            patience = time.monotonic() + 10.0
            while time.monotonic() < patience and (asked.open or asked.stage is Stage.UNHEARD):
                time.sleep(0.02)
            if asked.stage is Stage.ANSWERED:
                return
        raise TimeoutError("no answer")

    def stop(self) -> None:
        self.verdict.claim(self.host.stop() == 0, "told to stop, it ends with status 0")

    def restart(self) -> None:
        self.stop()
        self.host.start()

    @property
    def over_rest(self) -> int:
        """Bytes that the bot took, at most, while it was watched, above what it takes at rest."""
        assert self.rest is not None
        return self._peak - self.rest.rss

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look at the memory all the while."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.05):
                self._peak = max(self._peak, self.host.usage().rss)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def settle(self) -> None:
        """Wait until nothing is open that could still come to an end, for as long as that may take."""
        waiting = [each for each in self.crowd.asked if each not in self._given_up]
        end = time.monotonic() + SETTLING
        while waiting and time.monotonic() < end:
            time.sleep(0.05)
            waiting = [each for each in waiting if self._may_still_end(each)]
        self._given_up += waiting
        self.verdict.claim(not waiting, f"all come to an end within {SETTLING:g} s")

    def _may_still_end(self, asked: Asked) -> bool:
        if asked.stage is Stage.UNHEARD:
            return time.monotonic() - asked.interaction.told < DEADLINE
        return asked.open and not self._is_stranded(asked)

    def _is_stranded(self, asked: Asked) -> bool:
        """Whether the bot ended right after it had acknowledged `asked`: nothing was promised yet."""
        acknowledged = asked.interaction.acknowledged
        if asked.stage is not Stage.ACKNOWLEDGED or acknowledged is None:
            return False
        # A call that was on its way when the process ended still arrives.
        return any(-1.0 < ended - acknowledged < PROMISE for ended in self.host.ended)

    def judge(self) -> Verdict:
        """The claims that hold of every scenario, and the counts that they rest upon."""
        asked, verdict = self.crowd.asked, self.verdict
        stages = Counter(each.stage for each in asked)
        stranded = [*filter(self._is_stranded, asked)]
        lost = [each for each in asked if (each.open or each.stage is Stage.GONE) and each not in stranded]
        waits = sorted(
            each.interaction.acknowledged - each.interaction.told for each in asked if each.interaction.acknowledged
        )
        verdict.log = log = "".join(self.host.log)
        verdict.counts |= {
            "requests": len(asked),
            "unheard": stages[Stage.UNHEARD],
            "stranded": len(stranded),
            "accepted": sum(each.accepted for each in asked),
            "answered": stages[Stage.ANSWERED],
            "refused": stages[Stage.REFUSED],
            "broken": stages[Stage.BROKEN],
            "lost": len(lost),
            "doubled": sum(each.doubled for each in asked) + self.crowd.strays(),
            "repeated": sum(each.repeated for each in asked),
            "crossed": sum(each.crossed for each in asked),
            "exposed": sum(each.exposed for each in asked),
            "restarts": self.host.starts - 1,
            "statuses": dict(Counter(self.host.statuses)),
            "acknowledged_ms": {
                "median": round(statistics.median(waits) * 1000) if waits else None,
                "most": round(waits[-1] * 1000) if waits else None,
            },
            "sentences": dict(Counter(_sentence(each) for each in asked if each.stage in _SENTENCES)),
            "log": {
                "lines": len(self.host.log),
                "words of members": log.count(MARK),
                "tokens": log.count("interaction-") + log.count(self.discord.token),
                "heartbeats blocked": log.count("heartbeat blocked"),
                "defects": log.count(" defect ") + log.count("Traceback"),
                "complaints": dict(Counter(_complaints(log)).most_common(10)),
            },
        }
        if self.rest is not None:
            verdict.counts["memory_mb"] = {"rest": round(self.rest.rss / MB)}
            if self._peak:
                verdict.counts["memory_mb"]["most over rest"] = round(self.over_rest / MB)
        counts = verdict.counts
        verdict.claim(counts["accepted"] > 0, "there was something to lose")
        for wrong in ("broken", "lost", "doubled", "crossed", "exposed"):
            verdict.claim(counts[wrong] == 0, f"none {wrong}")
        for wrong in ("words of members", "tokens", "heartbeats blocked", "defects"):
            verdict.claim(counts["log"][wrong] == 0, f"no {wrong} in the log")
        return verdict


def _sentence(asked: Asked) -> str:
    """What its member was told in the end."""
    assert asked.interaction.original is not None
    return _without_numbers(text_of(asked.interaction.original).splitlines()[-1])


def _complaints(log: str) -> list[str]:
    """What the log warns of."""
    return [_without_numbers(said) for said in re.findall(r" (?:WARNING|ERROR|CRITICAL) (.*)", log)]


def _without_numbers(said: str) -> str:
    return re.sub(r"\b(?=\w*\d)\w+\b", "#", said)


_SENTENCES = {Stage.REFUSED, Stage.BROKEN}


@contextmanager
def trial(seed: int, *, supervised: bool = False) -> Iterator[Trial]:
    """A trial whose bot isn't started yet."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, LoopbackDiscord(seed=seed) as discord:
        discord.deadline = DEADLINE
        discord.heartbeat = 1.0  # so that none goes by while the event loop is busy
        host = Host(discord, Path(folder), supervised=supervised)
        try:
            yield Trial(discord, host, Random(seed))
        finally:
            host.close()
