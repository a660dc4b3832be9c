"""Texts with their summaries."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain

from tools.starter import data
from tools.starter.generators.answers import Answers

_SLOT = re.compile(r"\{([a-z0-9.]+)\}")
_WORD = re.compile(r"[A-Za-z]{3,}(?![a-z0-9.]*\})")
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“{])")
_GREETING = re.compile(r"(?:Hi|Hello|Hey|Dear|Good \w+|Please (?:note|remember) that|Notes from)\b[^,:.!?]*[,:!]? ")
_ASIDE = re.compile(r", (?:who|which|whose|where|once|now|known|called|including|such as|like) [^,;:—.!?\"]{3,80},")
_TAIL = re.compile(
    r"(?:;| [—–-]|, (?:who|which|whose|where|though|although|while|and|because|since|after|before|including))"
    r" [^\"]{12,}(?=[.!?]$)"
)
_ENOUGH = 13
"""Words of a summary, at least, where the text has as many."""
_CLEAR = 8
"""Words that have to be left of a sentence that is shortened."""


class Summaries:
    """`examples` never ends: a text and its summary, which is an extract. `written` are those of the data."""

    def __init__(self, random_: random.Random, facts: Answers, others: list[str]) -> None:
        """`facts` are what slots hold; `others` are sentences that may stand in any text."""
        self._random = random_
        self._facts = facts
        self._others = others
        self.written = [(dict(block)["T"], dict(block)["S"]) for block in data.blocks("summaries/written")]
        self._extracts = [(text, extract(text, summary)) for text, summary in self.written]
        self._leads = [sentence for sentence in others if len(sentence.split()) >= 9]
        sentences = [sentence for text, _ in self.written for sentence in _SENTENCES.split(text)]
        self._tails = [match[0] for it in sentences if (match := _TAIL.search(it))]
        words = Counter(_WORD.findall(" ".join(chain(others, sentences))))
        frequent = {word for word, _ in words.most_common(250)}
        self._kinds: dict[tuple[bool, str], list[str]] = defaultdict(list)
        for word in words.keys() - frequent:
            self._kinds[_kind(word)].append(word)
        for kind in self._kinds.values():
            kind.sort()
        self._kind_of = {word: kind for kind in self._kinds.values() for word in kind}

    def examples(self) -> Iterator[tuple[str, str]]:
        while True:
            text, told = self._mixed() if self._random.random() < 0.75 else self._composed()
            if self._random.random() < 0.08:
                # Who is asked for a long summary hears all of it.
                told = text
            values: dict[str, str] = {}
            text, told = self._fill(text, values), self._fill(told, values)
            yield self._reworded(text, told) if self._random.random() < 0.6 else (text, told)

    def _mixed(self) -> tuple[str, str]:
        """A written text, often with other sentences in place of its last."""
        text, told = self._random.choice(self._extracts)
        if self._random.random() < 0.4:
            begin = _SENTENCES.split(text)[: self._random.choice((3, 4))]
            text = " ".join([*begin, *self._random.sample(self._others, self._random.randint(0, 4))])
        return text, told

    def _composed(self) -> tuple[str, str]:
        """A sentence that others may follow; then it often has a tail, which its summary leaves out."""
        first = self._random.choice(self._leads)
        others = self._random.sample(self._others, self._random.choice((0, 2, 3, 4, 5)))
        tail = self._random.choice(self._tails) if others and self._random.random() < 0.5 else ""
        sentences = [first[:-1] + tail + first[-1], *others]
        return " ".join(sentences), _lead(sentences)

    def _fill(self, told: str, values: dict[str, str]) -> str:
        def value(match: re.Match[str]) -> str:
            slot, _, part = match[1].partition(".")
            if slot not in values:
                kind = slot.rstrip("0123456789")
                values[slot] = self._facts.names.name("person") if kind == "person" else self._facts.value(kind)
            return values[slot].split()[{"first": 0, "last": -1}[part]] if part else values[slot]

        filled = _SLOT.sub(value, told)
        return filled[0].upper() + filled[1:]

    def _reworded(self, text: str, told: str) -> tuple[str, str]:
        """The same with some words changed for any others of their kind: who learns from that copies what is there."""
        share = self._random.random()
        changed: dict[str, str] = {}

        def other(match: re.Match[str]) -> str:
            word = match[0]
            if word not in changed:
                known = word in self._kind_of and self._random.random() < share
                changed[word] = self._random.choice(self._kind_of[word]) if known else word
            return changed[word]

        return _WORD.sub(other, text), _WORD.sub(other, told)


def extract(text: str, summary: str) -> str:
    """How `text` begins, in short; without its first sentence, where that is much nearer to `summary`."""
    sentences = _SENTENCES.split(text)
    first, second = _lead(sentences), _lead(sentences[1:])
    return second if _likeness(second, summary) > _likeness(first, summary) + 0.2 else first


def _lead(sentences: list[str]) -> str:
    """As many of `sentences`, shortened, as say enough."""
    told = ""
    for sentence in sentences:
        if len(told.split()) >= _ENOUGH:
            break
        told += f" {_shortened(sentence)}"
    return told.strip()


def _shortened(sentence: str) -> str:
    """`sentence` without a greeting, asides and a tail."""
    told = sentence[match.end() :] if (match := _GREETING.match(sentence)) else sentence
    found = [told, *(_dropped(told, match) for match in _ASIDE.finditer(told))]
    # Behind its first comma: further on, it may be the end of a list.
    found += [_dropped(it, match) for it in found if (match := _TAIL.search(it)) and "," not in it[: match.start()]]
    told = min((it for it in found if len(it.split()) >= _CLEAR), key=len, default=sentence)
    return told[0].upper() + told[1:]


def _dropped(sentence: str, match: re.Match[str]) -> str:
    return sentence[: match.start()] + sentence[match.end() :]


def _likeness(one: str, other: str) -> float:
    """F1 of words, as ROUGE-1."""
    first, second = (Counter(re.findall(r"\w+", text.lower())) for text in (one, other))
    return 2 * (first & second).total() / (first.total() + second.total())


def _kind(word: str) -> tuple[bool, str]:
    return word[0].isupper(), word[-2:]
