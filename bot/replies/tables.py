"""Tables as pictures: the rows and columns around the cells that matter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from bot.media.picture import png
from bot.replies.figures import BACKGROUND, BEST, FAINT, TEXT, TRACK
from bot.replies.lettering import cut, drawable, font

MOST_ROWS, MOST_COLUMNS = 12, 8
_LINE, _LETTERS, _PADDING, _WIDEST = 44, 20, 14, 300


@dataclass(frozen=True, slots=True)
class Part:
    """What is drawn of a table: numbers of its rows and columns, in its order, from 0."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @classmethod
    def around(cls, cells: Sequence[tuple[int, int]], rows: int, columns: int) -> "Part":
        """The part around `cells` of a table of so many rows and columns, which names its rows in the first column."""
        return cls(
            _window([row for row, _ in cells], rows, MOST_ROWS),
            _window([0, *(column for _, column in cells)], columns, MOST_COLUMNS),
        )


def draw(table: Any, part: Part, cells: Iterable[tuple[int, int]]) -> bytes:
    """The `part` of a DataFrame as PNG, with its `cells` marked and its rows numbered from 1, as people count."""
    plain, bold = font(_LETTERS), font(_LETTERS, bold=True)
    marked = set(cells)
    names = [drawable(str(table.columns[column])) for column in part.columns]
    texts = [[drawable(str(table.iat[row, column])) for column in part.columns] for row in part.rows]
    head = [cut(name, bold, _WIDEST) for name in names]
    body = [[cut(text, plain, _WIDEST) for text in line] for line in texts]
    widths = [
        2 * _PADDING + round(max([bold.getlength(name), *(bold.getlength(line[place]) for line in body)]))
        for place, name in enumerate(head)
    ]
    gutter = 2 * _PADDING + round(plain.getlength(str(max(part.rows, default=0) + 1)))
    picture = Image.new("RGB", (gutter + sum(widths), _LINE * (1 + len(body))), BACKGROUND)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, picture.width, _LINE - 1), fill=TRACK)
    for line, row in enumerate(part.rows, start=1):
        pen.text((gutter - _PADDING, (line + 0.5) * _LINE), str(row + 1), fill=FAINT, font=plain, anchor="rm")
        pen.line((0, line * _LINE, picture.width, line * _LINE), fill=TRACK)
    left = gutter
    for place, column in enumerate(part.columns):
        pen.text((left + _PADDING, _LINE / 2), head[place], fill=TEXT, font=bold, anchor="lm")
        for line, row in enumerate(part.rows, start=1):
            is_marked = (row, column) in marked
            if is_marked:
                corners = (left + 3, line * _LINE + 4, left + widths[place] - 3, (line + 1) * _LINE - 4)
                pen.rounded_rectangle(corners, radius=8, fill=BEST)
            middle = (left + _PADDING, (line + 0.5) * _LINE)
            pen.text(middle, body[line - 1][place], fill=TEXT, font=bold if is_marked else plain, anchor="lm")
        left += widths[place]
    return png(picture)


def _window(wanted: Iterable[int], count: int, most: int) -> tuple[int, ...]:
    """Up to `most` numbers below `count`: the `wanted` ones, and their neighbours where there is room."""
    chosen = set(sorted(set(wanted))[:most])
    while len(chosen) < min(count, most):
        beside = {number + step for number in chosen or {0} for step in (-1, 0, 1)} - chosen
        near = sorted(number for number in beside if 0 <= number < count)
        chosen |= set(near[: most - len(chosen)])
    return tuple(sorted(chosen))
