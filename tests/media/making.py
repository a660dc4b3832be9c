"""Small files of every kind, made by code."""

import io
import math
from typing import Any

import av
import numpy as np
from PIL import Image

SOUNDS = {
    "voice.ogg": ("ogg", "libopus", 48_000),
    "song.mp3": ("mp3", "libmp3lame", 44_100),
    "sound.wav": ("wav", "pcm_s16le", 22_050),
    "floats.wav": ("wav", "pcm_f32le", 16_000),
    "sound.flac": ("flac", "flac", 44_100),
    "sound.m4a": ("ipod", "aac", 44_100),
    "sound.webm": ("webm", "libopus", 48_000),
}
"""By a name: container, codec and rate."""

VIDEOS = {
    "clip.mp4": ("mp4", "libx264", "yuv420p"),
    "clip.webm": ("webm", "libvpx-vp9", "yuv420p"),
    "clip.avi": ("avi", "mpeg4", "yuv420p"),
    "clip.flv": ("flv", "flv", "yuv420p"),
    "clip.gif": ("gif", "gif", "rgb8"),
}
"""By a name: container, codec and pixel format."""


def tone(seconds: float, rate: int, hertz: float = 440.0) -> np.ndarray[Any, Any]:
    return (0.3 * np.sin(2 * math.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def sound(
    container: str, codec: str, rate: int, samples: np.ndarray[Any, Any] | None = None, layout: str = "mono"
) -> bytes:
    """A second of 440 Hz, or the given samples."""
    file = io.BytesIO()
    values = tone(1.0, rate) if samples is None else samples
    with av.open(file, "w", format=container) as written:
        stream: Any = written.add_stream(codec, rate=rate, layout=layout)
        written.mux(_sounding(stream, values, rate, layout))
    return file.getvalue()


def _sounding(stream: Any, values: np.ndarray[Any, Any], rate: int, layout: str) -> list[Any]:
    frame = av.AudioFrame.from_ndarray(values[None], format="flt", layout="mono")
    frame.sample_rate, frame.pts = rate, 0
    size = stream.codec_context.frame_size or None
    resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate, frame_size=size)
    frames = [*resampler.resample(frame), *resampler.resample(None), None]
    return [packet for frame in frames for packet in stream.encode(frame)]


def grey(number: int) -> int:
    """How bright the frame of that number is in a `video`."""
    return 20 + number * 7 % 200


def video(
    container: str,
    codec: str,
    pixels: str = "yuv420p",
    frames: int = 10,
    size: tuple[int, int] = (64, 48),
    rate: int = 10,
    options: dict[str, str] | None = None,
    with_sound: bool = False,
) -> bytes:
    """Plain grey frames, each brighter than the last until it begins anew."""
    file = io.BytesIO()
    width, height = size
    with av.open(file, "w", format=container) as written:
        stream: Any = written.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, pixels, 4_000_000
        heard: Any = written.add_stream("aac", rate=44_100, layout="mono") if with_sound else None
        for number in range(frames):
            shade = np.full((height, width, 3), grey(number), np.uint8)
            written.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        written.mux(stream.encode(None))
        if heard is not None:
            written.mux(_sounding(heard, tone(frames / rate, 44_100), 44_100, "mono"))
    return file.getvalue()


def picture(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """Red on its left half and blue on its right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return encoded(image.convert(mode), kind, **options)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pdf(pages: int = 1, size: tuple[int, int] = (595, 842)) -> bytes:
    """Pages of one colour, the first white, of so many points."""
    drawn = [Image.new("RGB", size, "white" if number == 0 else "red") for number in range(pages)]
    return encoded(drawn[0], "PDF", save_all=True, append_images=drawn[1:], resolution=72)


def workbook(rows: list[list[Any]]) -> bytes:
    import openpyxl

    file = io.BytesIO()
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()
