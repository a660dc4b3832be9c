"""Paragraphs with questions that they answer."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools.starter import data
from tools.starter.generators.entities import Entities

_SLOT = re.compile(r"\{([^{}]+)\}")
_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_NUMBERS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split()
_UNITS = ("minutes", "hours", "days", "weeks", "months", "years")


@dataclass(frozen=True, slots=True)
class Question:
    """The answer is `context[start:end]`; where the context has none, both are 0."""

    context: str
    question: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Ways to say a fact, with slots; what its own slots may hold; and questions, each with the slot it asks for."""

    facts: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    questions: tuple[tuple[str, str], ...]


class Answers:
    """`examples` never ends. `paragraphs` are those of the data that are written out."""

    def __init__(self, random_: random.Random, asides: list[str]) -> None:
        """`asides` are sentences that may stand between facts."""
        self._random = random_
        self.asides = asides
        self.names = Entities(random_)
        self.frames = [_frame(block) for block in data.blocks("answers/frames")]
        self.paragraphs = [question for block in data.blocks("answers/paragraphs") for question in _paragraph(block)]
        self._contexts = sorted({question.context for question in self.paragraphs})

    def examples(self) -> Iterator[Question]:
        while True:
            chance = self._random.random()
            if chance < 0.6:
                yield self._varied(self._random.choice(self.paragraphs))
            elif chance < 0.62:
                yield self._unanswered(self._random.choice(self.paragraphs))
            else:
                yield from self._composed(self._random.choice((1, 2, 2, 3, 3, 4)), asides=0.25)

    def short_examples(self) -> Iterator[Question]:
        """Never ends: questions on a sentence or two, to begin with."""
        while True:
            if self._random.random() < 0.5:
                yield _sentence(self._random.choice(self.paragraphs))
            else:
                yield from self._composed(self._random.choice((1, 1, 2)), asides=0.0)

    def _unanswered(self, asked: Question) -> Question:
        others = [context for context in self._contexts if context != asked.context]
        return Question(self._random.choice(others), asked.question, 0, 0)

    def _varied(self, asked: Question) -> Question:
        """A written question, mostly without some sentences of its paragraph, and at times with others between."""
        if self._random.random() < 0.3:
            return asked
        context, start = "", 0
        for begin, end in _sentences(asked.context):
            if self._random.random() < 0.1:
                context += self._random.choice(self.asides) + " "
            if begin <= asked.start < end:
                start = len(context) + asked.start - begin
            elif self._random.random() < 0.3:
                continue
            context += asked.context[begin:end].rstrip() + " "
        return Question(context.rstrip(), asked.question, start, start + asked.end - asked.start)

    def _composed(self, facts: int, *, asides: float) -> Iterator[Question]:
        """A paragraph of some facts, and questions on them; `asides` is how often one stands before a fact."""
        frames = self._random.sample(self.frames, facts)
        if facts > 1 and self._random.random() < 0.3:
            # The same happened twice: only the rest of the question tells which is meant.
            frames.append(frames[0])
            self._random.shuffle(frames)
        told: list[tuple[Frame, dict[str, str], dict[str, tuple[int, int]]]] = []
        context = ""
        for frame in frames:
            if self._random.random() < asides:
                context += self._random.choice(self.asides) + " "
            values = self.fill(frame)
            places: dict[str, tuple[int, int]] = {}
            fact = self._random.choice(frame.facts)
            for n, part in enumerate(_SLOT.split(fact)):
                text = values[part] if n % 2 else part
                if context == "" or context.endswith((". ", "! ", "? ")):
                    text = text[:1].upper() + text[1:]
                if n % 2:
                    places.setdefault(part, (len(context), len(context) + len(text)))
                context += text
            context += " "
            told.append((frame, values, places))
        context = context.rstrip()
        for frame, values, places in self._random.sample(told, min(2, len(told))):
            repeated = sum(other is frame for other, _, _ in told) > 1
            fitting = [
                (slot, question)
                for slot, question in frame.questions
                if slot in places and (not repeated or self._tells_apart(question, values, told, frame))
            ]
            if fitting:
                slot, question = self._random.choice(fitting)
                yield Question(context, self._worded(question, values), *places[slot])

    def _tells_apart(
        self,
        question: str,
        values: dict[str, str],
        told: list[tuple[Frame, dict[str, str], dict[str, tuple[int, int]]]],
        frame: Frame,
    ) -> bool:
        others = [other for same, other, _ in told if same is frame and other is not values]
        named = _SLOT.findall(question)
        return all(any(values[slot] != other[slot] for slot in named) for other in others)

    def _worded(self, question: str, values: dict[str, str]) -> str:
        def said(match: re.Match[str]) -> str:
            value, slot = values[match[1]], match[1]
            # People are asked for by parts of their names too.
            if slot.startswith("person") and " " in value and self._random.random() < 0.3:
                return value.split()[self._random.choice((0, -1))]
            return value

        text = _SLOT.sub(said, question)
        text = text[0].upper() + text[1:]
        chance = self._random.random()
        return text.lower().rstrip("?") if chance < 0.1 else text

    def said(self, fact: str, values: dict[str, str]) -> str:
        """`fact` with `values` in its slots."""
        text = _SLOT.sub(lambda match: values[match[1]], fact)
        return text[0].upper() + text[1:]

    def fill(self, frame: Frame) -> dict[str, str]:
        needed = {
            slot
            for text in (*frame.facts, *(question for _, question in frame.questions))
            for slot in _SLOT.findall(text)
        }
        return {slot: self._value_of(slot, frame) for slot in sorted(needed)}

    def _value_of(self, slot: str, frame: Frame) -> str:
        return self._random.choice(frame.slots[slot]) if slot in frame.slots else self.value(slot)

    def value(self, slot: str) -> str:
        """Something for a slot that every frame may have."""
        makers: dict[str, Callable[[], str]] = {
            "person": lambda: self.names.name(self._random.choice(("person", "person", "given"))),
            "person2": lambda: self.names.name("person"),
            "place": lambda: self.names.name("place"),
            "place2": lambda: self.names.name("place"),
            "organisation": lambda: self.names.name("organisation"),
            "year": lambda: str(self._random.randint(1850, 2026)),
            "date": self._date,
            "weekday": lambda: self._random.choice(_WEEKDAYS),
            "time": self._time,
            "number": self._number,
            "money": self._money,
            "duration": lambda: f"{self._number(200)} {self._random.choice(_UNITS)}",
            "distance": lambda: f"{self._number(500)} {self._random.choice(('kilometres', 'miles', 'metres', 'km'))}",
            "age": lambda: str(self._random.randint(2, 99)),
        }
        return makers[slot]()

    def _number(self, most: int = 5000) -> str:
        chance = self._random.random()
        if chance < 0.35:
            return self._random.choice(_NUMBERS)
        number = self._random.randint(2, 100) if chance < 0.7 else self._random.randint(100, max(most, 101))
        return f"{number:,}" if self._random.random() < 0.5 else str(number)

    def _money(self) -> str:
        amount = self._random.choice((self._random.randint(2, 99), self._random.randint(1, 90) * 100))
        return self._random.choice(
            (f"${amount:,}", f"€{amount:,}", f"£{amount:,}", f"{amount} euros", f"{amount} dollars")
        )

    def _date(self) -> str:
        day, month = self._random.randint(1, 28), self._random.choice(_MONTHS)
        return self._random.choice(
            (f"{day} {month}", f"{month} {day}", f"the {day}th of {month}" if 3 < day < 21 else month)
        )

    def _time(self) -> str:
        hour = self._random.randint(1, 12)
        minute = self._random.choice(("00", "15", "30", "45"))
        return self._random.choice(
            (
                f"{hour}:{minute}",
                f"{hour} a.m.",
                f"{hour} p.m.",
                f"{hour} o'clock",
                f"half past {_NUMBERS[hour - 2] if hour >= 2 else 'one'}",
            )
        )


def _frame(block: list[tuple[str, str]]) -> Frame:
    slots, questions, facts = {}, [], []
    for key, value in block:
        kind, _, name = key.partition(" ")
        match kind:
            case "F":
                facts.append(value)
            case "S":
                slots[name.strip()] = tuple(option.strip() for option in value.split("|"))
            case "Q":
                questions.append((name.strip(), value))
    return Frame(tuple(facts), slots, tuple(questions))


def _sentences(context: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, with the space behind it."""
    begin = 0
    for match in re.finditer(r"[.!?]['\"”]? ", context):
        yield begin, match.end()
        begin = match.end()
    yield begin, len(context)


def _sentence(asked: Question) -> Question:
    """`asked` of what answers it: one sentence, or more where they can't be told apart."""
    spans = list(_sentences(asked.context))
    begin = max(begin for begin, _ in spans if begin <= asked.start)
    end = min(end for _, end in spans if end >= asked.end)
    return Question(asked.context[begin:end].rstrip(), asked.question, asked.start - begin, asked.end - begin)


def _paragraph(block: list[tuple[str, str]]) -> Iterator[Question]:
    context = question = ""
    for key, value in block:
        match key:
            case "C":
                context = value
            case "Q":
                question = value
            case "A":
                start = context.find(value)
                assert start >= 0, f"“{value}” is not in “{context}”"
                yield Question(context, question, start, start + len(value))
