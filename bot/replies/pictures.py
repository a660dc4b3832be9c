"""What answers about pictures look like: boxes, masks, depth, matches, and pictures themselves."""

import io
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from bot.answers import Box, Boxes, Depth, Masks, Matches, Picture
from bot.replies import drawing
from bot.replies.figures import percent
from bot.replies.rendered import Asked, Drawn, Rendered
from bot.replies.text import plain

MOST_BOXES, MOST_LABELS, MOST_MASKS, MOST_CUTOUTS, MOST_MATCHES = 50, 12, 64, 8, 100


def boxes(asked: Asked, answer: Boxes) -> Rendered:
    """Things by their boxes; or, where a question was asked, the place of its answer."""
    (picture,) = asked.pictures(answer.page)[:1]
    found = sorted(answer.boxes, key=lambda box: box.score, reverse=True)
    if not found:
        shown = Drawn(asked.name, drawing.preview(picture), f"What this is about. {asked.task.nothing}")
        return Rendered(asked.nothing, *asked.gallery(shown))
    if "question" in asked.task.takes:
        return _answered(asked, picture, found, answer.page)
    counts = Counter(box.label for box in found)
    colours = {label: number % len(drawing.COLOURS) for number, (label, _) in enumerate(counts.most_common())}
    drawn = found[:MOST_BOXES]
    labels = [f"{drawing.short(box.label)} {percent(box.score)}".strip() for box in drawn]
    described = "Boxes around " + ", ".join(f"{count} × {label}" for label, count in counts.most_common())
    data = drawing.boxes(picture, drawn, [colours[box.label] for box in drawn], labels)
    scores = {label: [box.score for box in found if box.label == label] for label, _ in counts.most_common(MOST_LABELS)}
    text = " · ".join(_counted(drawing.SIGNS[colours[label]], label, own) for label, own in scores.items())
    if (more := len(counts) - MOST_LABELS) > 0:
        text += f" · and {more} more kinds of things"
    if (hidden := len(found) - MOST_BOXES) > 0:
        text += f"\n-# The {MOST_BOXES} surest are drawn; {hidden} more were found."
    return Rendered(text, *asked.gallery(Drawn(asked.name, data, described)))


def masks(asked: Asked, answer: Masks) -> Rendered:
    """The areas of a picture by their names; or, where they have none, what can be cut out of it."""
    (picture,) = asked.pictures()[:1]
    found = [area for area in map(_opened, answer.masks) if area.share > 0]
    found.sort(key=lambda area: area.share, reverse=True)
    if not found:
        shown = Drawn(asked.name, drawing.preview(picture), f"What this is about. {asked.task.nothing}")
        return Rendered(asked.nothing, *asked.gallery(shown))
    if any(area.label for area in found):
        return _regions(asked, picture, found)
    return _cutouts(asked, picture, found)


def depth(asked: Asked, answer: Depth) -> Rendered:
    """How near everything is, beside the picture."""
    (picture,) = asked.pictures()[:1]
    with Image.open(io.BytesIO(answer.png)) as near:
        data = drawing.depth(picture, near)
    text = (
        "The brighter, the nearer.\n"
        f"-# From {answer.farthest:.3g} where it is farthest to {answer.nearest:.3g} where it is nearest, in the "
        "model's own unit."
    )
    described = "The picture, and the same coloured by how near things are: bright is near, dark is far."
    return Rendered(text, *asked.gallery(Drawn(asked.name, data, described)))


def matches(asked: Asked, answer: Matches) -> Rendered:
    """The same points in two pictures, joined by lines."""
    first, second = asked.pictures()[:2]
    best = sorted(answer.matches, key=lambda match: match.score, reverse=True)[:MOST_MATCHES]
    data = drawing.matches(first, second, best)
    count = len(answer.matches)
    described = f"The two pictures side by side, with lines between {len(best)} points that they have in common."
    shown = asked.gallery(Drawn(asked.name, data, described if best else f"The two pictures. {asked.task.nothing}"))
    if not best:
        return Rendered(asked.nothing, *shown)
    text = "**One point** is in both pictures." if count == 1 else f"**{count:,} points** are in both pictures."
    text += "\n-# The brighter its line, the surer the model is."
    if count > MOST_MATCHES:
        text += f" The {MOST_MATCHES} surest are drawn."
    return Rendered(text, *shown)


def picture(asked: Asked, answer: Picture) -> Rendered:
    """A picture that was made."""
    with Image.open(io.BytesIO(answer.png)) as made:
        size = f"{made.width:,} × {made.height:,} pixels"
    before = [f"{it.width:,} × {it.height:,} → " for it in asked.pictures()[:1]]
    shown = asked.gallery(Drawn(asked.name, answer.png, f"The picture that was made, {size}."))
    return Rendered(f"{''.join(before)}**{size}**", *shown)


@dataclass(frozen=True, slots=True)
class _Area:
    mask: Image.Image
    label: str
    share: float


def _opened(mask: Any) -> _Area:
    with Image.open(io.BytesIO(mask.png)) as opened:
        inside = opened.convert("L").point(lambda value: 255 if value > 127 else 0)
    return _Area(inside, mask.label or "", inside.histogram()[255] / (inside.width * inside.height))


def _regions(asked: Asked, picture: Image.Image, found: list[_Area]) -> Rendered:
    shares: dict[str, float] = defaultdict(float)
    for area in found:
        shares[area.label] += area.share
    ordered = sorted(shares.items(), key=lambda item: item[1], reverse=True)
    colours = {label: number % len(drawing.COLOURS) for number, (label, _) in enumerate(ordered)}
    drawn = [drawing.Area(np.asarray(it.mask) > 0, it.label, colours[it.label]) for it in found[:MOST_MASKS]]
    legend = " · ".join(
        f"{drawing.SIGNS[colours[label]]} {plain(label, 40) or '(no name)'} {percent(share)}"
        for label, share in ordered[:MOST_LABELS]
    )
    if (more := len(ordered) - MOST_LABELS) > 0:
        legend += f" · and {more} more, all of them smaller"
    described = "The picture in coloured areas: " + ", ".join(f"{label} {percent(share)}" for label, share in ordered)
    return Rendered(legend, *asked.gallery(Drawn(asked.name, drawing.areas(picture, drawn), described)))


def _cutouts(asked: Asked, picture: Image.Image, found: list[_Area]) -> Rendered:
    shown = found[:MOST_MASKS]
    drawn = [drawing.Area(np.asarray(area.mask) > 0, "", number) for number, area in enumerate(shown)]
    overview = drawing.areas(picture, drawn, many=True)
    parts = [Drawn(asked.name, overview, f"The picture with {len(shown)} parts of it, each in a colour of its own.")]
    for number, area in enumerate(found[:MOST_CUTOUTS], start=1):
        described = f"Cut out: part {number}, {percent(area.share)} of the picture, on transparent ground."
        parts.append(Drawn(f"{asked.name}-{number}", drawing.cut_out(picture, area.mask), described))
    text = f"**{len(found)} parts** were found." if len(found) > 1 else "**One part** was found."
    if len(found) > MOST_CUTOUTS:
        text += f"\n-# The {MOST_CUTOUTS} largest are cut out, on transparent ground."
    return Rendered(text, *asked.gallery(*parts))


def _counted(sign: str, label: str, scores: list[float]) -> str:
    name = plain(label, 40) or "(no name)"
    told = ", ".join(map(percent, scores[:3])) + ("…" if len(scores) > 3 else "")
    return f"{sign} **{f'{len(scores)} × ' if len(scores) > 1 else ''}{name}** ({told})"


def _answered(asked: Asked, picture: Image.Image, found: list[Box], page: int | None) -> Rendered:
    best = found[0]
    where = "" if page is None else f", on page {page}"
    text = f"## {plain(best.label, 300) or '(no name)'}\n-# {percent(best.score)} sure{where}"
    others = list(dict.fromkeys(box.label for box in found if box.label != best.label))
    if others:
        text += f"\n-# Or else: {', '.join(plain(label, 80) or '(no name)' for label in others[:3])}"
    data = drawing.marked(picture, [box for box in found if box.label == best.label])
    described = f"The page{where.removeprefix(', on page')}, with the place of the answer marked: {best.label}"
    return Rendered(text, *asked.gallery(Drawn(asked.name, data, described)))
