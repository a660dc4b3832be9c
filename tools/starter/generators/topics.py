"""Sentences with the names of topics that they are about, and of others that they aren't about."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tools.starter import data

CANDIDATES = 6
_FRAMES = (
    *("{}, {} and {}.", "I read about {} and {}.", "We talked about {}, {} and {}.", "{} {} {}", "The {} and the {}."),
    *("Do you know anything about {}?", "It was all about {} and {}.", "More {}, less {}.", "I need {} for the {}."),
    *("Is there a {} with {}?", "She showed me her {}.", "He could not stop talking about {}.", "{} again, and {}!"),
    *("What do you think of the {}?", "My {} has something to do with {}.", "Yesterday we had {} and {}.", "{}"),
)


@dataclass(frozen=True, slots=True)
class Topic:
    names: tuple[str, ...]
    words: tuple[str, ...]
    sentences: tuple[str, ...]


class Topics:
    """`examples` never ends: a text, and labels of which the first is right. `written` are the data's sentences."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_
        self._plain, self._finer = (
            [_read(block) for block in data.blocks(f"topics/{name}")] for name in ("plain", "finer")
        )
        self.topics = self._plain + self._finer

    @property
    def written(self) -> list[str]:
        return [sentence for topic in self.topics for sentence in topic.sentences]

    def examples(self) -> Iterator[tuple[str, list[str]]]:
        pick = self._random.choice
        while True:
            # Most of what people sort by is plain.
            topics = self._plain if self._random.random() < 0.75 else self.topics
            topic = pick(topics)
            chance = self._random.random()
            if chance < 0.5:
                text = pick(topic.sentences)
            elif chance < 0.6:
                text = " ".join(self._random.sample(topic.sentences, 2))
            else:
                frame = pick(_FRAMES)
                text = frame.format(*self._random.sample(topic.words, frame.count("{}")))
                text = text[0].upper() + text[1:]
            right = pick(topic.names) if self._random.random() < 0.6 else topic.names[0]
            others = [other for other in topics if not self._near(topic, other)]
            yield text, [right, *(self._name(other) for other in self._random.sample(others, CANDIDATES - 1))]

    def _name(self, topic: Topic) -> str:
        return self._random.choice(topic.names) if self._random.random() < 0.4 else topic.names[0]

    def _near(self, topic: Topic, other: Topic) -> bool:
        """Whether `other` may be right too: it is the topic, or one of them is named among the words of the other."""
        return (
            topic is other
            or bool(set(topic.names) & set(other.names))
            or bool(set(topic.names) & set(other.words))
            or bool(set(other.names) & set(topic.words))
            or len(set(topic.words) & set(other.words)) > 7
        )


def _read(block: list[tuple[str, str]]) -> Topic:
    names = [name.strip() for key, value in block if key == "T" for name in value.split("|")]
    words = [word.strip() for key, value in block if key == "W" for word in value.split(",")]
    return Topic(tuple(names), tuple(filter(None, words)), tuple(value for key, value in block if key == "S"))
