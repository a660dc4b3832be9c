"""Samples -> sound files."""

import io
import wave
from typing import Any

import av
import numpy as np

OPUS_RATE = 48_000
"""Samples a second of Discord's voice messages."""

_BITS = 48_000
"""A second, of speech in Opus: more than Discord's own apps spend."""

Samples = np.ndarray[Any, Any]


def wav(samples: Samples, rate: int) -> bytes:
    """`samples` between -1 and 1, [samples] or [1, samples], `rate` a second, as WAV with 16 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes((_mono(samples) * 32_767).round().astype("<i2").tobytes())
    return file.getvalue()


def unwrapped(data: bytes) -> Samples:
    """The samples that `wav` wrote."""
    with wave.open(io.BytesIO(data)) as written:
        return np.frombuffer(written.readframes(written.getnframes()), "<i2").astype(np.float32) / 32_767


def ogg(samples: Samples, rate: int) -> bytes:
    """`samples` as in `wav`, as Ogg with Opus, 48 kHz mono: what a voice message of Discord is."""
    file = io.BytesIO()
    # Of less than a frame nothing would be written.
    whole = np.pad(_mono(samples), (0, max(0, rate // 50 - np.size(samples))))
    sound = av.AudioFrame.from_ndarray(whole[None], format="flt", layout="mono")
    sound.rate, sound.pts = rate, 0
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=OPUS_RATE, layout="mono")
        stream.bit_rate = _BITS
        resampler = av.AudioResampler(format="flt", layout="mono", rate=OPUS_RATE, frame_size=OPUS_RATE // 50)
        for frame in [*resampler.resample(sound), *resampler.resample(None), None]:
            container.mux(stream.encode(frame))
    return file.getvalue()


def waveform(samples: Samples, points: int = 256, rate: int = OPUS_RATE) -> bytes:
    """How loud `samples` are over time, a byte a point, for Discord: at most `points` of them, and at most one for each
    100 ms at `rate` samples a second. 255 is as loud as a sample can be."""
    sound = np.abs(_mono(samples))
    count = max(1, min(points, len(sound) * 10 // rate))
    loudest = [part.max(initial=0.0) for part in np.array_split(sound, count)]
    return bytes(round(float(value) * 255) for value in loudest)


def _mono(samples: Samples) -> Samples:
    # What a model computes in half precision may hold infinities.
    return np.nan_to_num(np.asarray(samples, np.float32).reshape(-1)).clip(-1, 1)
