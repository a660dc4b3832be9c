"""Trees, bushes and flowers of the sample street. The origin of each is on the ground below it."""

import numpy as np

from tools.street.canvas import Canvas, Gradient, curve, shade


def leaves(canvas: Canvas, rng: np.random.Generator, crown: list[tuple[float, float, float]], colour: str) -> None:
    """Dabs of leaves all over the discs of `crown`, light where the light comes from."""
    for x, y, radius in crown:
        canvas.disc(x, y, radius, Gradient(shade(colour, -0.12), shade(colour, -0.5)), soft=1)
    left, right = min(x - r for x, _, r in crown), max(x + r for x, _, r in crown)
    top, bottom = min(y - r for _, y, r in crown), max(y + r for _, y, r in crown)
    for x, y, radius in crown:
        for _ in range(int(radius * radius / 7)):
            angle, far = rng.uniform(0, 2 * np.pi), radius * np.sqrt(rng.random()) * 1.04
            dx, dy = far * np.cos(angle), far * np.sin(angle)
            within = -(0.5 * dx + 0.85 * dy) / radius
            whole = 1 - (0.8 * (x + dx - left) / (right - left) + 1.2 * (y + dy - top) / (bottom - top))
            light = 0.26 * within + 0.36 * whole + rng.uniform(-0.16, 0.16)
            wide, high = rng.uniform(1.3, 3.2), rng.uniform(1.0, 2.2)
            place = (x + dx - wide, y + dy - high, x + dx + wide, y + dy + high)
            canvas.ellipse(place, shade(colour, float(np.clip(light, -0.55, 0.55))))


def tree(canvas: Canvas, rng: np.random.Generator, size: float, colour: str) -> None:
    canvas = canvas.at(0, 0, size)
    canvas.ellipse((-50, -9, 90, 11), "#24401f", 0.38, soft=5)
    trunk = curve([(-14, 3), (-8, -10), (-8, -60), (-12, -95), (14, -95), (8, -60), (9, -10), (17, 3)])
    canvas.polygon(trunk, Gradient("#9a7350", "#4d3524", across=True))
    for _ in range(45):
        x, y = rng.uniform(-8, 9), rng.uniform(-85, -2)
        canvas.line([(x, y), (x + rng.uniform(-1, 1), y + rng.uniform(4, 10))], 0.8, "#3d2a1c", 0.45)
    for end in ((-34, -112), (30, -118), (6, -130)):
        canvas.line([(0, -70), end], 6, "#5a3f2b")
    leaves(
        canvas,
        rng,
        [
            *((34, -105, 38), (-38, -108, 38), (50, -140, 38), (-52, -145, 36), (0, -128, 46)),
            *((24, -178, 40), (-24, -180, 40), (0, -206, 30), (-6, -152, 34)),
        ],
        colour,
    )


def bush(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.ellipse((-24, -7, 38, 8), "#1f3a1c", 0.35, soft=3)
    leaves(canvas, rng, [(-14, -9, 13), (14, -10, 14), (0, -18, 15)], "#5c9a48")
    for _ in range(14):
        x, y = rng.uniform(-20, 20), rng.uniform(-28, -3)
        canvas.disc(x, y, 1.7, str(rng.choice(["#f7a8c4", "#e9628f", "#ffffff"])))


def pot(canvas: Canvas, rng: np.random.Generator) -> None:
    canvas.ellipse((-8, -3, 20, 3), "#1f3a1c", 0.35, soft=1.5)
    canvas.polygon([(-9, -16), (9, -16), (6.5, 0), (-6.5, 0)], Gradient("#cf7a50", "#8a452b", across=True))
    canvas.box((-10, -18, 10, -14), Gradient("#dd8d63", "#98502f", across=True), radius=1)
    leaves(canvas, rng, [(0, -26, 9), (-5, -23, 7), (5, -23, 7), (0, -34, 6)], "#4f8f4a")


def flowers(canvas: Canvas, rng: np.random.Generator, half: float) -> None:
    canvas.box((-half, 1, half, 10), Gradient("#9a6440", "#6b4028"), radius=1.5)
    for _ in range(50):
        x, y = rng.uniform(-half, half), rng.uniform(-7, 4)
        canvas.ellipse((x - 2.4, y - 1.5, x + 2.4, y + 1.5), shade("#4f8a3c", rng.uniform(-0.25, 0.25)))
    for _ in range(17):
        x, y = rng.uniform(-half, half), rng.uniform(-8, 2)
        colour = str(rng.choice(["#e8415f", "#f58ba6", "#ffd24d", "#ffffff"]))
        canvas.disc(x, y, 2.3, Gradient(shade(colour, 0.15), shade(colour, -0.2)))
