"""Make the files of bot/samples anew.

Usage: python -m tools.samples     (needs espeak-ng, which speaks the voice message: apt-get install espeak-ng)

Pictures, sounds and the page come out the same every time; their last bytes depend on the versions of Pillow, FreeType
and the codecs in PyAV. The street itself is drawn in tools/street.
"""

import io
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from matplotlib import get_data_path
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bot.samples import SAMPLES
from tools.street import Moment, backdrop, peopled, street

FOLDER = Path(__file__).resolve().parent.parent / "bot" / "samples"
SEED = 7
SPOKEN = "The meeting starts at ten tomorrow. Please bring the new plans."
LATER = Moment(car=150, walker=606, cat=528, clouds=26)
SEEN_FROM = ((34, 44), (46, 566), (778, 590), (772, 14))
"""The corners of street-later.jpg in the street at that moment: upper left, lower left, lower right, upper right."""

SHOP = """\
item,price,stock,category,ordered
Kettle,34.90,12,Kitchen,2026-03-02
Teapot,27.40,18,Kitchen,2026-01-19
Frying pan,42.00,9,Kitchen,2026-02-24
Bread knife,15.60,31,Kitchen,2026-03-13
Desk lamp,39.00,4,Office,2026-02-17
Office chair,189.00,7,Office,2026-03-11
Notebook,3.80,240,Office,2026-03-15
Bookshelf,129.50,3,Living room,2026-01-28
Folding table,64.25,0,Living room,2026-02-09
Cushion,18.95,65,Living room,2026-03-06
"""

LETTER = """\
*Harbour Street Books
12 Harbour Street, Northport

Invoice 2041\t\tDate: 14 May 2026

Clara Bennett
7 Mill Lane, Weston

Dear Ms Bennett,

thank you for your order. The parcel left our shop
this morning and should be with you by Monday.

*Item\tQuantity\tPrice
-
Atlas of the Northern Sea\t1\t38.00
Field Guide to Trees\t2\t39.00
Postage and packing\t1\t7.50
-
*\t\tTotal: 84.50

Please pay by 28 May 2026. If anything is missing,
call us on 555 0142.

Kind regards,
Thomas Reed
"""
"""A line that starts with * is bold, and a - is a rule; what stands behind tabs goes into the next columns."""


def main() -> None:
    if shutil.which("espeak-ng") is None:
        sys.exit("espeak-ng speaks the voice message, and it isn't here. Try: apt-get install espeak-ng")
    scene, page = street(Moment()), letter()
    contents = {
        "street.jpg": encoded(scene, "JPEG", quality=90),
        "street-later.jpg": encoded(street_later(), "JPEG", quality=87),
        "small.png": encoded(small(scene), "PNG", optimize=True),
        "letter.png": encoded(page, "PNG", optimize=True),
        "letter.pdf": pdf(page),
        "shop.csv": SHOP.encode(),
        "voice.ogg": sound("ogg", "libopus", voice(48_000), 48_000, 32_000),
        "street.mp3": sound("mp3", "libmp3lame", soundscape(44_100), 44_100, 64_000),
        "clip.mp4": clip(),
    }
    for name in SAMPLES:
        (FOLDER / name).write_bytes(contents[name])
        print(f"{name:18}{len(contents[name]):>8} bytes")
    print(f"{'together':18}{sum(map(len, contents.values())):>8} bytes")


def encoded(picture: Image.Image, kind: str, **settings: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **settings)
    return stream.getvalue()


def street_later() -> Image.Image:
    """The street a little later, by somebody who took a step aside and holds the camera askew."""
    corners = [value for corner in SEEN_FROM for value in corner]
    scene = street(LATER)
    # A quad alone would bend straight lines; what a camera sees is a perspective.
    return scene.transform(scene.size, Image.Transform.PERSPECTIVE, perspective(corners), Image.Resampling.BICUBIC)


def perspective(corners: list[int], width: int = 800, height: int = 600) -> list[float]:
    """The eight numbers by which Pillow maps the corners of a picture to `corners`, in the order of `SEEN_FROM`."""
    rows, values = [], []
    for (x, y), (u, v) in zip(
        ((0, 0), (0, height), (width, height), (width, 0)), zip(corners[::2], corners[1::2], strict=True), strict=True
    ):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(values, float))]


def small(scene: Image.Image) -> Image.Image:
    """The walker, the dog and the cat, too small to see much."""
    return scene.crop((424, 264, 744, 504)).resize((96, 72), Image.Resampling.LANCZOS)


def letter() -> Image.Image:
    """A page of A5 as a scanner sees it: not quite straight, not quite white. 706 by 1000, in 16 shades of grey."""
    page = Image.new("L", (1412, 2000), 255)
    draw, y = ImageDraw.Draw(page), 130.0
    for line in LETTER.splitlines():
        if line == "-":
            draw.line((130, y + 10, 1282, y + 10), fill=30, width=4)
            y += 26
            continue
        text, bold = line.removeprefix("*"), line.startswith("*")
        head = bold and "\t" not in text
        type_ = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' * bold}.ttf", 58 if head else 40)
        for column, cell in enumerate(text.split("\t")):
            draw.text(((130, 900, 1282)[column], y), cell, 25, type_, anchor=("la", "ma", "ra")[column])
        y += 84 if head else 66 if text else 38
    page = page.rotate(0.5, Image.Resampling.BICUBIC, fillcolor=255).resize((706, 1000), Image.Resampling.LANCZOS)
    rng = np.random.default_rng(SEED)
    cloudy = Image.fromarray(rng.integers(0, 255, (10, 7), np.uint8)).resize(page.size, Image.Resampling.BICUBIC)
    ink = np.asarray(page.filter(ImageFilter.GaussianBlur(0.4)), float)
    paper = 238 - 8 * np.asarray(cloudy, float) / 255 + rng.normal(0, 4, ink.shape)
    specks = rng.random(ink.shape) < 0.0004
    grey = (ink / 255 * paper - 90 * specks).clip(0, 255)
    return Image.fromarray(((grey / 17).round() * 17).astype(np.uint8))


def pdf(page: Image.Image) -> bytes:
    made = time.struct_time((2026, 5, 14, 9, 0, 0, 3, 134, 0))
    return encoded(page, "PDF", resolution=121, quality=60, title="Invoice 2041", creationDate=made, modDate=made)


def voice(rate: int) -> NDArray[np.float64]:
    """`SPOKEN`, with a moment of silence before and after it."""
    command = ["espeak-ng", "-v", "en-us", "-s", "152", "-g", "3", "--stdout", SPOKEN]
    spoken = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    resampler = av.AudioResampler("dbl", "mono", rate)
    with av.open(io.BytesIO(spoken), "r") as source:
        parts = [part.to_ndarray()[0] for frame in source.decode(audio=0) for part in resampler.resample(frame)]
    parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    samples = np.concatenate(parts)
    return np.pad(samples / np.abs(samples).max() * 0.8, rate // 5)


def soundscape(rate: int, seconds: float = 5.0) -> NDArray[np.float64]:
    """Rain, somebody's steps, and a bell that strikes twice."""
    rng = np.random.default_rng(SEED)
    length = round(rate * seconds)
    samples = 0.10 * coloured(rng, length, rate, 400, 9000)
    for start in rng.integers(0, length - 800, 260):
        drop = coloured(rng, 500, rate, 2500, 9000) * np.exp(-np.arange(500) / 60)
        samples[start : start + 500] += rng.uniform(0.03, 0.2) * drop
    for step, at in enumerate(np.arange(0.2, seconds - 0.4, 0.52)):
        thump = coloured(rng, 6000, rate, 60, 900) * np.exp(-np.arange(6000) / 900)
        start = round(at * rate)
        samples[start : start + 6000] += (0.5 if step % 2 else 0.42) * thump
    for at in (0.9, 2.9):
        start = round(at * rate)
        t = np.arange(length - start) / rate
        for ratio, loud in ((0.5, 0.3), (1, 0.6), (1.19, 0.35), (1.5, 0.25), (2, 0.5), (2.74, 0.2), (4.07, 0.12)):
            samples[start:] += 0.3 * loud * np.sin(2 * np.pi * 520 * ratio * t) * np.exp(-t * (0.9 + 0.8 * ratio))
    fade = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.15 * rate))
    return np.asarray(samples / np.abs(samples).max() * 0.8 * fade)


def coloured(rng: np.random.Generator, length: int, rate: int, low: float, high: float) -> NDArray[np.float64]:
    """Noise between `low` and `high` hertz, as loud as noise of variance 1."""
    spectrum = np.fft.rfft(rng.normal(size=length))
    pitch = np.fft.rfftfreq(length, 1 / rate)
    noise = np.fft.irfft(spectrum * np.exp(-((pitch / high) ** 4)) * (1 - np.exp(-((pitch / low) ** 2))), length)
    return np.asarray(noise / noise.std())


def sound(container: str, codec: str, samples: NDArray[np.float64], rate: int, bit_rate: int) -> bytes:
    stream = io.BytesIO()
    # Without this, an Ogg file has a number in it that is another every time.
    with av.open(stream, "w", format=container, options={"fflags": "+bitexact"}) as out:
        track = out.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(track, av.AudioStream)
        track.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(samples.astype(np.float32)[None], "flt", "mono")
        frame.sample_rate = rate
        for packet in (*track.encode(frame), *track.encode(None)):
            out.mux(packet)
    return stream.getvalue()


def clip(seconds: int = 3, rate: int = 25, width: int = 320) -> bytes:
    """The car comes in on the left and leaves on the right, while the walker goes on."""
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as out:
        track = out.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "veryslow", "threads": "1"})
        assert isinstance(track, av.VideoStream)
        track.width, track.height, track.pix_fmt = width, width * 3 // 4, "yuv420p"
        for number, picture in enumerate(drive(seconds * rate, width)):
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            for packet in track.encode(frame):
                out.mux(packet)
        for packet in track.encode(None):
            out.mux(packet)
    return stream.getvalue()


def drive(frames: int, width: int) -> Iterator[Image.Image]:
    empty = backdrop(width=width)
    for gone in np.linspace(0, 1, frames):
        yield peopled(empty, Moment(car=-290 + 1040 * float(gone), walker=540 + 50 * float(gone)), width)


if __name__ == "__main__":
    main()
