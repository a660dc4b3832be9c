"""Recordings of members, and the sound of videos -> samples."""

from typing import Any

import numpy as np

from bot.media.apart import apart
from bot.media.files import Wanted, another, check_size, plays, what_is
from bot.media.limits import Limits
from bot.request import File

Samples = np.ndarray[Any, np.dtype[np.float32]]


def check_audio(file: File, limits: Limits) -> None:
    """A look at the header. Refusal where there is no sound in `file`, or more bytes or seconds than `limits` allow."""
    _check_start(file, limits)
    list(apart("audio", "check", file, limits))


def read_audio(file: File, limits: Limits, rate: int, seconds: float | None = None) -> Samples:
    """The sound in `file`: float32 samples between -1 and 1, [samples], `rate` a second, all channels in one; only its
    first `seconds` where that is given.

    Refusal as `check_audio`, whatever the header says, and where there is nothing to hear or no sound in the numbers.
    """
    _check_start(file, limits)
    sound = bytearray()
    for part in apart("audio", "read", file, limits, rate, seconds):
        sound += part
    # The array shares the bytes' memory: half an hour at 48 kHz has 345 MB.
    samples = np.frombuffer(sound, np.float32)
    return samples if seconds is None else samples[: max(1, round(seconds * rate))]


def _check_start(file: File, limits: Limits) -> None:
    check_size(file, limits)
    if what_is(file.data) is not None and not plays(file):
        raise another(file, Wanted.RECORDING)
