"""Videos of members -> frames."""

from typing import Any

import numpy as np

from bot.media.apart import apart
from bot.media.decoders.raster import unpack
from bot.media.files import Wanted, another, check_size, plays, what_is
from bot.media.limits import Limits
from bot.request import File

FRAME_SIDE = 640
"""Pixels that a frame's longer side has at most once it is read."""

Frame = np.ndarray[Any, np.dtype[np.uint8]]


def check_video(file: File, limits: Limits) -> None:
    """A look at the header. Refusal where `file` is no video, or more bytes, seconds or pixels than `limits` allow."""
    _check_start(file, limits)
    list(apart("video", "check", file, limits))


def read_video(file: File, limits: Limits) -> list[Frame]:
    """Frames of the video in `file`, evenly spaced from its first to its last, all of them where there are no more than
    `limits.frames`: RGB, [height, width, 3] of uint8, upright, no side longer than FRAME_SIDE pixels.

    Of a long video they are the nearest that can be decoded without many others, and may be fewer. Refusal as
    `check_video`, whatever the header says, and where there are no frames.
    """
    _check_start(file, limits)
    return [unpack(frame) for frame in apart("video", "read", file, limits, FRAME_SIDE)]


def _check_start(file: File, limits: Limits) -> None:
    check_size(file, limits)
    if what_is(file.data) is not None and not plays(file):
        raise another(file, Wanted.VIDEO)
