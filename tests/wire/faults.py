"""Faults: what goes wrong between a bot and the loopback Discord, by rules that a test sets up."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypedDict, Unpack

from aiohttp import web

from .errors import ApiError
from .payloads import json_answer


class Which(TypedDict, total=False):
    """Which calls a rule is for.

    Attributes:
        method, path: as in `ApiCall`; `*` in either stands for anything. All calls where they are left out.
        rate: the share of these calls that it strikes, by a seeded chance.
        times: how many it strikes at most.
        done: whether the call is carried out all the same, so that only its answer goes wrong.
    """

    method: str
    path: str
    rate: float
    times: int
    done: bool


@dataclass(eq=False)
class Rule:
    """A rule, and how often it has struck. `answer` makes what the bot gets; None where it gets what it asked for."""

    answer: Callable[[], web.Response] | None = None
    delay: float = 0.0
    method: str = "*"
    path: str = "*"
    rate: float = 1.0
    times: int | None = None
    done: bool = False
    hits: int = 0


class Lost(Exception):
    """The connection is to be closed without an answer."""


class Faults:
    """The rules. Each call meets them in order, oldest first, until one answers it."""

    def __init__(self, seed: int = 0) -> None:
        self.rules: list[Rule] = []
        self._chance = random.Random(seed)

    def drop(self, **which: Unpack[Which]) -> Rule:
        """Close the connection without an answer."""

        def lost() -> web.Response:
            raise Lost

        return self._add(Rule(lost, **which))

    def refuse(self, code: int, **which: Unpack[Which]) -> Rule:
        """Answer with one of Discord's codes."""
        error = ApiError(code)
        return self._add(Rule(lambda: error_answer(error), **which))

    def fail(self, status: int = 500, **which: Unpack[Which]) -> Rule:
        """Answer with a status of 500 or more, in words that are no JSON, as what stands before Discord does."""
        return self._add(Rule(lambda: web.Response(status=status, text=f"{status}: Server Error"), **which))

    def limit(self, retry_after: float = 0.3, **which: Unpack[Which]) -> Rule:
        """Answer 429: to be tried again after so many seconds."""
        return self._add(Rule(lambda: _too_many(retry_after), **which))

    def delay(self, seconds: float, **which: Unpack[Which]) -> Rule:
        """Let a call take so many seconds before it is looked at."""
        return self._add(Rule(delay=seconds, **which))

    def replay(self, event: str, *, rate: float = 1.0, times: int | None = None) -> Rule:
        """Deliver a gateway event, such as INTERACTION_CREATE, twice."""
        return self._add(Rule(method="EVENT", path=event, rate=rate, times=times))

    def clear(self) -> None:
        self.rules.clear()

    def replays(self, event: str) -> bool:
        """Whether `event`, which was delivered just now, is to be delivered again."""
        return any(self._strikes(rule, "EVENT", event) for rule in tuple(self.rules))

    async def meet(self, method: str, path: str) -> Rule | None:
        """Wait as long as the rules want this call to; the one that answers it, if any does."""
        for rule in tuple(self.rules):
            if self._strikes(rule, method, path):
                await asyncio.sleep(rule.delay)
                if rule.answer is not None:
                    return rule
        return None

    def _strikes(self, rule: Rule, method: str, path: str) -> bool:
        if rule.times is not None and rule.hits >= rule.times:
            return False
        # Events are no calls, so a rule for all methods is not for them.
        if "EVENT" in (method, rule.method) and method != rule.method:
            return False
        if not (fnmatchcase(method, rule.method) and fnmatchcase(path, rule.path)):
            return False
        if self._chance.random() >= rule.rate:
            return False
        rule.hits += 1
        return True

    def _add(self, rule: Rule) -> Rule:
        self.rules.append(rule)
        return rule


def error_answer(error: ApiError) -> web.Response:
    return json_answer({"message": error.message, "code": error.code}, error.status)


def _too_many(retry_after: float) -> web.Response:
    said = {"message": "You are being rate limited.", "retry_after": retry_after, "global": False}
    headers = {
        "Via": "1.1 loopback",  # discord.py takes a 429 without one for a ban
        "Retry-After": f"{retry_after:g}",
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": f"{time.time() + retry_after:.3f}",
        "X-RateLimit-Reset-After": f"{retry_after:.3f}",
        "X-RateLimit-Scope": "user",
    }
    return web.Response(body=json.dumps(said).encode(), status=429, headers=headers, content_type="application/json")
