"""Everyday phrases in English and French: written ones, and sentences of a small grammar of both languages at once."""

import random
from collections.abc import Callable, Iterator

from tools.starter import data
from tools.starter.generators import french as fr
from tools.starter.generators.french import Row, conjugated, elided
from tools.starter.generators.tenses import SUBJECTS, TENSES, Said, Subject, Tenses, participle

_ATTRIBUTES = frozenset("main latest next first last great real only former".split())
"""Adjectives that stand before their noun only."""
_TASTES = (
    ("like", "likes", fr.LIKE),
    ("love", "loves", fr.forms("adore adores adore adorons adorez adorent")),
    ("hate", "hates", fr.forms("déteste détestes déteste détestons détestez détestent")),
    ("prefer", "prefers", fr.forms("préfère préfères préfère préférons préférez préfèrent")),
)
_COUNTS = (("two", "deux"), ("three", "trois"), ("four", "quatre"), ("some", "des"), ("many", "beaucoup de"))
_WHYS = (("Why", "Pourquoi"), ("When", "Quand"), ("Where", "Où"), ("How", "Comment"))
_DEGREES = (("", ""), ("", ""), ("very ", "très "), ("too ", "trop "), ("so ", "si "), ("a bit ", "un peu "))


class Phrases:
    """`examples` never ends: pairs of English and French. `written` are those of the data."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_
        self._tenses = Tenses(random_)
        self.written = [(english, french) for english, french in data.rows("phrases/written")]
        self._nouns = data.table("phrases/lexicon/nouns")
        self._adjectives = data.table("phrases/lexicon/adjectives")
        verbs = data.table("phrases/lexicon/verbs")
        self._transitive = [row for row in verbs if row["object"] != "none"]
        self._intransitive = [row for row in verbs if row["object"] == "none"]
        self._adverbs = data.table("phrases/lexicon/adverbs")
        self._names = data.table("phrases/lexicon/names")
        self._of_class: dict[str, list[Row]] = {}
        for noun in self._nouns:
            self._of_class.setdefault(noun["class"], []).append(noun)
        self._kinds: list[tuple[int, Callable[[], Said]]] = [
            (10, self._statement),
            (3, self._question),
            (3, self._description),
            (2, self._there_is),
            (2, self._taste),
            (1, self._command),
            (1, self._place),
            (2, self._noun_alone),
            (1, self._adverb_alone),
        ]

    def examples(self) -> Iterator[Said]:
        weights, makers = zip(*self._kinds, strict=True)
        while True:
            chance = self._random.random()
            if chance < 0.55:
                yield self._random.choice(self.written)
            elif chance < 0.6:
                (one, une), (two, deux) = self._random.sample(self.written, 2)
                yield f"{one} {two}", f"{une} {deux}"
            else:
                english, french = self._random.choices(makers, weights)[0]()
                yield english[0].upper() + english[1:], french[0].upper() + french[1:]

    def _subject(self) -> Subject:
        if self._random.random() < 0.72:
            return self._random.choice(SUBJECTS)
        noun = self._any("person", "person", "person", "animal")
        return self._as_subject(noun, plural=self._random.random() < 0.25)

    def _as_subject(self, noun: Row, *, plural: bool, adjective: bool = True) -> Subject:
        english, french = self._phrase(noun, plural=plural, adjective=adjective)
        return Subject(english, french, "ils" if plural else "il", not plural, noun["gender"] == "f")

    def _phrase(self, noun: Row, *, plural: bool = False, adjective: bool = True) -> Said:
        """An article or the like, perhaps an adjective, and the noun."""
        chance = self._random.random()
        mass = noun["english_plural"] == "-"
        plural = plural and not mass
        english, french, feminine = _of(noun, plural=plural)
        if adjective and self._random.random() < 0.3:
            fitting = [row for row in self._adjectives if noun["class"] in row["classes"].split(",")]
            if fitting:
                row = self._random.choice(fitting)
                english = f"{row['english']} {english}"
                french = fr.described(french, row, feminine=feminine, plural=plural)
        if chance < 0.4:
            article = "les " if plural else elided("la" if feminine else "le", french)
            said = f"the {english}", article + french
        elif chance < 0.6:
            said = self._some(english, french, feminine=feminine, plural=plural, mass=mass)
        elif chance < 0.88:
            owner = self._random.choice(list(fr.POSSESSIVES))
            form = fr.owned(owner, french, feminine=feminine, plural=plural)
            if owner == "your" and self._random.random() < 0.4:
                form = "vos" if plural else "votre"
            said = f"{owner} {english}", f"{form} {french}"
        elif plural:
            said = f"these {english}", f"ces {french}"
        else:
            this = "cette" if feminine else "cet" if fr.starts_with_vowel(french) else "ce"
            said = f"{self._random.choice(('this', 'that'))} {english}", f"{this} {french}"
        return said

    def _some(self, english: str, french: str, *, feminine: bool, plural: bool, mass: bool) -> Said:
        """An unknown one, or unknown ones."""
        if mass:
            return f"some {english}", fr.some(french, feminine=feminine)
        if not plural:
            return _one(english, french, feminine=feminine)
        number, nombre = self._random.choice(_COUNTS)
        counted = elided(nombre, french) if nombre.endswith(" de") else f"{nombre} "
        return f"{number} {english}", counted + french

    def _any(self, *kinds: str) -> Row:
        """A noun of any of these kinds."""
        return self._random.choice(self._of_class[self._random.choice(kinds)])

    def _verb(self) -> tuple[Row, str, str]:
        """A verb, and its object in both languages with a space before, or nothing."""
        if self._random.random() < 0.3:
            return self._random.choice(self._intransitive), "", ""
        verb = self._random.choice(self._transitive)
        kinds = [kind for kind in verb["object"].split(",") if kind in self._of_class]
        english, french = self._phrase(self._any(*kinds), plural=self._random.random() < 0.25)
        return verb, f" {english}", f" {french}"

    def _adverb(self, *kinds: str) -> Said:
        if self._random.random() < 0.6:
            return "", ""
        row = self._random.choice([row for row in self._adverbs if row["kind"] in kinds])
        return f" {row['english']}", f" {row['french']}"

    def _statement(self) -> Said:
        subject = self._subject()
        verb, thing, chose = self._verb()
        negative = self._random.random() < 0.25
        tense = self._random.choice(TENSES)
        tail, fin = self._adverb("place", "manner")
        english, french = self._tenses.said(tense, subject, verb, negative=negative)
        return _sentence(english + thing + tail, french + chose + fin)

    def _question(self) -> Said:
        subject = self._random.choice(SUBJECTS[2:])
        verb, thing, chose = self._verb()
        who, qui, person = subject.english, subject.french, subject.person
        asked = "est-ce " + elided("que", qui)
        word, mot = self._random.choice(_WHYS) if self._random.random() < 0.4 else ("", "")
        if self._random.random() < 0.5:
            helper, form = subject.do, verb[person]
        elif self._random.random() < 0.5:
            helper, form = "did", " ".join(participle(subject, verb))
        else:
            helper, persons = self._random.choice((("can", fr.CAN), ("could", fr.COULD), ("should", fr.SHOULD)))
            form = f"{persons[person]} {verb['french_infinitive']}"
        english, french = f"{helper} {who} {verb['english_base']}{thing}", f"{asked}{qui} {form}{chose}"
        if word:
            return f"{word} {english}?", f"{mot} {french} ?"
        return f"{english}?", f"{french} ?"

    def _description(self) -> Said:
        row = self._random.choice([row for row in self._adjectives if row["english"] not in _ATTRIBUTES])
        kind = self._random.choice([it for it in row["classes"].split(",") if it in self._of_class] or ["object"])
        if kind == "person" and self._random.random() < 0.6:
            subject = self._random.choice(SUBJECTS)
        else:
            noun = self._random.choice(self._of_class[kind])
            plural = self._random.random() < 0.25 and noun["english_plural"] != "-"
            subject = self._as_subject(noun, plural=plural, adjective=False)
        very, tres = self._random.choice(_DEGREES)
        past, negative = self._random.random() < 0.25, self._random.random() < 0.25
        be = subject.was if past else subject.be
        form = (fr.BE_IMPERFECT if past else fr.BE)[subject.person]
        agreed = fr.agreed(row, feminine=subject.feminine, plural=subject.plural)
        english = f"{subject.english} {be} {'not ' * negative}{very}{row['english']}"
        return _sentence(english, conjugated(subject.french, form, tres + agreed, negative=negative))

    def _there_is(self) -> Said:
        noun = self._any("object", "animal", "person", "food", "building", "place", "vehicle")
        mass = noun["english_plural"] == "-"
        plural = self._random.random() < 0.3 and not mass
        where = self._random.choice([row for row in self._adverbs if row["kind"] == "place"])
        english, french, feminine = _of(noun, plural=plural)
        are = "are" if plural else "is"
        if self._random.random() < 0.3:
            said = f"there {are} no {english}", f"il n'y a pas {elided('de', french)}{french}"
        elif plural:
            said = f"there are {self._random.choice(('some ', ''))}{english}", f"il y a des {french}"
        else:
            one = (f"some {english}", fr.some(french, feminine=feminine))
            one = one if mass else _one(english, french, feminine=feminine)
            said = f"there is {one[0]}", f"il y a {one[1]}"
        return _sentence(f"{said[0]} {where['english']}", f"{said[1]} {where['french']}")

    def _taste(self) -> Said:
        subject = self._random.choice(SUBJECTS)
        noun = self._any("food", "drink", "animal", "event", "clothing", "object")
        base, third, persons = self._random.choice(_TASTES)
        mass = noun["english_plural"] == "-"
        english, french, feminine = _of(noun, plural=not mass)
        article = elided("la" if feminine else "le", french) if mass else "les "
        negative = self._random.random() < 0.3
        verb = third if subject.third else base
        if negative:
            verb = f"{self._tenses.not_(subject.do)} {base}"
        likes = conjugated(subject.french, persons[subject.person], negative=negative)
        return _sentence(f"{subject.english} {verb} {english}", f"{likes} {article}{french}")

    def _command(self) -> Said:
        verb, thing, chose = self._verb()
        please, svp = self._random.choice((("", ""), (", please", ", s'il vous plaît")))
        english, french = f"{verb['english_base']}{thing}{please}", f"{verb['vous']}{chose}{svp}"
        if self._random.random() < 0.3:
            form = verb["vous"]
            english, french = f"don't {english}", f"{elided('ne', form)}{form} pas{chose}{svp}"
        return _sentence(english, french)

    def _place(self) -> Said:
        row = self._random.choice(self._names)
        subject = self._random.choice(SUBJECTS)
        if row["kind"] == "language":
            speaks = conjugated(subject.french, fr.SPEAK[subject.person])
            return _sentence(
                f"{subject.english} {'speaks' if subject.third else 'speak'} {row['english']}",
                f"{speaks} {row['french']}",
            )
        if row["kind"] not in {"country", "city"}:
            return row["english"], row["french"]
        be, form = (f"{subject.be} in", fr.BE) if self._random.random() < 0.5 else (f"{subject.be} going to", fr.GO)
        is_there = conjugated(subject.french, form[subject.person])
        return _sentence(f"{subject.english} {be} {row['english']}", f"{is_there} {row['in_french']}")

    def _noun_alone(self) -> Said:
        return self._phrase(self._random.choice(self._nouns), plural=self._random.random() < 0.3)

    def _adverb_alone(self) -> Said:
        row = self._random.choice(self._adverbs)
        return row["english"], row["french"]


def _of(noun: Row, *, plural: bool) -> tuple[str, str, bool]:
    """A noun in English and in French, and whether it is feminine."""
    number = "plural" if plural else "singular"
    return noun[f"english_{number}"], noun[f"french_{number}"], noun["gender"] == "f"


def _one(english: str, french: str, *, feminine: bool) -> Said:
    return f"{'an' if english[0] in 'aeiou' else 'a'} {english}", f"{'une' if feminine else 'un'} {french}"


def _sentence(english: str, french: str) -> Said:
    return f"{english}.", f"{french}."
