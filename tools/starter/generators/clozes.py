"""Questions made out of any text: a part of a sentence is asked for, and the rest of it is the question."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from tools.starter.generators.answers import Question
from tools.starter.words import FUNCTION, kinds

_SLOT = re.compile(r"\{(([a-z]+)[0-9]*)(?:\.([a-z]+))?\}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"'])")
_CLAUSE = re.compile(r"(?:[,;:—] )?\b(?:and|but|so|because|while|although|which|who|when|where|until|if)\b |[,;:—] ")
_HELPERS = frozenset("is are was were has have had will would can could should must may might do does did".split())
_STRANDED = frozenset("in on at by for because since from to of".split())
_COUNT = (
    r"(?:\d[\d,.]*\d|\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|eighteen|twenty|"
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a|two|three|several) hundred|a thousand|a dozen)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine))?(?: hundred| thousand| million)?"
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_UNIT = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?)"
_BEFORE_PLURAL = "".join(f"|(?<= {word} )" for word in "in to for with more any new old".split())
_PATTERNS = tuple(
    (re.compile(pattern), tuple(asks.split(" | ")))
    for pattern, asks in (
        (rf"(?P<it>[$€£]\d[\d,.]*\d|\b{_COUNT} (?:euros|dollars|pounds|cents))\b", "how much | how much money"),
        (rf"\b(?P<it>{_COUNT} {_UNIT})\b(?! (?:ago|old))", "how long | for how long"),
        (rf"\b(?P<it>{_COUNT} (?:kilometres|miles|metres|km))\b", "how far | how long | what distance"),
        (rf"\b(?P<it>(?:once|twice|{_COUNT} times) an? (?:day|week|month|year)|every (?:other )?\w+)\b", "how often"),
        (rf"\b(?P<it>{_COUNT} {_UNIT} ago|(?<=at )(?:noon|midnight|night|lunchtime|dawn))\b", "when"),
        (r"\bat (?P<it>\d\d?(?:[.:]\d\d)?(?: ?[ap]\.m\.| ?[ap]m\b| o'clock)?|half past \w+)", "when | at what time"),
        (rf"\b(?P<it>\d\d? {_MONTH}|{_MONTH} \d\d?)\b", "when | on which date | what day"),
        (r"\b(?:in|since|until|by|before|of) (?P<it>(?:1\d|20)\d\d)\b", "when | what year | in which year"),
        (rf"\b(?:in|since|until|by|before|of)(?: early| late)? (?P<it>{_MONTH})\b", "when | in which month"),
        (rf"\b(?P<it>{_DAY})\b", "when | on which day | what day"),
        (r"\b(?:because|since|as) (?P<it>[a-z][^,.;:!?]{8,60})(?=[,.;!?])", "why | for what reason"),
        (r"\bbecause of (?P<it>[a-z][^,.;:!?]{4,50})(?=[,.;!?])", "why | what caused that"),
        (
            r"\b(?P<it>(?:outside|inside|behind|under|near|opposite|beside|next to|above) (?:the|a|my|our|his|her) "
            r"[a-z]+)(?=[.,;!?]| (?:and|when|while|because))",
            "where",
        ),
        (r"\b(?:in|at|from|to|into|on) (?P<it>the [a-z]+(?: room| shop| square| hall)?)(?=[.,;!?])", "where | what"),
        (r"\bby (?P<it>[a-z]+ing [^,.;:!?]{3,40})(?=[,.;!?])", "how"),
    )
)
_MANY = re.compile(rf"\b(?P<it>{_COUNT}) (?P<what>(?:[a-z]+ )?[a-z]+s)\b")
_NOUNS = re.compile(
    r"\b(?P<it>(?:an?|the|his|her|its|their|our|my|your|this|these|every|each|some|another) "
    rf"(?:[a-z-]+ ){{0,2}}[a-z-]+|(?:(?<= of ){_BEFORE_PLURAL})[a-z]+s)\b(?P<next>[.,;!?]| [a-z]+)"
)
_NAMES: dict[str, tuple[str, ...]] = {
    "person": ("who", "who", "who", "whom", "which person"),
    "place": ("where", "where", "which place", "which town", "what city", "which country"),
    "organisation": ("which organisation", "what company", "who", "which firm", "where", "what"),
}


@dataclass(frozen=True, slots=True)
class _Part:
    """Of a text: where it begins and ends, and how it may be asked for."""

    start: int
    end: int
    asks: tuple[str, ...]


class Clozes:
    """Makes questions on texts, which may have slots for names."""

    def __init__(self, random_: random.Random, value: Callable[[str], str]) -> None:
        """`value` gives something for a slot."""
        self._random = random_
        self._value = value
        self._kinds: dict[str, list[str]] = {}
        for names, members in kinds():
            for member in members:
                self._kinds.setdefault(member, []).extend(names)

    def ask(self, text: str) -> Question | None:
        """A question on a text, if something in it can be asked for. It is seldom good English, but says enough."""
        context, named = self._filled(text)
        # There are more things than anything else.
        parts = (named + _measures(context)) * 2 + self._things(context)
        if not parts:
            return None
        part = self._random.choice(parts)
        question = self._question(context, part)
        return Question(context, question, part.start, part.end) if question else None

    def _filled(self, text: str) -> tuple[str, list[_Part]]:
        """`text` with values in its slots, and those that are names."""
        context, parts, values, last = "", [], {}, 0
        for match in _SLOT.finditer(text):
            slot, kind, part = match.groups()
            if slot not in values:
                values[slot] = self._value(kind)
            value = values[slot].split()[{"first": 0, "last": -1}[part]] if part else values[slot]
            context += text[last : match.start()]
            kind = "person" if kind in {"given", "surname"} else kind
            if kind in _NAMES and not text.startswith("'s", match.end()):
                parts.append(_Part(len(context), len(context) + len(value), _NAMES[kind]))
            context += value
            last = match.end()
        context += text[last:]
        return context[:1].upper() + context[1:], parts

    def _things(self, context: str) -> list[_Part]:
        parts = []
        for match in _NOUNS.finditer(context):
            words, following = match["it"].split(), match["next"].strip()
            ends = following in FUNCTION or not following.isalpha()
            if not ends or words[-1].endswith(("ed", "ing", "ly")) or FUNCTION & {*words[len(words) > 1 :]}:
                continue
            kinds = self._kinds.get(words[-1], [])
            if {"profession", "relative"} & {*kinds}:
                asks: tuple[str, ...] = ("who", "who", "whom")
            else:
                asks = (
                    "what",
                    "what",
                    "which thing",
                    *(f"{ask} {kind}" for kind in kinds for ask in ("what", "which")),
                )
            parts.append(_Part(*match.span("it"), asks))
        return parts

    def _question(self, context: str, part: _Part) -> str:
        """The sentence around `part`, or the clause, without it; "" where nothing is left of it."""
        begins = [0, *(match.end() for match in _SENTENCE.finditer(context, 0, part.start))]
        closes = _SENTENCE.search(context, part.end)
        first, last = begins[-1], closes.start() if closes else len(context)
        if self._random.random() < 0.7:
            inner = [match.end() for match in _CLAUSE.finditer(context, first, part.start)]
            if inner and part.start - inner[-1] > 3:
                first = inner[-1]
            elif len(inner) > 1 and self._random.random() < 0.5:
                first = inner[-2]
            if outer := _CLAUSE.search(context, part.end, last):
                last = outer.start()
        before = context[first : part.start].split()
        after = context[part.end : last].strip(' .,;:!?"”').split()
        ask = self._random.choice(part.asks)
        if ask.startswith("how many"):
            # What is counted has moved to the front.
            after = after[len(ask.split()) - 2 :]
        if len(before) + len(after) < 2:
            return ""
        if before and first in begins and before[0].lower() in FUNCTION:
            before[0] = before[0].lower()
        if before and before[-1].lower() in _STRANDED and self._random.random() < 0.75:
            before.pop()
        return self._ordered(before, after, ask)

    def _ordered(self, before: list[str], after: list[str], ask: str) -> str:
        """As a question: what is asked for comes first, then mostly a helping verb. Some words are left out."""
        helper = next((n for n, word in enumerate(before) if n and word in _HELPERS), None)
        if not before:
            words = [ask, *after]
        elif self._random.random() < 0.1:
            words = [*before, ask, *after]
        elif helper is not None:
            words = [ask, before[helper], *before[:helper], *before[helper + 1 :], *after]
        else:
            words = [ask, self._random.choice(("did", "did", "does", "do", "was", "is")), *before, *after]
        if len(words) > 5:
            words = [words[0], *(word for word in words[1:] if self._random.random() > 0.07)]
        question = " ".join(words).strip(",")
        return question[0].upper() + question[1:] + ("?" if self._random.random() < 0.95 else "")


def _measures(context: str) -> list[_Part]:
    """What says when, why, where, how long, how many and so on."""
    parts = [_Part(*match.span("it"), asks) for pattern, asks in _PATTERNS for match in pattern.finditer(context)]
    return parts + [_Part(*match.span("it"), (f"how many {match['what']}",)) for match in _MANY.finditer(context)]
