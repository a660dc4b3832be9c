"""Crowd: members who ask, and what became of each question, as Discord's own records tell."""

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from random import Random
from typing import Any, NamedTuple

from tests.wire import Interaction, LoopbackDiscord
from tests.wire.payloads import parts
from tests.wire.world import EPHEMERAL, LOADING

MARK = "zanzibar"
"""Stands in all that members write, so that it can be looked for where it must not be."""

LATER = "I go on with it when I am back"
"""What a message says of a request that the next start of the bot is to answer."""


class Stage(StrEnum):
    """How far a request has come, in the eyes of the member."""

    UNHEARD = "unheard"  # not even acknowledged: Discord says that the bot did not respond
    ACKNOWLEDGED = "acknowledged"  # "thinking", and never more than that
    UNDER_WAY = "under way"
    ANSWERED = "answered"
    BROKEN = "broken"  # a sentence about a defect
    REFUSED = "refused"  # any other sentence
    GONE = "gone"  # shown once, and deleted


class Asked(NamedTuple):
    """A request: the word in it that no other has, whether it is private, and what Discord knows of it."""

    word: str
    private: bool
    interaction: Interaction

    @property
    def stage(self) -> Stage:
        if self.interaction.callback is None:
            return Stage.UNHEARD
        message = self.interaction.original
        return Stage.GONE if message is None else stage_of(message)

    @property
    def open(self) -> bool:
        """Whether it was heard, and its member still waits."""
        return self.stage in {Stage.ACKNOWLEDGED, Stage.UNDER_WAY}

    @property
    def accepted(self) -> bool:
        """Whether the member was ever shown more than that the bot is thinking."""
        return any(not version["flags"] & LOADING for version in self.interaction.edits)

    @property
    def doubled(self) -> bool:
        """Whether there is more than the one message."""
        return bool(self.interaction.followup_ids)

    @property
    def repeated(self) -> bool:
        """Whether its answer was taken back, and perhaps given once more."""
        stages = [stage_of(version) for version in self.interaction.edits]
        return Stage.ANSWERED in stages and set(stages[stages.index(Stage.ANSWERED) :]) != {Stage.ANSWERED}

    @property
    def crossed(self) -> bool:
        """Whether its message has another's words."""
        words = {word for version in self.interaction.edits for word in words_in(version)}
        return bool(words - {self.word})

    @property
    def exposed(self) -> bool:
        """Whether everybody sees what only its member was to see."""
        return self.private and any(not version["flags"] & EPHEMERAL for version in self.interaction.edits)


class Crowd:
    """Members who ask `/sentiment`, one in four of them privately.

    Attributes:
        asked: all that was asked, in order.
    """

    def __init__(self, discord: LoopbackDiscord, chance: Random, members: int = 50) -> None:
        self.asked: list[Asked] = []
        self._discord = discord
        self._chance = chance
        self._members = [discord.member(f"member {number}") for number in range(members)]
        self._numbers = itertools.count()

    def ask(self) -> Asked:
        word, private = f"{MARK}{next(self._numbers)}", self._chance.random() < 0.25
        options = {"text": f"{word} is a lovely place"} | ({"private": True} if private else {})
        interaction = self._discord.slash("sentiment", options, user=self._chance.choice(self._members))
        self.asked.append(Asked(word, private, interaction))
        return self.asked[-1]

    def ask_for(self, seconds: float, rate: float, going_on: Callable[[], bool] = lambda: True) -> None:
        """Ask so many times a second, while a bot is there to be asked."""
        began = time.monotonic()
        for number in range(round(seconds * rate)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            if not going_on():
                return
            if self._discord.connected:
                self.ask()

    @contextmanager
    def asking(self, rate: float) -> Iterator[None]:
        """Ask all the while, so many times a second."""
        over = threading.Event()
        thread = threading.Thread(target=self.ask_for, args=(1200.0, rate, lambda: not over.is_set()), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def strays(self) -> int:
        """Messages of the bot that belong to no interaction."""
        known = {each.message for each in self._discord.interactions.values()}
        known |= {number for each in self._discord.interactions.values() for number in each.followup_ids}
        return len(self._discord.messages.keys() - known)


def stage_of(message: dict[str, Any]) -> Stage:
    """What a message says, by its buttons: a request under way can be cancelled, an answer be asked for again."""
    if message["flags"] & LOADING:
        return Stage.ACKNOWLEDGED
    verbs = {part.get("custom_id", "").partition(":")[0] for part in parts(message)}
    said = text_of(message)
    if "again" in verbs:
        return Stage.ANSWERED
    if "cancel" in verbs or LATER in said:
        return Stage.UNDER_WAY
    return Stage.BROKEN if "Something broke on my side" in said else Stage.REFUSED


def text_of(message: dict[str, Any]) -> str:
    return "\n".join(part["content"] for part in parts(message) if "content" in part)


def words_in(message: dict[str, Any]) -> list[str]:
    return re.findall(rf"{MARK}\d+", text_of(message))
