"""A canvas for drawn pictures: shapes with gradients, soft edges and clipping, drawn large and made small."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

Point = tuple[float, float]
Points = Sequence[Point]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Gradient:
    """From one colour to another over the box of a shape: from its top to its bottom, or `across` it."""

    start: str
    end: str
    across: bool = False


Fill = str | Gradient


@dataclass(frozen=True)
class Canvas:
    """Where to draw. Coordinates are those of the finished picture; `scale` is how much larger it is drawn."""

    image: Image.Image
    scale: float
    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    clip: Image.Image | None = None

    @classmethod
    def blank(cls, width: int, height: int, scale: float) -> "Canvas":
        return cls(Image.new("RGB", (round(width * scale), round(height * scale))), scale)

    def at(self, x: float, y: float, zoom: float = 1.0) -> "Canvas":
        """This canvas with its origin at (`x`, `y`), and everything `zoom` times as large."""
        return replace(self, x=self.x + x * self.zoom, y=self.y + y * self.zoom, zoom=self.zoom * zoom)

    def within(self, points: Points) -> "Canvas":
        """This canvas, on which nothing outside the polygon is drawn."""
        clip = Image.new("L", self.image.size)
        ImageDraw.Draw(clip).polygon(self.pixels(points), fill=255)
        return replace(self, clip=clip)

    def pixels(self, points: Points) -> list[Point]:
        unit = self.zoom * self.scale
        return [(self.x * self.scale + x * unit, self.y * self.scale + y * unit) for x, y in points]

    def polygon(self, points: Points, fill: Fill, opacity: float = 1.0, soft: float = 0.0) -> None:
        self._lay(points, lambda draw, placed: draw.polygon(placed, fill=255), fill, opacity, soft)

    def box(self, box: Box, fill: Fill, opacity: float = 1.0, soft: float = 0.0, radius: float = 0.0) -> None:
        round_by = radius * self.zoom * self.scale
        self._lay(
            (box[:2], box[2:]), lambda draw, ends: draw.rounded_rectangle(ends, round_by, fill=255), fill, opacity, soft
        )

    def ellipse(self, box: Box, fill: Fill, opacity: float = 1.0, soft: float = 0.0) -> None:
        self._lay((box[:2], box[2:]), lambda draw, ends: draw.ellipse(ends, fill=255), fill, opacity, soft)

    def disc(self, x: float, y: float, radius: float, fill: Fill, opacity: float = 1.0, soft: float = 0.0) -> None:
        self.ellipse((x - radius, y - radius, x + radius, y + radius), fill, opacity, soft)

    def line(self, points: Points, width: float, fill: Fill, opacity: float = 1.0, soft: float = 0.0) -> None:
        """A line with round ends and corners."""
        thick = width * self.zoom * self.scale

        def stroke(draw: ImageDraw.ImageDraw, placed: list[Point]) -> None:
            draw.line(placed, fill=255, width=max(1, round(thick)), joint="curve")
            for x, y in placed if thick > 2 else ():
                draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)

        self._lay(points, stroke, fill, opacity, soft, margin=thick)

    def _lay(
        self,
        points: Points,
        shape: Callable[[ImageDraw.ImageDraw, list[Point]], None],
        fill: Fill,
        opacity: float,
        soft: float,
        margin: float = 0.0,
    ) -> None:
        placed = self.pixels(points)
        blur = soft * self.zoom * self.scale
        left, top = (int(min(axis) - margin - 3 * blur) - 1 for axis in zip(*placed, strict=True))
        right, bottom = (int(max(axis) + margin + 3 * blur) + 2 for axis in zip(*placed, strict=True))
        mask = Image.new("L", (right - left, bottom - top))
        shape(ImageDraw.Draw(mask), [(x - left, y - top) for x, y in placed])
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur))
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        if self.clip is not None:
            mask = ImageChops.multiply(mask, self.clip.crop((left, top, right, bottom)))
        self.image.paste(paint(fill, mask.size), (left, top), mask)


def paint(fill: Fill, size: tuple[int, int]) -> Image.Image:
    """A picture of `size` full of `fill`."""
    if isinstance(fill, str):
        return Image.new("RGB", size, fill)
    start, end = (np.array(ImageColor.getrgb(colour)[:3], float) for colour in (fill.start, fill.end))
    steps = np.linspace(0, 1, size[0] if fill.across else size[1])[:, None]
    ramp = (start + (end - start) * steps).round().astype(np.uint8)
    strip = ramp[None] if fill.across else ramp[:, None]
    return Image.fromarray(strip).resize(size)


def curve(points: Points, closed: bool = True, steps: int = 12) -> list[Point]:
    """A smooth line through `points` (Catmull and Rom's spline)."""
    known = np.array(points, float)
    ring = np.concatenate([known[-1:], known, known[:2]] if closed else [known[:1], known, known[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    smooth = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(ring, ring[1:], ring[2:], ring[3:], strict=False)
    ]
    return [(float(x), float(y)) for x, y in np.concatenate([*smooth, ring[-2:-1]])]


def shade(colour: str, by: float) -> str:
    """`colour`, lighter where `by` is above 0, darker below; -1 is black and 1 white."""
    aim = 255 if by > 0 else 0
    red, green, blue = (round(value + (aim - value) * abs(by)) for value in ImageColor.getrgb(colour)[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"
