"""Who does what, in all tenses, in English and French at once."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tools.starter.generators import french
from tools.starter.generators.french import Row, conjugated, forms

STATIVE = frozenset("like love hate want have own know prefer believe see hear understand exist".split())
"""English verbs without a progressive form."""

TENSES = (
    *("present", "present", "progressive", "past", "past", "perfect"),
    *("future", "going", "helper", "helper", "imperfect"),
)
"""As often as they are to be chosen."""

_HELPERS = (
    ("want to", "wants to", forms("veux veux veut voulons voulez veulent")),
    ("have to", "has to", french.MUST),
    ("can", "can", french.CAN),
    ("must", "must", french.MUST),
    ("would like to", "would like to", forms("voudrais voudrais voudrait voudrions voudriez voudraient")),
    ("should", "should", french.SHOULD),
    ("could", "could", french.COULD),
    ("like to", "likes to", french.LIKE),
)
_CANNOT = {"can": "can't", "should": "shouldn't", "could": "couldn't", "would like to": "wouldn't like to"}
_PRONOUNS = frozenset(("I", "you", "he", "she", "we", "they"))
Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """Who does it. `person` names the French form of verbs, `third` says whether English verbs have their s."""

    english: str
    french: str
    person: str
    third: bool
    feminine: bool = False

    @property
    def plural(self) -> bool:
        return self.person in {"nous", "ils"}

    @property
    def be(self) -> str:
        return "am" if self.english == "I" else "is" if self.third else "are"

    @property
    def was(self) -> str:
        return "was" if self.third or self.english == "I" else "were"

    @property
    def do(self) -> str:
        return "does" if self.third else "do"


SUBJECTS = (
    Subject("I", "je", "je", third=False),
    Subject("I", "je", "je", third=False, feminine=True),
    Subject("you", "tu", "tu", third=False),
    Subject("you", "vous", "vous", third=False),
    Subject("he", "il", "il", third=True),
    Subject("she", "elle", "il", third=True, feminine=True),
    Subject("we", "nous", "nous", third=False),
    Subject("we", "on", "il", third=False),
    Subject("they", "ils", "ils", third=False),
    Subject("they", "elles", "ils", third=False, feminine=True),
)


def participle(subject: Subject, verb: Row) -> Said:
    """The French helper of a verb and its participle, which agrees with `subject` where it does."""
    if verb["auxiliary"] == "avoir":
        return french.HAVE[subject.person], verb["past_participle"]
    ending = ("e" if subject.feminine else "") + ("s" if subject.plural else "")
    return french.BE[subject.person], verb["past_participle"] + ending


class Tenses:
    """Puts verbs into tenses. What it gives is subject and verb, without an object."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_
        self._makers: Mapping[str, Callable[[Subject, Row, bool], Said]] = {
            "present": self._present,
            "progressive": self._progressive,
            "past": self._past,
            "perfect": self._perfect,
            "future": self._future,
            "going": self._going,
            "imperfect": self._imperfect,
            "helper": self._helper,
        }

    def said(self, tense: str, subject: Subject, verb: Row, *, negative: bool) -> Said:
        """`subject` and `verb` in `tense`, or in one like it where they have no such form."""
        if tense == "progressive" and verb["english_base"] in STATIVE:
            tense = "present"
        if tense == "imperfect" and subject.person not in french.IMPERFECT:
            tense = "helper"
        return self._makers[tense](subject, verb, negative)

    def not_(self, helper: str) -> str:
        """A helper's negative, short or long."""
        return f"{helper}n't" if self._random.random() < 0.65 else f"{helper} not"

    def _present(self, subject: Subject, verb: Row, negative: bool) -> Said:
        form = verb["english_3sg"] if subject.third else verb["english_base"]
        does = f"{self.not_(subject.do)} {verb['english_base']}" if negative else form
        return f"{subject.english} {does}", conjugated(subject.french, verb[subject.person], negative=negative)

    def _progressive(self, subject: Subject, verb: Row, negative: bool) -> Said:
        be, who = subject.be + " not" * negative, subject.english
        being = f"{who}'{be[1:]}" if self._random.random() < 0.5 and who in _PRONOUNS else f"{who} {be}"
        french_ = conjugated(subject.french, verb[subject.person], negative=negative)
        return f"{being} {verb['english_ing']}", french_

    def _past(self, subject: Subject, verb: Row, negative: bool) -> Said:
        did = f"{self.not_('did')} {verb['english_base']}" if negative else verb["english_past"]
        helper, done = participle(subject, verb)
        return f"{subject.english} {did}", conjugated(subject.french, helper, done, negative=negative)

    def _perfect(self, subject: Subject, verb: Row, negative: bool) -> Said:
        helper, done = participle(subject, verb)
        have = "has" if subject.third else "have"
        english = f"{subject.english} {self.not_(have) if negative else have} {verb['english_participle']}"
        return english, conjugated(subject.french, helper, done, negative=negative)

    def _future(self, subject: Subject, verb: Row, negative: bool) -> Said:
        will = self._random.choice(("won't", "will not")) if negative else "will"
        form = verb["futur_stem"] + french.FUTURE[subject.person]
        english = f"{subject.english} {will} {verb['english_base']}"
        return english, conjugated(subject.french, form, negative=negative)

    def _going(self, subject: Subject, verb: Row, negative: bool) -> Said:
        english = f"{subject.english} {subject.be}{' not' * negative} going to {verb['english_base']}"
        go = french.GO[subject.person]
        return english, conjugated(subject.french, go, verb["french_infinitive"], negative=negative)

    def _imperfect(self, subject: Subject, verb: Row, negative: bool) -> Said:
        stative = verb["english_base"] in STATIVE
        negative = negative and not stative
        progressive = not stative and (negative or self._random.random() < 0.5)
        was = f"{subject.was}{' not' * negative} {verb['english_ing']}"
        did = was if progressive else f"used to {verb['english_base']}"
        form = verb["imparfait_stem"] + french.IMPERFECT[subject.person]
        return f"{subject.english} {did}", conjugated(subject.french, form, negative=negative)

    def _helper(self, subject: Subject, verb: Row, negative: bool) -> Said:
        base, third, persons = self._random.choice(_HELPERS)
        helper = third if subject.third else base
        if base in {"must", "have to"}:
            # Their negatives mean different things in the two languages.
            negative = False
        elif negative:
            helper = _CANNOT[base] if base in _CANNOT else f"{self.not_(subject.do)} {base}"
        english = f"{subject.english} {helper} {verb['english_base']}"
        form = persons[subject.person]
        return english, conjugated(subject.french, form, verb["french_infinitive"], negative=negative)
