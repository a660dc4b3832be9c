"""Drawing on the pictures that people ask about: from pictures and places in them to the bytes of a picture.

Each takes tens of milliseconds, the first one that marks something a second more: not on the event loop.
"""

import colorsys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import colormaps
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bot.answers import Box, Match
from bot.media.picture import png
from bot.replies.figures import BACKGROUND, TEXT, shortened
from bot.replies.fitting import encoded
from bot.replies.lettering import drawable, font, font_file

SIGNS = ("🟦", "🟩", "🟧", "🟪", "🟨", "🟥", "🟫", "⬜")
"""For texts about a picture: what is drawn in the colour of each of `COLOURS`."""

COLOURS = ("#55acee", "#78b159", "#f4900c", "#aa8ed6", "#fdcb58", "#dd2e44", "#c1694f", "#e6e7e8")

_LEAST, _MOST, _MOST_AREAS = 640, 1600, 1024
"""Pixels of the longer side of what is drawn: labels stay readable on an icon, and a photo stays light. Areas take as
many bytes each."""

_PREVIEW, _STRIP, _GAP = 1024, 320, 12


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a picture: True where it is, in as many rows and columns as the picture has, or fewer in proportion."""

    inside: np.ndarray[Any, np.dtype[np.bool_]]
    label: str
    colour: int


def preview(picture: Image.Image) -> bytes:
    """The picture itself, at most 1,024 pixels a side."""
    small = picture.copy()
    small.thumbnail((_PREVIEW, _PREVIEW))
    return encoded(small)


def contact_sheet(frames: Sequence[np.ndarray[Any, Any]]) -> bytes:
    """Up to four frames of a video, in its order: two in a row."""
    pictures = [Image.fromarray(frame).convert("RGB") for frame in frames[:4]]
    columns = min(len(pictures), 2)
    width = (_PREVIEW - _GAP * (columns - 1)) // columns
    height = max(1, min(_PREVIEW, round(width * pictures[0].height / pictures[0].width)))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (_PREVIEW, rows * height + _GAP * (rows - 1)), BACKGROUND)
    for number, picture in enumerate(pictures):
        place = (number % columns * (width + _GAP), number // columns * (height + _GAP))
        sheet.paste(picture.resize((width, height)), place)
    return encoded(sheet)


def boxes(picture: Image.Image, found: Sequence[Box], colours: Sequence[int], labels: Sequence[str]) -> bytes:
    """`found` on the picture, each in one of `COLOURS`, by number, with its label, which is `short`."""
    _import_quietly()
    import supervision as sv

    drawn, factor = scaled(picture)
    places = np.array([_corners(box, factor, drawn) for box in found], dtype=float).reshape(-1, 4)
    seen = (places[:, 2] > places[:, 0]) & (places[:, 3] > places[:, 1])
    detections = sv.Detections(xyxy=places[seen], class_id=np.array(colours, dtype=int)[seen])
    if not len(detections):
        return encoded(drawn)
    drawn = sv.BoxAnnotator(_palette(), thickness=_thickness(drawn)).annotate(drawn, detections)
    told = [named for named, is_seen in zip(labels, seen, strict=True) if is_seen]
    return encoded(_labelled(drawn, detections, told))


def marked(picture: Image.Image, found: Sequence[Box]) -> bytes:
    """`found` as by a highlighter."""
    _import_quietly()
    import supervision as sv

    drawn, factor = scaled(picture)
    places = [_corners(box, factor, drawn) for box in found]
    seen = [place for place in places if place[2] > place[0] and place[3] > place[1]]
    if not seen:
        return encoded(drawn)
    detections = sv.Detections(xyxy=np.array(seen, dtype=float), class_id=np.zeros(len(seen), dtype=int))
    orange = sv.Color.from_hex(COLOURS[2])
    drawn = sv.ColorAnnotator(orange, opacity=0.25).annotate(drawn, detections)
    return encoded(sv.BoxAnnotator(orange, thickness=_thickness(drawn)).annotate(drawn, detections))


def areas(picture: Image.Image, found: Sequence[Area], *, many: bool = False) -> bytes:
    """`found`, at least one, in see-through colours: those of `COLOURS`, or where they are `many` each in its own."""
    _import_quietly()
    import supervision as sv

    drawn, _ = scaled(picture, _MOST_AREAS)
    inside = np.stack([_stretched(area.inside, drawn.size) for area in found])
    detections = sv.Detections(
        xyxy=sv.mask_to_xyxy(inside).astype(float), mask=inside, class_id=np.array([area.colour for area in found])
    )
    palette = _rainbow(len(found)) if many else _palette()
    drawn = sv.MaskAnnotator(palette, opacity=0.6).annotate(drawn, detections)
    if many:
        return encoded(drawn)
    inmost = np.array([_inmost(one) * 2 for one in inside], dtype=float)
    points = sv.Detections(xyxy=inmost, class_id=detections.class_id)
    labels = [short(area.label) if one.any() else "" for area, one in zip(found, inside, strict=True)]
    return encoded(_labelled(drawn, points, labels, sv.Position.CENTER))


def cut_out(picture: Image.Image, mask: Image.Image) -> bytes:
    """What is inside of `mask`, which isn't empty, on transparent ground and no larger than it has to be."""
    whole = picture.convert("RGBA")
    whole.putalpha(mask if mask.size == picture.size else mask.resize(picture.size, Image.Resampling.NEAREST))
    return png(whole.crop(whole.getchannel("A").getbbox()))


def depth(picture: Image.Image, near: Image.Image) -> bytes:
    """The picture and, beside or below it, how near everything is: bright for 255 of `near`, with a key."""
    drawn, _ = scaled(picture)
    coloured = np.asarray(near.convert("L").resize(drawn.size, Image.Resampling.BILINEAR))
    shades = Image.fromarray((colormaps["inferno"](coloured)[:, :, :3] * 255).astype(np.uint8))
    sheet = _joined([drawn, shades], below=drawn.width > 1.6 * drawn.height)
    return encoded(_with_key(sheet))


def matches(first: Image.Image, second: Image.Image, found: Sequence[Match]) -> bytes:
    """The two pictures side by side, and a line for each match, brighter for the surer ones."""
    height = max(1, min(900, max(first.height, second.height, 480)))
    factors = (height / first.height, height / second.height)
    sides = [
        side.resize((max(1, min(2 * height, round(side.width * factor))), height))
        for side, factor in zip((first, second), factors, strict=True)
    ]
    sheet = _joined(sides)
    # Twice as large and shrunk again, because Pillow's lines have steps.
    lines = Image.new("RGBA", (sheet.width * 2, sheet.height * 2), (0, 0, 0, 0))
    pen = ImageDraw.Draw(lines)
    shift, shades = sides[0].width + _GAP, colormaps["plasma"]
    for match in sorted(found, key=lambda match: match.score):
        start, end = _at(match.first, first, sides[0], 0), _at(match.second, second, sides[1], shift)
        colour = tuple(round(255 * part) for part in shades(min(max(0.0, match.score), 1.0)))
        pen.line([start, end], fill=colour, width=7)
        for x, y in (start, end):
            pen.ellipse((x - 11, y - 11, x + 11, y + 11), fill=colour, outline=(0, 0, 0, 255), width=2)
    sheet.paste(lines.resize(sheet.size), mask=lines.getchannel("A").resize(sheet.size))
    return encoded(sheet)


def side_by_side(pictures: Sequence[Image.Image], captions: Sequence[str]) -> bytes:
    """Small pictures in a row, each with a few words below."""
    small = [
        picture.resize((max(80, min(3 * _STRIP, round(picture.width * _STRIP / picture.height))), _STRIP))
        for picture in pictures
    ]
    row = _joined(small)
    sheet = Image.new("RGB", (row.width, row.height + 44), BACKGROUND)
    sheet.paste(row)
    pen, x = ImageDraw.Draw(sheet), 0
    for picture, caption in zip(small, captions, strict=True):
        pen.text((x + picture.width / 2, row.height + 22), caption, fill=TEXT, font=font(22), anchor="mm")
        x += picture.width + _GAP
    return encoded(sheet)


def scaled(picture: Image.Image, most: int = _MOST) -> tuple[Image.Image, float]:
    """The picture as large as it is drawn on, a copy, and by what its coordinates are to be multiplied."""
    side = max(picture.size)
    factor = min(max(side, _LEAST), most) / side
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), factor


def short(label: str) -> str:
    """`label` as it can be written on a picture; maybe nothing is left of it."""
    return shortened(drawable(label))


def _import_quietly() -> None:
    """Import supervision, which warns that it has no OpenCV; what we draw with it looks the same without."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import supervision  # noqa: F401


def _labelled(drawn: Image.Image, detections: Any, labels: list[str], where: Any = None) -> Image.Image:
    import supervision as sv

    told = [number for number, label in enumerate(labels) if label]
    if not told:
        return drawn
    size = max(16, max(drawn.size) // 46)
    annotator = sv.RichLabelAnnotator(
        _palette(),
        text_color=sv.Color.from_hex("#1e1f22"),
        font_path=font_file(bold=True),
        font_size=size,
        text_padding=size // 3,
        text_position=where or sv.Position.TOP_LEFT,
        smart_position=True,
    )
    return annotator.annotate(drawn, detections[told], labels=[labels[number] for number in told])


def _palette() -> Any:
    import supervision as sv

    return sv.ColorPalette.from_hex(list(COLOURS))


def _rainbow(count: int) -> Any:
    """Colours of which neighbours differ: the golden section spreads any number of them over the circle."""
    import supervision as sv

    hues = [(0.58 + number * 0.618034) % 1 for number in range(count)]
    return sv.ColorPalette(
        [sv.Color(*(round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.7, 0.95))) for hue in hues]
    )


def _thickness(drawn: Image.Image) -> int:
    return max(3, max(drawn.size) // 320)


def _corners(box: Box, factor: float, drawn: Image.Image) -> tuple[float, float, float, float]:
    """The box on the drawn picture, as much of it as is there."""
    left, right = (min(max(x * factor, 0), drawn.width - 1) for x in (box.left, box.right))
    top, bottom = (min(max(y * factor, 0), drawn.height - 1) for y in (box.top, box.bottom))
    return left, top, right, bottom


def _stretched(inside: np.ndarray[Any, Any], size: tuple[int, int]) -> np.ndarray[Any, Any]:
    grey = Image.fromarray(inside.astype(np.uint8) * 255)
    return np.asarray(grey.resize(size, Image.Resampling.NEAREST)) > 127


def _inmost(inside: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Where there is most room for a label: what is left of an area when its edge is taken away again and again."""
    whole = Image.fromarray(inside.astype(np.uint8) * 255)
    left = whole.copy()
    left.thumbnail((96, 96), Image.Resampling.NEAREST)
    scale = whole.width / left.width
    # What lies outside of the picture isn't inside of the area.
    left = ImageOps.expand(left, 1)
    while (smaller := left.filter(ImageFilter.MinFilter(3))).getbbox():
        left = smaller
    rows, columns = np.nonzero(np.asarray(left))
    if not len(rows):
        return 0.0, 0.0
    middle = len(rows) // 2
    return float(columns[middle] - 0.5) * scale, float(rows[middle] - 0.5) * scale


def _at(point: tuple[int, int], source: Image.Image, drawn: Image.Image, shift: int) -> tuple[float, float]:
    """A point of `source` where lines are drawn, never outside of its picture."""
    x = min(max(point[0] / source.width, 0), 1) * (drawn.width - 1)
    y = min(max(point[1] / source.height, 0), 1) * (drawn.height - 1)
    return 2 * (x + shift), 2 * y


def _joined(pictures: Sequence[Image.Image], *, below: bool = False) -> Image.Image:
    """Pictures in a row, or one below the other."""
    gaps = _GAP * (len(pictures) - 1)
    if below:
        size = (max(it.width for it in pictures), sum(it.height for it in pictures) + gaps)
    else:
        size = (sum(it.width for it in pictures) + gaps, max(it.height for it in pictures))
    sheet, place = Image.new("RGB", size, BACKGROUND), 0
    for picture in pictures:
        sheet.paste(picture, (0, place) if below else (place, 0))
        place += (picture.height if below else picture.width) + _GAP
    return sheet


def _with_key(sheet: Image.Image) -> Image.Image:
    """`sheet` above a strip that says what bright and dark mean."""
    size = max(16, sheet.width // 50)
    whole = Image.new("RGB", (max(sheet.width, 12 * size), sheet.height + 2 * size), BACKGROUND)
    whole.paste(sheet)
    pen, middle = ImageDraw.Draw(whole), sheet.height + size
    pen.text((size // 2, middle), "far", fill=TEXT, font=font(size), anchor="lm")
    pen.text((whole.width - size // 2, middle), "near", fill=TEXT, font=font(size), anchor="rm")
    strip = colormaps["inferno"](np.linspace(0, 1, whole.width - 6 * size))[None, :, :3].repeat(size, axis=0)
    whole.paste(Image.fromarray((strip * 255).astype(np.uint8)), (5 * size // 2, middle - size // 2))
    return whole
