"""Texts with their summaries."""

import random
import re
from collections.abc import Iterator

from tools.starter import data
from tools.starter.generators.answers import Answers

_SLOT = re.compile(r"\{([a-z0-9.]+)\}")


class Summaries:
    """`examples` never ends: a text and its summary. `written` are those of the data, with their slots."""

    def __init__(self, random_: random.Random, facts: Answers) -> None:
        self._random = random_
        self._facts = facts
        self.written = [(dict(block)["T"], dict(block)["S"]) for block in data.blocks("summaries/written")]

    def examples(self) -> Iterator[tuple[str, str]]:
        while True:
            if self._random.random() < 0.6:
                yield self._filled(*self._random.choice(self.written))
            else:
                yield self._composed()

    def _filled(self, text: str, summary: str) -> tuple[str, str]:
        values: dict[str, str] = {}
        return tuple(self._fill(told, values) for told in (text, summary))  # type: ignore[return-value]

    def _fill(self, told: str, values: dict[str, str]) -> str:
        def value(match: re.Match[str]) -> str:
            slot, _, part = match[1].partition(".")
            if slot not in values:
                kind = slot.rstrip("0123456789")
                values[slot] = self._facts.names.name("person") if kind == "person" else self._facts.value(kind)
            return values[slot].split()[{"first": 0, "last": -1}[part]] if part else values[slot]

        filled = _SLOT.sub(value, told)
        return filled[0].upper() + filled[1:]

    def _composed(self) -> tuple[str, str]:
        """A fact that others stand around: the summary says it, at times in other words."""
        main, *others = self._random.sample(self._facts.frames, self._random.choice((3, 4, 4, 5)))
        values = self._facts.fill(main)
        first, second = (self._facts.said(fact, values) for fact in self._random.choices(main.facts, k=2))
        rest = [self._facts.said(self._random.choice(it.facts), self._facts.fill(it)) for it in others]
        rest += self._random.sample(self._facts.asides, self._random.choice((0, 1, 2)))
        self._random.shuffle(rest)
        # The main point mostly comes first.
        place = 0 if self._random.random() < 0.85 else 1
        return " ".join([*rest[:place], first, *rest[place:]]), first if self._random.random() < 0.7 else second
