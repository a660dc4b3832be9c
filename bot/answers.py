"""The kinds of answer: plain data, one dataclass a kind. Drawing them is the reply's business.

Pictures and sounds travel as encoded bytes (PNG, WAV), so that an answer can be written as JSON and sent anywhere.
Coordinates are pixels of the picture that was asked about, from its upper left corner, as `bot.media` reads it:
upright, and shrunk where it is very large. Times are seconds.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Score:
    """A label and how sure the model is of it, from 0 to 1."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Labels with scores, best first."""

    scores: tuple[Score, ...]

    @classmethod
    def of(cls, raw: Iterable[Mapping[str, Any]]) -> Self:
        """From a classification pipeline's `[{"label": …, "score": …}, …]`."""
        scores = (Score(str(item["label"]), float(item["score"])) for item in raw)
        return cls(tuple(sorted(scores, key=lambda item: item.score, reverse=True)))


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of the text."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Spans:
    """Marked places of a text, in its order."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Box:
    left: int
    top: int
    right: int
    bottom: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes, best first. `page` is the one of the document that they are on, from 1."""

    boxes: tuple[Box, ...]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Mask:
    """`png` is one channel of the picture's size: 255 inside, 0 outside."""

    png: bytes = field(repr=False)
    label: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Masks:
    masks: tuple[Mask, ...]


@dataclass(frozen=True, slots=True)
class Depth:
    """`png` is one channel of the picture's size, scaled from `nearest` (255) to `farthest` (0) in the model's unit."""

    png: bytes = field(repr=False)
    nearest: float
    farthest: float


@dataclass(frozen=True, slots=True)
class Match:
    """One point of the first picture and the same point of the second."""

    first: tuple[int, int]
    second: tuple[int, int]
    score: float


@dataclass(frozen=True, slots=True)
class Matches:
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    png: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sound:
    wav: bytes = field(repr=False)
    rate: int


@dataclass(frozen=True, slots=True)
class Segment:
    start: float
    end: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike each later thing is to the first: cosine, from -1 to 1."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """The answer to a question about a table, and the (row, column) cells it was read from, both counted from 0.

    `aggregator` is what was done with them: SUM, AVERAGE or COUNT. `rows` is how many rows the model could read.
    """

    answer: str
    cells: tuple[tuple[int, int], ...]
    aggregator: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    choice: str
    scores: Scores


Answer = (
    Scores
    | Text
    | Spans
    | Boxes
    | Masks
    | Depth
    | Matches
    | Picture
    | Sound
    | Transcript
    | Similarity
    | Cells
    | Decision
)


def as_json(answer: Answer) -> dict[str, Any]:
    """`answer` as JSON's own types, with its kind; bytes become base64 text."""
    plain = _plain(answer)
    assert isinstance(plain, dict)
    return {"kind": type(answer).__name__.lower(), **plain}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
