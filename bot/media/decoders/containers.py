"""Recordings and videos, opened with PyAV, which brings its own FFmpeg."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from bot.errors import Refusal
from bot.media.files import Wanted, another, broken, called, clock, plays
from bot.media.limits import Limits
from bot.request import File

_FORMATS = "aac,aiff,amr,asf,avi,flac,flv,gif,matroska,mov,mp3,mpeg,mpegts,ogg,wav"
"""The demuxers that FFmpeg may use, by a name of each. None of them reads other files, as those of playlists do."""

FRAME_PIXELS = 4096 * 2304
"""Of a frame, at most: 4K. A decoder may hold 17 frames at once, which at 50 megapixels would be gigabytes."""

BROKEN = (av.FFmpegError, ValueError, TypeError, LookupError, ArithmeticError, OSError, MemoryError)
"""What PyAV raises over files that aren't what their beginnings say."""


@contextmanager
def opened(file: File, wanted: Wanted) -> Iterator[InputContainer]:
    """The container in `file`, with nothing decoded but the few frames by which FFmpeg tells the codecs.

    Refusal where it can't be opened, and for what PyAV raises within the block.
    """
    # Not among `options`: with those PyAV frees memory that isn't its own where streams appear late, as in FLV.
    options = {"format_whitelist": _FORMATS}
    try:
        container = av.open(
            io.BytesIO(file.data), "r", metadata_errors="ignore", container_options=options, io_open=_no_other
        )
    except BROKEN as error:
        raise (broken(file) if plays(file) else another(file, wanted)) from error
    with container:
        try:
            yield container
        except BROKEN as error:
            raise broken(file) from error


def frame_pixels(limits: Limits) -> int:
    """How many pixels a frame may have."""
    return min(limits.pixels, FRAME_PIXELS)


def check_length(file: File, container: InputContainer, stream: AudioStream | VideoStream, limits: Limits) -> None:
    """Refusal where `stream` is longer than `limits` allow; else the container may be anywhere in it.

    Headers may lie, and lengths that FFmpeg had to guess are often wrong: where they say too much, packets are asked.
    """
    said = _said(container, stream)
    if said <= limits.seconds:
        return
    for packet in container.demux(stream):
        if seconds_into(packet, stream) > limits.seconds:
            raise too_long(file, said, limits)


def seconds_into(packet: av.Packet, stream: AudioStream | VideoStream) -> float:
    """Where `packet` ends, in seconds from the start of `stream`; 0 where it doesn't say."""
    if packet.pts is None or packet.time_base is None:
        return 0.0
    return float((packet.pts - (stream.start_time or 0) + (packet.duration or 0)) * packet.time_base)


def too_long(file: File, seconds: float, limits: Limits) -> Refusal:
    """What to raise where `file` lasts `seconds`, which is more than `limits` allow; 0 where that isn't known."""
    most = clock(limits.seconds)
    length = f"is {clock(seconds)} long; I take" if seconds > limits.seconds else f"is longer than {most}, and I take"
    return Refusal(f"{called(file)} {length} up to {most}. Cut it shorter, and try again.")


def _said(container: InputContainer, stream: AudioStream | VideoStream) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / av.time_base


def _no_other(_url: str, _flags: int, _options: dict[str, Any]) -> NoReturn:
    raise PermissionError("a file must not open others")
