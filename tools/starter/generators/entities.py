"""Sentences with people, places and organisations in them."""

import random
import re
from collections.abc import Callable, Iterable, Iterator

from tools.starter import data

Piece = tuple[str, str]
"""A piece of a sentence: its text, and the kind of name it is (PER, LOC, ORG), or "" where it is none."""

_SLOT = re.compile(r"\{(person|given|surname|place|organisation)\}")
_CAPITAL = re.compile(r"(?<=[^.!?] )(?!I\b)[A-Z]")
"""Within a sentence."""
_KINDS = {"person": "PER", "given": "PER", "surname": "PER", "place": "LOC", "organisation": "ORG"}
_BEGINS = "b br c ch d dr f g gr h j k kr l m n p r s sch sh st t th tr v w y z al an ar el er in or os ul".split()
_MIDDLES = "a e i o u a e i o ai au ee ia ie io ou".split()
_JOINS = "l ll m n nd nn r rd rr s ss st t tt v x z b d g k nt rk lm".split()
_ENDS = (
    "",
    "",
    "n",
    "r",
    "s",
    "a",
    "o",
    "y",
    "ski",
    "son",
    "sen",
    "er",
    "ez",
    "ini",
    "ic",
    "berg",
    "ova",
    "dal",
    "eau",
)
_PLACES = ("ton", "ville", "burg", "ford", "ham", "stad", "grad", "ia", "land", "by", "mouth", "field", "port", "abad")
_ORGANISATIONS = (
    *(
        "{} Ltd",
        "{} Inc",
        "{} Group",
        "{} University",
        "University of {}",
        "{} Bank",
        "{} & Sons",
        "{} FC",
        "{} United",
    ),
    *("{} Airlines", "{} Times", "{} Museum", "{} Foundation", "{} Labs", "{} Systems", "{} Council", "{} Hospital"),
    *("{} School", "{} Institute", "{} Partners", "{} Software", "{} Energy", "{} Records", "{} Association", "{}"),
)


_BEFORE_ARTICLE = tuple(
    f" {word} " for word in "in of from to at for by with near and or through across over is was left".split()
)


class Entities:
    """`examples` never ends."""

    def __init__(self, random_: random.Random, ordinary: Iterable[str] = ()) -> None:
        """Of the `ordinary` sentences, those without a name that could be one teach what isn't."""
        self._random = random_
        self._given = data.lines("entities/given")
        self._surnames = data.lines("entities/surnames")
        self._full = data.lines("entities/full")
        self._places = data.lines("entities/places")
        self._organisations = data.lines("entities/organisations")
        self._templates = data.lines("entities/templates")
        self._makers: dict[str, Callable[[bool], str]] = {
            "given": lambda invented: self.invented() if invented else random_.choice(self._given),
            "surname": lambda invented: self.invented() if invented else random_.choice(self._surnames),
            "person": self._person,
            "place": self._place,
            "organisation": self._organisation,
        }
        self._without = data.lines("entities/without")
        self._ordinary = [sentence for sentence in ordinary if not _CAPITAL.search(sentence)]

    @property
    def written(self) -> list[str]:
        """The sentences of the data, and its names: without those that are made up."""
        names = [*self._given, *self._surnames, *self._full, *self._places, *self._organisations]
        return [*names, *names, *(_SLOT.sub("", it) for it in self._templates), *self._without, *self._ordinary]

    def examples(self) -> Iterator[list[Piece]]:
        while True:
            if self._random.random() < 0.15:
                yield self._anywhere()
                continue
            chance = self._random.random()
            sort = self._templates if chance < 0.8 else self._without if chance < 0.9 else self._ordinary
            template = self._random.choice(sort or self._without)
            pieces: list[Piece] = []
            for n, part in enumerate(_SLOT.split(template)):
                if n % 2:
                    name = self.name(part)
                    if name.startswith("the "):
                        # The article is no part of a name, and not everywhere is there one.
                        name = name.removeprefix("the ")
                        before = "".join(text for text, _ in pieces)
                        if before.endswith(_BEFORE_ARTICLE) or not before:
                            pieces.append(("the " if before else "The ", ""))
                    pieces.append((name, _KINDS[part]))
                elif part:
                    pieces.append((part, ""))
            yield self._careless(pieces) if self._random.random() < 0.08 else pieces

    def _anywhere(self) -> list[Piece]:
        """A name, or several, where any other word could stand too: only itself tells what it is."""
        pieces: list[Piece] = []
        for n in range(self._random.choice((1, 1, 1, 2, 3))):
            slot = self._random.choice(("person", "given", "place", "place", "organisation", "organisation"))
            pieces += [(", " if n else "", ""), (self.name(slot).removeprefix("the "), _KINDS[slot])]
        _, _, rest = self._random.choice(self._ordinary or self._without).partition(" ")
        return [*pieces[1:], (f" {rest}", "")]

    def _careless(self, pieces: list[Piece]) -> list[Piece]:
        """As people type in a chat: nothing but the names has a capital."""
        return [(text if kind else text[:1].lower() + text[1:], kind) for text, kind in pieces]

    def name(self, slot: str) -> str:
        """A name for a slot: one of the lists, or an invented one."""
        invented = self._random.random() < 0.25
        return self._makers[slot](invented)

    def _person(self, _: bool) -> str:
        if self._random.random() < 0.15:
            return self._random.choice(self._full)
        middle = f" {self._random.choice('ABCDEFGHJKLMNPRSTW')}." if self._random.random() < 0.05 else ""
        return f"{self.name('given')}{middle} {self.name('surname')}"

    def _place(self, _: bool) -> str:
        if self._random.random() < 0.12:
            return self.invented() + self._random.choice(_PLACES)
        return self._random.choice(self._places)

    def _organisation(self, _: bool) -> str:
        pick = self._random.choice
        if self._random.random() < 0.25:
            return pick(_ORGANISATIONS).format(pick((self.invented(), pick(self._surnames), pick(self._places))))
        return pick(self._organisations)

    def invented(self) -> str:
        """A name that nobody has."""
        pick = self._random.choice
        middle = "".join(pick(_MIDDLES) + pick(_JOINS) for _ in range(pick((1, 1, 1, 2))))
        return (pick(_BEGINS) + middle + pick(_MIDDLES) + pick(_ENDS)).capitalize()
