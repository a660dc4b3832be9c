"""Draw one picture a kind of answer into docs/gallery, and write docs/gallery.md. Run by `make gallery`,
as `python -m tools.gallery`.

The answers are made by hand, about the samples in bot/samples, so that no model is needed; everything else is what the
bot does with an answer.
"""

import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from bot import tasks
from bot.answers import (
    Answer,
    Box,
    Boxes,
    Cells,
    Decision,
    Depth,
    Mask,
    Masks,
    Match,
    Matches,
    Picture,
    Score,
    Scores,
    Segment,
    Similarity,
    Sound,
    Span,
    Spans,
    Text,
    Transcript,
)
from bot.media.audio import read_audio
from bot.media.limits import NO_LIMITS
from bot.media.picture import mask_png, png
from bot.media.sound import wav
from bot.replies.renderers import render
from bot.request import File, Request
from bot.samples import sample
from bot.tasks import Task
from tools.card import card
from tools.samples import SEEN_FROM, perspective

DOCS = Path(__file__).resolve().parent.parent / "docs"
LIMIT = 10 * 2**20
HEAVIEST = 150_000
SIZE = (800, 600)
RATE = 24_000

BEGINNING = """\
# What answers look like

One picture a kind of answer, as `make gallery` draws them. The answers are made by hand, about the samples that come
with the bot; the rest is what the bot makes of any answer.
"""


@dataclass(frozen=True)
class Example:
    """An answer to show, to what was asked of `task`."""

    task: Task
    inputs: Mapping[str, str | File]
    answer: Callable[[], Answer]
    caption: str


def main() -> None:
    folder = DOCS / "gallery"
    folder.mkdir(exist_ok=True)
    lines = [BEGINNING]
    for example in EXAMPLES:
        name = example.task.command.replace(" ", "-")
        rendered = render(example.task, Request(example.task.name, example.inputs), example.answer(), LIMIT)
        # What an answer marks its places in isn't quoted once more.
        asked = () if example.task.gives is Spans else example.inputs.values()
        quotes = [value.name if isinstance(value, File) else value for value in asked]
        data = light(card(example.task.title, quotes, rendered))
        (folder / f"{name}.png").write_bytes(data)
        lines.append(f"## /{example.task.command}\n\n{example.caption}\n\n![{example.caption}](gallery/{name}.png)\n")
        print(f"{name:20}{len(data):>8} bytes")
        if len(data) > HEAVIEST:
            sys.exit(f"{name}.png is too heavy for a page with so many pictures")
    (DOCS / "gallery.md").write_text("\n".join(lines))


def light(picture: Image.Image) -> bytes:
    """PNG with as many colours as fit."""
    for colours in (256, 128, 64, 32):
        file = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= HEAVIEST:
            break
    return file.getvalue()


TOTAL = 574, 586, 646, 614
CAR, WALKER, DOG, CAT = (56, 418, 390, 550), (562, 345, 614, 468), (626, 422, 700, 472), (436, 420, 478, 464)


def objects() -> Boxes:
    found = [(CAR, "car", 0.98), (WALKER, "person", 0.97), (DOG, "dog", 0.94), (CAT, "cat", 0.91)]
    pots = [(319, 372, 349, 416), (401, 372, 429, 416)]
    found += [(pot, "potted plant", score) for pot, score in zip(pots, (0.83, 0.79), strict=True)]
    return Boxes(tuple(Box(*corners, label, score) for corners, label, score in found))


def areas() -> dict[str, Image.Image]:
    """What the street shows, by hand; of what overlaps, the later one is seen."""
    labels: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
        "sky": lambda pen: pen.rectangle((0, 0, 800, 262), fill=255),
        "grass": lambda pen: pen.rectangle((0, 263, 800, 431), fill=255),
        "pavement": lambda pen: pen.rectangle((0, 432, 800, 478), fill=255),
        "road": lambda pen: pen.rectangle((0, 479, 800, 600), fill=255),
        "tree": _trees,
        "house": _house,
        "car": _car,
        "person": lambda pen: pen.polygon(
            [(580, 348), (598, 348), (604, 380), (610, 420), (606, 466), (566, 466), (572, 390)], fill=255
        ),
        "dog": lambda pen: pen.polygon(
            [(622, 430), (640, 446), (676, 440), (684, 424), (698, 432), (682, 466), (634, 468)], fill=255
        ),
        "cat": lambda pen: pen.polygon(
            [(440, 421), (464, 421), (466, 440), (478, 450), (470, 462), (440, 462)], fill=255
        ),
    }
    drawn: dict[str, Image.Image] = {}
    for label, draw in labels.items():
        mask = Image.new("L", SIZE)
        draw(ImageDraw.Draw(mask))
        for earlier in drawn.values():
            earlier.paste(0, mask=mask)
        drawn[label] = mask
    return drawn


def _trees(pen: ImageDraw.ImageDraw) -> None:
    for crown, trunk in (
        ((-6, 136, 204, 366), (82, 330, 108, 428)),
        ((520, 220, 630, 324), (566, 300, 584, 376)),
        ((664, 182, 800, 322), (726, 300, 742, 376)),
    ):
        pen.ellipse(crown, fill=255)
        pen.rectangle(trunk, fill=255)


def _house(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon([(256, 155), (496, 155), (538, 252), (212, 252)], fill=255)
    pen.rectangle((234, 250, 516, 410), fill=255)
    pen.rectangle((444, 124, 478, 160), fill=255)


def _car(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon(
        [(58, 470), (96, 432), (140, 418), (240, 420), (282, 460), (350, 472), (388, 500), (388, 526), (60, 528)],
        fill=255,
    )
    for left in (98, 288):
        pen.ellipse((left, 488, left + 60, 548), fill=255)


def regions() -> Masks:
    return Masks(tuple(Mask(mask_png(mask), label, None) for label, mask in areas().items()))


def cutouts() -> Masks:
    wanted = ("house", "car", "tree", "person", "dog", "cat")
    return Masks(tuple(Mask(mask_png(mask), None, 0.95) for label, mask in areas().items() if label in wanted))


def depth() -> Depth:
    rows = np.linspace(0, 1, SIZE[1])[:, None].repeat(SIZE[0], axis=1)
    near = np.where(rows < 0.44, 6.0, 6 + 249 * (rows - 0.44) / 0.56)
    for label, value in {"house": 110, "tree": 118, "person": 168, "dog": 168, "cat": 165, "car": 205}.items():
        near[np.asarray(areas()[label]) > 0] = value
    return Depth(png(Image.fromarray(near.astype(np.uint8))), 9.4, 0.3)


def matches() -> Matches:
    """Points of the street as street-later.jpg shows them, by the perspective it was made with."""
    a, b, c, d, e, f, g, h = perspective([value for corner in SEEN_FROM for value in corner])
    rng, found = np.random.default_rng(3), []
    for _ in range(46):
        x, y = int(rng.integers(20, 780)), int(rng.integers(120, 430))
        depth = g * x + h * y + 1
        first = (round((a * x + b * y + c) / depth), round((d * x + e * y + f) / depth))
        found.append(Match(first, (x, y), float(rng.uniform(0.35, 1.0))))
    return Matches(tuple(found))


def upscaled() -> Picture:
    small = Image.open(io.BytesIO(sample("small.png").data)).convert("RGB")
    large = Image.open(io.BytesIO(sample("street.jpg").data)).convert("RGB")
    return Picture(png(large.resize((small.width * 2, small.height * 2), Image.Resampling.LANCZOS)))


def spoken() -> Sound:
    return Sound(wav(read_audio(sample("voice.ogg"), NO_LIMITS, RATE), RATE), RATE)


def scores(**labels: float) -> Scores:
    return Scores(tuple(Score(label.replace("_", " "), score) for label, score in labels.items()))


CURIE = "Marie Curie came from Warsaw to Paris in 1891 and later worked at the Sorbonne."
STREET = {"image": sample("street.jpg")}
BOTH = {"first": sample("street.jpg"), "second": sample("street-later.jpg")}

EXAMPLES = (
    Example(
        tasks.RECOGNIZE_IMAGE,
        STREET,
        lambda: scores(picket_fence=0.71, station_wagon=0.12, street_lamp=0.06, mobile_home=0.03, greenhouse=0.01),
        "Labels with scores, and the picture they are about.",
    ),
    Example(
        tasks.DESCRIBE,
        STREET,
        lambda: Text("a red car drives past a house while a woman walks her dog"),
        "A text about a picture stands above it.",
    ),
    Example(
        tasks.ENTITIES,
        {"text": CURIE},
        lambda: Spans(
            CURIE,
            (
                Span(0, 11, "PER", 0.99),
                Span(22, 28, "LOC", 0.98),
                Span(32, 37, "LOC", 0.99),
                Span(70, 78, "ORG", 0.9),
            ),
        ),
        "Places in a text are marked in it.",
    ),
    Example(tasks.OBJECTS, STREET, objects, "Things with boxes around them, a colour a label, and how many there are."),
    Example(
        tasks.ASK_DOCUMENT,
        {"file": sample("letter.png"), "question": "What is the total?"},
        lambda: Boxes((Box(*TOTAL, "84.50", 0.93),), 1),
        "The answer to a question about a page, and where it stands.",
    ),
    Example(tasks.REGIONS, STREET, regions, "The regions of a picture, each with its share of it."),
    Example(tasks.CUTOUTS, STREET, cutouts, "Everything in a picture, and cut out of it on transparent ground."),
    Example(tasks.DEPTH, STREET, depth, "How near everything is."),
    Example(tasks.MATCH, BOTH, matches, "The same points in two pictures."),
    Example(tasks.UPSCALE, {"image": sample("small.png")}, upscaled, "A picture that was made."),
    Example(
        tasks.SPEAK,
        {"text": "The meeting starts at ten tomorrow. Please bring the new plans."},
        spoken,
        "A sound: a voice message, or a file where the bot may send none.",
    ),
    Example(
        tasks.TRANSCRIBE,
        {"audio": sample("voice.ogg")},
        lambda: Transcript(
            "The meeting starts at ten tomorrow. Please bring the new plans.",
            (
                Segment(0.0, 2.1, "The meeting starts at ten tomorrow."),
                Segment(2.1, 4.0, "Please bring the new plans."),
            ),
        ),
        "What is said, with times, and as subtitles to keep.",
    ),
    Example(tasks.COMPARE_IMAGES, BOTH, lambda: Similarity((0.93,)), "How alike two pictures are."),
    Example(
        tasks.ASK_TABLE,
        {"file": sample("shop.csv"), "question": "What do the teapot and the kettle cost together?"},
        lambda: Cells("SUM > 34.90, 27.40", ((0, 1), (1, 1)), "SUM"),
        "The answer to a question about a table, and the cells that it comes from.",
    ),
    Example(
        tasks.DECIDE,
        {
            "situation": "A parcel arrived two weeks late and its box was torn, but nothing in it is broken.",
            "question": "What should the shop do?",
        },
        lambda: Decision("apologise", scores(apologise=0.64, refund_the_postage=0.29, nothing=0.07)),
        "A decision, and how sure the model is of each way.",
    ),
)

if __name__ == "__main__":
    main()
