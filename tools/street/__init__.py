"""The street of the sample pictures: a house, trees, a red car, somebody walking a dog, and a cat.

Coordinates are those of a picture of 800 by 600. The light comes from the upper left; the horizon lies at 300.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from tools.street.canvas import Canvas, Gradient, curve, shade
from tools.street.figures import car, cat, dog, walker
from tools.street.house import house
from tools.street.plants import bush, tree

WIDTH, HEIGHT = 800, 600
SEED = 2026
_LARGER = 3


@dataclass(frozen=True)
class Moment:
    """Where in the street everybody is: x, in pixels of the picture."""

    car: float = 55.0
    walker: float = 588.0
    cat: float = 452.0
    clouds: float = 0.0


def street(moment: Moment, width: int = WIDTH) -> Image.Image:
    """The street at `moment`, `width` pixels wide and three quarters of it high."""
    return peopled(backdrop(moment.clouds, width), moment, width)


def backdrop(clouds: float = 0.0, width: int = WIDTH) -> Image.Image:
    """The street without anybody, as large as it is drawn."""
    canvas = Canvas.blank(WIDTH, HEIGHT, _LARGER * width / WIDTH)
    rng = np.random.default_rng(SEED)
    _sky(canvas, clouds)
    _hills(canvas, rng)
    _lawn(canvas, rng)
    tree(canvas.at(735, 372), rng, 0.8, "#5d9147")
    tree(canvas.at(575, 366), rng, 0.62, "#74a352")
    house(canvas.at(375, 408), rng)
    _fence(canvas, 0, 206)
    _fence(canvas, 546, 800)
    for x, y, size in ((222, 411, 1.0), (262, 414, 0.7), (510, 413, 0.9), (553, 410, 0.6), (790, 414, 1.0)):
        bush(canvas.at(x, y, size), rng)
    tree(canvas.at(95, 424), rng, 1.22, "#4c8a3f")
    _pavement(canvas, rng)
    _road(canvas, rng)
    _lamp(canvas.at(716, 462))
    return canvas.image


def peopled(empty: Image.Image, moment: Moment, width: int = WIDTH) -> Image.Image:
    """What `backdrop` drew, with everybody in it, made small."""
    canvas = Canvas(empty.copy(), _LARGER * width / WIDTH)
    cat(canvas.at(moment.cat, 459))
    walker(canvas.at(moment.walker, 463))
    dog(canvas.at(moment.walker + 66, 466))
    car(canvas.at(moment.car, 548), driven=moment.car)
    small = canvas.image.resize((width, width * HEIGHT // WIDTH), Image.Resampling.LANCZOS)
    return _grain(small)


def _sky(canvas: Canvas, clouds: float) -> None:
    canvas.box((0, 0, 800, 200), Gradient("#4f9ad8", "#a9d4ee"))
    canvas.box((0, 198, 800, 345), Gradient("#a9d4ee", "#fdeccb"))
    for radius, opacity in ((210, 0.16), (130, 0.22), (75, 0.4)):
        canvas.disc(222, 78, radius, "#fff3c4", opacity, soft=radius / 3)
    canvas.disc(222, 78, 33, Gradient("#fffbe0", "#ffe28a"), soft=0.8)
    for x, y, size in ((400, 62, 1.15), (640, 118, 0.9), (735, 48, 0.7), (60, 150, 0.6), (560, 190, 0.45)):
        _cloud(canvas.at(x + clouds * size, y, size))
    for x, y in ((520, 72), (546, 60), (503, 52)):
        for side in (-1, 1):
            canvas.line(curve([(x, y), (x + side * 4, y - 4), (x + side * 9, y - 2)], closed=False), 1.3, "#4a5a70")


def _cloud(canvas: Canvas) -> None:
    puffs = ((-52, 6, 22), (-24, -8, 30), (10, -16, 36), (44, -2, 27), (70, 8, 17), (0, 8, 26))
    for x, y, radius in puffs:
        canvas.disc(x + 3, y + 7, radius, "#8fb2d2", 0.4, soft=4)
    for x, y, radius in puffs:
        canvas.disc(x, y, radius, Gradient("#ffffff", "#e9f0f7"), 0.92, soft=1.4)
    for x, y, radius in puffs:
        canvas.disc(x - radius * 0.15, y - radius * 0.2, radius * 0.7, "#ffffff", 0.7, soft=5)


def _hills(canvas: Canvas, rng: np.random.Generator) -> None:
    x = np.linspace(0, 800, 161)
    for base, height, long, colours, shrubs in (
        (266, 40, 104, ("#8fb4cf", "#cfe0dc"), 0),
        (298, 30, 81, ("#7fb08f", "#b9d6a2"), 46),
        (330, 15, 120, ("#6aa257", "#94c268"), 90),
    ):
        start = rng.uniform(0, 6)
        top = base - height * (np.sin(x / long + start) + 0.4 * np.sin(x / long * 2.3 + 2 * start)) / 1.4
        canvas.polygon([*zip(x.tolist(), top.tolist(), strict=True), (800, 380), (0, 380)], Gradient(*colours))
        for spot in rng.integers(0, x.size, shrubs):
            wide, high, light = rng.uniform(4, 10), rng.uniform(5, 11), rng.uniform(-0.28, -0.1)
            px, py = float(x[spot]), float(top[spot])
            colour = Gradient(shade(colours[0], light + 0.14), shade(colours[0], light))
            canvas.ellipse((px - wide, py - high, px + wide, py + 5), colour, 0.85, soft=0.6)


def _lawn(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.box((0, 346, 800, 440), Gradient("#94c268", "#5f9c44"), soft=4)
    for spot in range(-6, 806, 7):
        wide, high, light = rng.uniform(6, 9), rng.uniform(9, 14), rng.uniform(-0.12, 0.12)
        leafy = Gradient(shade("#6b9f4f", light + 0.12), shade("#3f7136", light))
        canvas.ellipse((spot - wide, 348 - high, spot + wide, 353), leafy)
    for _ in range(2600):
        y = 354 + 82 * rng.random()
        x, tall = rng.uniform(0, 800), (y - 310) / 22
        colour = shade("#6fae4c", rng.uniform(-0.25, 0.28))
        canvas.line([(x, y), (x + rng.uniform(-1.5, 1.5), y - tall)], 0.8, colour, 0.8)
    for _ in range(90):
        x, y = rng.uniform(0, 800), rng.uniform(385, 425)
        canvas.disc(x, y, rng.uniform(0.9, 1.5), str(rng.choice(["#ffffff", "#ffe066", "#f2a0c0"])))


def _fence(canvas: Canvas, start: float, end: float) -> None:
    for y in (388, 402):
        canvas.box((start, y, end, y + 4), Gradient("#f6f2ea", "#b5ab9b"))
    for x in np.arange(start + 3, end - 4, 11.5):
        picket = [(x, 417), (x, 382), (x + 3.5, 376), (x + 7, 382), (x + 7, 417)]
        canvas.polygon([(px + 2.5, py + 1) for px, py in picket], "#2c4a22", 0.3, soft=1)
        canvas.polygon(picket, Gradient("#ffffff", "#d2c9ba", across=True))


def _pavement(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.box((0, 432, 800, 476), Gradient("#cfc6b6", "#b6ac9c"))
    canvas.box((0, 428, 800, 434), Gradient("#4d7a38", "#b9b09f"), 0.9, soft=1)
    for _ in range(1500):
        x, y = rng.uniform(0, 800), rng.uniform(434, 475)
        canvas.disc(x, y, rng.uniform(0.4, 0.9), shade("#b9af9f", rng.uniform(-0.25, 0.4)), 0.6)
    for y, opacity in ((446, 0.45), (460, 0.5)):
        canvas.line([(0, y), (800, y)], 0.9, "#7d7466", opacity)
    for x in range(-1200, 2000, 62):
        far, near = 400 + (x - 400) * 0.81, 400 + (x - 400) * 1.08
        canvas.line([(far, 433), (near, 475)], 0.9, "#7d7466", 0.5)
    canvas.ellipse((40, 433, 330, 462), "#2d2a3a", 0.27, soft=7)
    canvas.box((0, 474, 800, 478), Gradient("#e9e3d8", "#d2cabc"))
    canvas.box((0, 477.5, 800, 486), Gradient("#9a9286", "#6b655e"))
    for x in range(-20, 820, 84):
        canvas.line([(x, 475), (x - 4, 486)], 0.9, "#6b655e", 0.7)


def _road(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.box((0, 485, 800, 602), Gradient("#5b5d66", "#6f717a"))
    canvas.box((0, 484, 800, 494), Gradient("#33343c", "#5c5e67"), 0.7, soft=2)
    for _ in range(5200):
        x, y = rng.uniform(0, 800), rng.uniform(487, 600)
        canvas.disc(x, y, rng.uniform(0.3, 1.0), shade("#63656e", rng.uniform(-0.35, 0.35)), 0.55)
    for y, height in ((518, 14), (556, 20)):
        canvas.box((-20, y, 820, y + height), "#46484f", 0.22, soft=6)
    for x in range(-40, 840, 150):
        canvas.polygon([(x, 583), (x + 84, 583), (x + 82, 591), (x - 4, 591)], Gradient("#f3efe4", "#d6d1c4"), 0.9)
    canvas.ellipse((424, 503, 470, 512), Gradient("#4a4b53", "#37383f"))
    canvas.ellipse((427, 504, 467, 510.5), Gradient("#63646c", "#4c4d55"))


def _lamp(canvas: Canvas) -> None:
    canvas.ellipse((-6, -3, 60, 4), "#2d2a3a", 0.3, soft=2)
    canvas.box((-2.6, -178, 2.6, 0), Gradient("#59636b", "#252a30", across=True))
    canvas.box((-5.5, -26, 5.5, 1), Gradient("#59636b", "#252a30", across=True), radius=2)
    canvas.box((-4.5, -142, 4.5, -139), "#2b3137", radius=1)
    canvas.polygon([(-7, -179), (7, -179), (12, -206), (-12, -206)], Gradient("#fffbe6", "#f2d98c"))
    for x in (-9.5, 0, 9.5):
        canvas.line([(x * 0.7, -179), (x * 1.2, -206)], 1.2, "#2b3137")
    canvas.polygon([(-15, -205), (15, -205), (6, -217), (-6, -217)], Gradient("#4b545c", "#22272c", across=True))
    canvas.disc(0, -219, 2.6, "#2b3137")
    canvas.box((-8, -181, 8, -177), "#2b3137", radius=1)


def _grain(picture: Image.Image) -> Image.Image:
    """`picture` with a little bloom and grain, as if it were painted on paper."""
    bloom = Image.blend(picture, picture.filter(ImageFilter.GaussianBlur(6)), 0.10)
    pixels = np.asarray(bloom, float)
    rng = np.random.default_rng(SEED)
    pixels += rng.normal(0, 1.6, pixels.shape[:2])[..., None]
    return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))
