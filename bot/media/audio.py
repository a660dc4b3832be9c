"""Recordings of members, and the sound of videos -> samples."""

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer

from bot.errors import Refusal
from bot.media.containers import check_length, opened, too_long
from bot.media.files import Wanted, called, what_is
from bot.media.limits import Limits
from bot.request import File

Samples = np.ndarray[Any, np.dtype[np.float32]]


def check_audio(file: File, limits: Limits) -> None:
    """A look at the header. Refusal where there is no sound in `file`, or more bytes or seconds than `limits` allow."""
    with opened(file, limits, Wanted.RECORDING) as container:
        check_length(file, container, _stream(file, container), limits)


def read_audio(file: File, limits: Limits, rate: int, seconds: float | None = None) -> Samples:
    """The sound in `file`: float32 samples between -1 and 1, [samples], `rate` a second, all channels in one; only its
    first `seconds` where that is given.

    Refusal as `check_audio`, whatever the header says, and where there is nothing to hear or no sound in the numbers.
    """
    check_audio(file, limits)
    most = limits.seconds if seconds is None else min(seconds, limits.seconds)
    sound = bytearray()
    with opened(file, limits, Wanted.RECORDING) as container:
        for samples in _decoded(container, _stream(file, container), rate):
            if not np.isfinite(samples).all():
                raise Refusal(f"{called(file)} holds numbers that are no sound. Save it as WAV or MP3, and try again.")
            sound += samples.clip(-1, 1).tobytes()
            if len(sound) / 4 > most * rate:
                if seconds is None:
                    raise too_long(file, 0, limits)
                break
    if not sound:
        raise Refusal(f"There is no sound in {called(file)}. Attach another recording.")
    # The array shares the bytes' memory: half an hour at 48 kHz has 345 MB.
    heard = np.frombuffer(sound, np.float32)
    return heard if seconds is None else heard[: max(1, round(seconds * rate))]


def _stream(file: File, container: InputContainer) -> AudioStream:
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return stream
    what = what_is(file.data)
    shown = "is a GIF, which has no sound" if what and what.words == "a GIF" else "has no sound that I can hear"
    raise Refusal(f"{called(file)} {shown}. {Wanted.RECORDING.way_out}")


def _decoded(container: InputContainer, stream: AudioStream, rate: int) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    stream.codec_context.thread_count = 1
    for packet in container.demux(stream):
        try:
            frames = stream.decode(packet)
        except av.InvalidDataError:
            # Recordings are rarely worse for a broken packet; players leave it out too.
            continue
        for frame in frames:
            yield from map(_samples, resampler.resample(frame))
    yield from map(_samples, resampler.resample(None))


def _samples(frame: av.AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1)
