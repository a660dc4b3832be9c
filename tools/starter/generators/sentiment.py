"""Sentences that are positive or negative."""

import random
from collections.abc import Iterator

from tools.starter import data

NEGATIVE, POSITIVE = 0, 1
_NAMES = {"negative": NEGATIVE, "positive": POSITIVE}
_THINGS = ("object", "place", "food", "drink", "vehicle", "clothing", "building", "event", "abstract")
_OPENINGS = (
    *("", "", "", "", "", "", "I think ", "I feel that ", "I must say, ", "Honestly, ", "To be honest, ", "In short, "),
    *("For me, ", "Overall, ", "So far ", "It turns out ", "They say ", "My wife says ", "We all agree: ", "lol, "),
)
_VERY = ("", "", "", "very ", "so ", "really ", "quite ", "completely ", "absolutely ", "rather ", "just ", "pretty ")
_ENDS = (".", ".", ".", "!", "", "...", " to me.", " for us.", " this time.", " as always.", ", I'd say.", " overall.")


class Sentiment:
    """`examples` never ends. `written` are the sentences of the data, each with its label."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_
        self.written = [
            (sentence, label)
            for row in data.rows("sentiment/pairs")
            for sentence, label in zip(row, (POSITIVE, NEGATIVE), strict=True)
        ]
        self._words: dict[str, list[tuple[str, int]]] = {}
        for label, kind, word in data.rows("sentiment/words"):
            self._words.setdefault(kind, []).append((word, _NAMES[label]))
        self._things = [
            row
            for row in data.table("phrases/lexicon/nouns")
            if row["class"] in _THINGS and row["english_plural"] != "-"
        ]

    def examples(self) -> Iterator[tuple[str, int]]:
        while True:
            kind = self._random.random()
            if kind < 0.68:
                yield self._casual(self._random.choice(self.written))
            elif kind < 0.78:
                (first, label), (second, other) = self._random.sample(self.written, 2)
                if label == other:
                    yield f"{first} {second}", label
            else:
                yield self._casual(self._composed())

    def _casual(self, example: tuple[str, int]) -> tuple[str, int]:
        text, label = example
        return (text.rstrip(".!"), label) if self._random.random() < 0.15 else example

    def _composed(self) -> tuple[str, int]:
        clause, label = self._clause()
        chance = self._random.random()
        if chance < 0.2:
            other, opposite = self._clause()
            if opposite != label:
                # What comes last decides; with "although", what doesn't stand behind it.
                joined, label = self._random.choice(
                    (
                        (f"{clause}, but {other}", opposite),
                        (f"{clause}, yet {other}", opposite),
                        (f"although {clause}, {other}", opposite),
                        (f"even if {clause}, {other}", opposite),
                        (f"{clause}, although {other}", label),
                        (f"{clause}, even though {other}", label),
                    )
                )
            else:
                joined = self._random.choice(
                    (f"{clause} and {other}", f"{clause}, {other}", f"{clause} because {other}")
                )
            clause = joined
        opening = self._random.choice(_OPENINGS)
        text = opening + clause
        return text[0].upper() + text[1:] + self._random.choice(_ENDS), label

    def _pick(self, kind: str) -> tuple[str, int]:
        return self._random.choice(self._words[kind])

    def _clause(self) -> tuple[str, int]:
        pick, random_ = self._pick, self._random
        thing = random_.choice(self._things)["english_singular"]
        subject = random_.choice(
            (f"the {thing}", f"this {thing}", f"that {thing}", f"my {thing}", "it", f"their {thing}")
        )
        very = random_.choice(_VERY)
        adjective, good = pick("adjective")
        adverb, well = pick("adverb")
        verb, works = pick("verb")
        noun, fine = pick("noun")
        feeling, happy = pick("feeling")
        verdict, kind = pick("verdict")
        article = "an" if noun[0] in "aeiou" else "a"
        return random_.choice(
            (
                (f"{subject} is {very}{adjective}", good),
                (f"{subject} was {very}{adjective}", good),
                (f"{subject} looks {very}{adjective}", good),
                (f"{subject} is {adverb} {adjective}", good) if well == good else (f"it is {adjective}", good),
                (f"{subject} is not {random_.choice(('', 'very ', 'at all ', 'exactly '))}{adjective}", 1 - good),
                (f"{subject} isn't {adjective}", 1 - good),
                (f"{subject} was never {adjective}", 1 - good),
                (f"I don't find {subject} {adjective}", 1 - good),
                (f"I find {subject} {very}{adjective}", good),
                (
                    f"what a {adjective} {thing}" if adjective[0] not in "aeiou" else f"what an {adjective} {thing}",
                    good,
                ),
                (f"we had {'an' if adjective[0] in 'aeiou' else 'a'} {adjective} {thing}", good),
                (f"{subject} works {adverb}", well),
                (f"{subject} does not work {adverb}", 1 - well),
                (f"{subject} always seems to {verb}", works),
                (f"{subject} will {verb}", works),
                (f"{subject} did not {verb}", 1 - works),
                (f"{subject} never seems to {verb}", 1 - works),
                (f"{subject} is {article} {noun}", fine),
                (f"{subject} was {very and 'really '}{article} {noun}", fine),
                (f"{subject} is not {article} {noun}", 1 - fine),
                (f"I am {very}{feeling}", happy),
                (f"we were {very}{feeling} with {subject}", happy),
                (f"it left me {feeling}", happy),
                (f"I'm not {feeling}", 1 - happy),
                (verdict, kind),
                (verdict, kind),
                (f"{subject} is {adjective}, {verdict}", kind) if good == kind else (verdict, kind),
            )
        )
