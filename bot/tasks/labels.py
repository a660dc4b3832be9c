"""Labels that members make up."""

import csv

from bot.errors import Refusal

MOST = 30
"""Each label is a forward pass of its own."""
LONGEST = 100


def read_labels(text: str) -> tuple[str, ...]:
    """Labels with commas, semicolons or line breaks between, in their order; empty and repeated ones are dropped.

    A label with a comma of its own stands in quotation marks, or between semicolons or on a line. Refusal where fewer
    than two are left, or too many.
    """
    pieces = text.strip().splitlines()
    if len(pieces) == 1:
        row = " ".join(text.replace("“", '"').replace("”", '"').split())
        pieces = next(csv.reader([row], delimiter=";" if ";" in row else ",", skipinitialspace=True), [])
    labels: dict[str, str] = {}
    for piece in pieces:
        label = " ".join(piece.split())
        if label:
            labels.setdefault(label.casefold(), label)
    if len(labels) < 2:
        raise Refusal("Give me at least two different labels, with commas between them: sports, politics, music")
    if len(labels) > MOST:
        raise Refusal(f"Those are {len(labels)} labels; I take up to {MOST} at once.")
    if long := next((label for label in labels.values() if len(label) > LONGEST), None):
        raise Refusal(f"The label “{long[:40]}…” is too long; {LONGEST} characters are the most.")
    return tuple(labels.values())
