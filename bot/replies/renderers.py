"""What an answer looks like: one renderer a kind of answer."""

from collections.abc import Callable
from typing import Any

from bot.answers import (
    Answer,
    Boxes,
    Cells,
    Decision,
    Depth,
    Masks,
    Matches,
    Picture,
    Scores,
    Similarity,
    Sound,
    Spans,
    Text,
    Transcript,
)
from bot.replies import cells, charts, pictures, sounds, words
from bot.replies.rendered import ROOM, Asked, Item, Rendered, Voice, picture
from bot.request import Request
from bot.tasks import Task

__all__ = ["ROOM", "Item", "Rendered", "Voice", "picture", "render"]


def render(task: Task, request: Request, answer: Answer, limit: int) -> Rendered:
    """`answer` for people to look at. `limit` is the bytes that Discord takes a file, where it is shown.

    Decodes what was asked about and draws, so it takes up to a few hundred milliseconds: not on the event loop.
    """
    return _RENDERERS[type(answer)](Asked(task, request, limit), answer)


_RENDERERS: dict[type, Callable[[Asked, Any], Rendered]] = {
    Boxes: pictures.boxes,
    Cells: cells.cells,
    Decision: charts.decision,
    Depth: pictures.depth,
    Masks: pictures.masks,
    Matches: pictures.matches,
    Picture: pictures.picture,
    Scores: charts.scores,
    Similarity: charts.similarity,
    Sound: sounds.sound,
    Spans: words.spans,
    Text: words.text,
    Transcript: sounds.transcript,
}
