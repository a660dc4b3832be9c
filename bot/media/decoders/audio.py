"""Recordings, and the sound of videos -> samples."""

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer

from bot.errors import Refusal
from bot.media.decoders.containers import check_length, opened, too_long
from bot.media.files import Wanted, called
from bot.media.limits import Limits
from bot.request import File

Samples = np.ndarray[Any, np.dtype[np.float32]]


def check(file: File, limits: Limits) -> Iterator[bytes]:
    """Refusal where there is no sound in `file`, or more seconds than `limits` allow. Yields nothing."""
    with opened(file, Wanted.RECORDING) as container:
        check_length(file, container, _stream(file, container), limits)
    yield from ()


def read(file: File, limits: Limits, rate: int, seconds: float | None) -> Iterator[bytes]:
    """The sound, float32, mono, at `rate`, to the end or for `seconds` at least. Refusal as `read_audio` says."""
    yield from check(file, limits)
    most = limits.seconds if seconds is None else min(seconds, limits.seconds)
    count = 0
    with opened(file, Wanted.RECORDING) as container:
        for samples in _decoded(container, _stream(file, container), rate):
            if not np.isfinite(samples).all():
                raise Refusal(f"{called(file)} holds numbers that are no sound. Save it as WAV or MP3, and try again.")
            yield samples.clip(-1, 1).tobytes()
            count += len(samples)
            if count > most * rate:
                if seconds is None:
                    raise too_long(file, 0, limits)
                break
    if not count:
        raise Refusal(f"There is no sound in {called(file)}. Attach another recording.")


def _stream(file: File, container: InputContainer) -> AudioStream:
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return stream
    raise Refusal(f"{called(file)} has no sound that I can hear. {Wanted.RECORDING.way_out}")


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
