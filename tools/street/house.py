"""The house in the sample street."""

import numpy as np

from tools.street.canvas import Canvas, Gradient, Point, shade
from tools.street.plants import flowers, pot


def house(canvas: Canvas, rng: np.random.Generator) -> None:
    """The origin is the middle of its foot."""
    canvas.polygon([(140, 0), (215, -8), (240, 6), (150, 10), (-140, 8)], "#1f3a1c", 0.35, soft=5)
    _chimney(canvas.at(86, -278), rng)
    canvas.box((-140, -160, 140, 0), Gradient("#fff0d2", "#e4c493", across=True))
    for _ in range(900):
        x, y = rng.uniform(-139, 136), rng.uniform(-158, -14)
        canvas.line([(x, y), (x + rng.uniform(2, 6), y)], 0.7, shade("#e9cfa2", rng.uniform(-0.25, 0.4)), 0.45)
    _stones(canvas, rng)
    canvas.box((-140, -162, 140, -138), Gradient("#6b4a35", "#e4c493"), 0.5, soft=2)
    _roof(canvas, rng)
    for x in (-90, 90):
        _window(canvas.at(x, -80), rng, 48, 58, shutters=True)
    for x in (-62, 62):
        _dormer(canvas.at(x, -176), rng)
    _door(canvas.at(0, 0))
    for x in (-40, 40):
        pot(canvas.at(x, 6), rng)


def _stones(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.box((-142, -14, 142, 2), Gradient("#a9a39a", "#817b74"))
    for x in range(-142, 140, 15):
        for row in (0, 1):
            left = min(x + row * 7, 128)
            colour = shade("#9c958c", rng.uniform(-0.2, 0.22))
            canvas.box((left, -13.5 + row * 7.5, left + 14, -7 + row * 7.5), colour, radius=1.5)


def _chimney(canvas: Canvas, rng: np.random.Generator) -> None:
    for step, (x, y) in enumerate(((4, -16), (12, -34), (26, -52), (46, -66), (70, -76))):
        canvas.disc(x, y, 6 + step * 3.4, "#ffffff", 0.42 - step * 0.06, soft=4 + step)
    canvas.box((-14, 0, 14, 70), Gradient("#b5654a", "#7f402e", across=True))
    for row in range(0, 64, 6):
        for x in range(-14 + row % 4 * 2, 12, 9):
            canvas.box((x, row, min(x + 8, 14), row + 5), shade("#a85a42", rng.uniform(-0.25, 0.2)), 0.75)
    canvas.box((-17, -6, 17, 1), Gradient("#8d8580", "#5e5955", across=True), radius=1)


def _roof(canvas: Canvas, rng: np.random.Generator) -> None:
    outline: list[Point] = [(-160, -156), (-118, -248), (118, -248), (160, -156)]
    canvas.polygon(outline, Gradient("#c8603f", "#8c3a28"))
    inside = canvas.within(outline)
    for row, y in enumerate(np.linspace(-248, -158, 12).tolist()):
        for x in range(-164 + row % 2 * 5, 160, 10):
            colour = shade("#bb5537", rng.uniform(-0.2, 0.2) - 0.1 * (x / 160))
            inside.ellipse((x, y - 7, x + 10.5, y + 8.2), Gradient(shade(colour, 0.14), shade(colour, -0.32)))
            inside.ellipse((x + 0.6, y - 8.5, x + 9.9, y + 6.4), Gradient(shade(colour, -0.2), shade(colour, 0.1)))
    inside.polygon([(20, -250), (170, -250), (170, -150), (60, -150)], "#4a1a10", 0.2, soft=24)
    canvas.box((-121, -253, 121, -246), Gradient("#d27a58", "#8a3d2a"), radius=3)
    canvas.box((-163, -160, 163, -152), Gradient("#f4efe6", "#b9b1a4"), radius=2)


def _dormer(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.polygon([(24, 4), (52, 4), (27, -38)], "#3d150c", 0.4, soft=2)
    canvas.box((-23, -36, 23, 5), Gradient("#fff0d2", "#e2c394", across=True))
    canvas.polygon([(-23, -35), (0, -58), (23, -35)], Gradient("#f7e4c0", "#e2c394"))
    _window(canvas.at(0, -16), rng, 26, 30, shutters=False)
    for side, colours in ((-1, ("#d77652", "#b04e34")), (1, ("#a9492f", "#7c3222"))):
        slope = [(0, -66), (side * 34, -33), (side * 31, -27), (0, -57)]
        canvas.polygon([(x, y) for x, y in slope], Gradient(*colours))


def _window(canvas: Canvas, rng: np.random.Generator, width: float, height: float, shutters: bool) -> None:
    """The origin is its middle."""
    x, y = width / 2, height / 2
    if shutters:
        for side in (-1, 1):
            left = side * (x + 13) - 10
            canvas.box((left + 2, -y + 1, left + 23, y + 3), "#5b4630", 0.3, soft=1.5)
            canvas.box((left, -y - 1, left + 20, y + 1), Gradient("#4f8f96", "#39707a", across=True), radius=1)
            for slat in np.arange(-y + 4, y - 3, 4.5):
                canvas.box((left + 3, slat, left + 17, slat + 3), Gradient("#2f5f68", "#6fb0b5"))
    canvas.box((-x - 3, -y - 3, x + 4, y + 5), "#6b5136", 0.4, soft=1.5)
    canvas.box((-x - 3, -y - 3, x + 3, y + 3), "#fbf8f1", radius=1)
    glass = canvas.within([(-x, -y), (x, -y), (x, y), (-x, y)])
    glass.box((-x, -y, x, y), Gradient("#4d7ea6", "#bcd9e6"))
    glass.polygon([(-x, y), (-x, -y * 0.2), (x * 0.1, -y), (x * 0.7, -y), (-x * 0.5, y)], "#ffffff", 0.28)
    for side in (-1, 1):
        drape = [(side * x, -y), (side * x * 0.35, -y), (side * x * 0.62, 0), (side * x * 0.75, y), (side * x, y)]
        glass.polygon(drape, Gradient("#fffaf0", "#e5d9c6"), 0.85)
    glass.box((-x, -y, x, -y + 4), "#1f3346", 0.4, soft=1.5)
    canvas.box((-1.3, -y, 1.3, y), "#fbf8f1")
    canvas.box((-x, -height * 0.12, x, -height * 0.12 + 2.4), "#fbf8f1")
    canvas.box((-x - 5, y + 2, x + 5, y + 6), Gradient("#ffffff", "#c9c0b0"))
    if shutters:
        flowers(canvas.at(0, y + 5), rng, x + 1)


def _door(canvas: Canvas) -> None:
    """The origin is the middle of its threshold."""
    canvas.polygon([(-20, 2), (20, 2), (52, 40), (-14, 40)], Gradient("#d8ccb6", "#c3b59b"))
    for y in (10, 19, 29):
        canvas.line([(-20 + y * 0.1, y), (20 + y * 0.85, y)], 0.8, "#958770", 0.8)
    canvas.box((-27, -4, 27, 4), Gradient("#cfc8bd", "#98918a"), radius=1)
    canvas.box((-21, -94, 24, -3), "#5e452e", 0.4, soft=2)
    canvas.box((-22, -95, 22, -4), "#fbf8f1", radius=1)
    canvas.box((-18, -91, 18, -4), Gradient("#3f7f86", "#235058", across=True))
    canvas.box((-13, -86, 13, -62), Gradient("#f6e7b0", "#c9b27c"), radius=1)
    canvas.box((-0.8, -86, 0.8, -62), "#2f666d")
    for left in (-13, 2):
        canvas.box((left, -56, left + 11, -34), Gradient("#1f4a52", "#5b9aa0"), radius=1)
        canvas.box((left, -28, left + 11, -9), Gradient("#1f4a52", "#5b9aa0"), radius=1)
    canvas.disc(13.5, -44, 2.2, Gradient("#ffe9a8", "#a57e2c"))
    canvas.polygon([(-34, -92), (34, -92), (44, -84), (-44, -84)], "#3a2a1a", 0.3, soft=3)
    canvas.polygon([(-30, -112), (30, -112), (40, -95), (-40, -95)], Gradient("#c8603f", "#93402c"))
    canvas.box((-41, -97, 41, -93), "#f4efe6", radius=1)
