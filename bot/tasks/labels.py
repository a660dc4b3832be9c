"""Labels that members make up."""

import csv

from bot.errors import Refusal

MOST = 30
"""Each label is a forward pass of its own."""
LONGEST = 100
MOST_THINGS = 10
"""Each is looked for in a copy of the picture."""


def read_labels(text: str) -> tuple[str, ...]:
    """Labels with commas, semicolons or line breaks between, in their order; empty and repeated ones are dropped.

    A label with a comma of its own stands in quotation marks, or between semicolons or on a line. Refusal where fewer
    than two are left, or too many.
    """
    labels = _read(text)
    if len(labels) < 2:
        raise Refusal("Give me at least two different labels, with commas between them: sports, politics, music")
    return labels


def read_things(text: str) -> tuple[str, ...]:
    """Things to look for, one or more, written as labels are."""
    things = _read(text)
    if not things:
        raise Refusal("Tell me what to look for, with commas between: a red car, a tree")
    if len(things) > MOST_THINGS:
        raise Refusal(f"Those are {len(things)} things; I look for up to {MOST_THINGS} at once.")
    return things


def _read(text: str) -> tuple[str, ...]:
    pieces = text.strip().splitlines()
    if len(pieces) == 1:
        row = " ".join(text.replace("“", '"').replace("”", '"').split())
        pieces = next(csv.reader([row], delimiter=";" if ";" in row else ",", skipinitialspace=True), [])
    labels: dict[str, str] = {}
    for piece in pieces:
        label = " ".join(piece.split())
        if label:
            labels.setdefault(label.casefold(), label)
    if len(labels) > MOST:
        raise Refusal(f"Those are {len(labels)} labels; I take up to {MOST} at once.")
    if long := next((label for label in labels.values() if len(label) > LONGEST), None):
        raise Refusal(f"The label “{long[:40]}…” is too long; {LONGEST} characters are the most.")
    return tuple(labels.values())
