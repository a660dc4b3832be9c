"""Questions on texts of all kinds: those written or composed for it, and others that parts of are asked for."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from tools.starter import data
from tools.starter.generators.answers import Answers, Question
from tools.starter.generators.clozes import Clozes
from tools.starter.generators.sentiment import Sentiment
from tools.starter.generators.topics import Topics
from tools.starter.words import FUNCTION, alike

_NAMES = ("given", "surname", "person", "place", "organisation")
_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?]) ")


class Questions:
    """`examples` and `short_examples` never end. `sentences` are what some of the questions are on."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_
        topics = Topics(random_).written
        self._answers = Answers(random_, [sentence for sentence in topics if len(sentence) < 120])
        self._clozes = Clozes(random_, self._value)
        self._texts = [dict(block)["T"] for block in data.blocks("summaries/written")]
        self._texts += 2 * sorted({it.context for it in self._answers.paragraphs})
        self.sentences = [text for text, _ in Sentiment(random_).written] + topics
        self.sentences += data.lines("entities/templates") + data.lines("entities/without")
        self.sentences += [english for english, _ in data.rows("phrases/written") if len(english) > 30]
        self._alike: dict[str, list[str]] = {}
        for group in alike():
            for word in group:
                if word not in FUNCTION:
                    self._alike.setdefault(word, []).extend(other for other in group if other not in {word, *FUNCTION})

    def examples(self) -> Iterator[Question]:
        return self._mixed(self._answers.examples(), self._text, 0.25)

    def short_examples(self) -> Iterator[Question]:
        """On a sentence or two, to begin with."""
        return self._mixed(self._answers.short_examples(), self._excerpt, 0.45)

    def _mixed(self, others: Iterator[Question], text: Callable[[], str], share: float) -> Iterator[Question]:
        """`others`, and a `share` of questions on what `text` gives."""
        while True:
            asked = self._clozes.ask(text()) if self._random.random() < share else next(others)
            if asked:
                # An article in front is no part of an answer, here as in what answers are compared by.
                article = _ARTICLE.match(asked.context, asked.start, asked.end)
                start = article.end() if article else asked.start
                yield replace(asked, start=start, question=self._reworded(asked.question))

    def _text(self) -> str:
        if self._random.random() < 0.6:
            return self._random.choice(self._texts)
        return " ".join(self._random.sample(self.sentences, self._random.randint(2, 5)))

    def _excerpt(self) -> str:
        if self._random.random() < 0.6:
            return self._random.choice(self.sentences)
        sentences = _SENTENCE.split(self._random.choice(self._texts))
        start = self._random.randrange(len(sentences))
        return " ".join(sentences[start : start + 2])

    def _value(self, slot: str) -> str:
        return self._answers.names.name(slot) if slot in _NAMES else self._answers.value(slot)

    def _reworded(self, question: str) -> str:
        """`question` with some words as others of about the same meaning, but for the one that it begins with."""
        if self._random.random() < 0.4:
            return question
        first, *words = question.split(" ")
        told = [
            self._random.choice(self._alike[word]) if self._alike.get(word) and self._random.random() < 0.3 else word
            for word in words
        ]
        return " ".join([first, *told])
