"""Videos -> frames."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream

from bot.errors import Refusal
from bot.media.decoders.containers import check_length, frame_pixels, opened, seconds_into, too_long
from bot.media.decoders.raster import pack
from bot.media.files import Wanted, broken, called
from bot.media.limits import Limits
from bot.request import File

_DECODED = 4_000_000_000
"""Pixels that may be decoded to get at those that are wanted: 2,000 frames of 1080p, some ten seconds of one core."""


class _Packet(NamedTuple):
    """When a frame is shown, in the stream's own time, and whether it can be decoded without others."""

    shown: int
    key: bool


def check(file: File, limits: Limits) -> Iterator[bytes]:
    """Refusal where `file` is no video, or has more seconds or pixels than `limits` allow. Yields nothing."""
    with opened(file, Wanted.VIDEO) as container:
        check_length(file, container, _stream(file, container, limits), limits)
    yield from ()


def read(file: File, limits: Limits, side: int) -> Iterator[bytes]:
    """The frames that `read_video` speaks of, each packed as by `raster.pack`. Refusal as there."""
    yield from check(file, limits)
    with opened(file, Wanted.VIDEO) as container:
        packets = _packets(file, container, _stream(file, container, limits), limits)
    with opened(file, Wanted.VIDEO) as container:
        stream = _stream(file, container, limits)
        stream.codec_context.thread_count = 1
        most_packets = _DECODED // max(1, stream.width * stream.height)
        if len(packets) <= most_packets:
            frames = _counted(container, stream, _spread(len(packets), limits.frames))
        else:
            frames = _sought(container, stream, _moments(sorted(packets), limits.frames, most_packets))
        taken = 0
        for frame in frames:
            yield _taken(file, frame, limits, side)
            taken += 1
    if not taken:
        raise Refusal(f"There are no frames in {called(file)} that I can see. {Wanted.VIDEO.way_out}")


def _stream(file: File, container: InputContainer, limits: Limits) -> VideoStream:
    for stream in container.streams.video:
        # The cover of an album is a video of one picture.
        if stream.codec_context is not None and not stream.disposition & av.stream.Disposition.attached_pic:
            _check_pixels(file, stream.width, stream.height, limits)
            return stream
    raise Refusal(f"{called(file)} has no moving pictures that I can see. {Wanted.VIDEO.way_out}")


def _check_pixels(file: File, width: int, height: int, limits: Limits) -> None:
    if width * height > frame_pixels(limits):
        raise Refusal(
            f"The frames of {called(file)} have {width:,} × {height:,} pixels; I take up to "
            f"{frame_pixels(limits) / 1e6:,.3g} million. Make it smaller, and try again."
        )


def _packets(file: File, container: InputContainer, stream: VideoStream, limits: Limits) -> list[_Packet]:
    packets = []
    for packet in container.demux(stream):
        if packet.size:
            if seconds_into(packet, stream) > limits.seconds:
                raise too_long(file, 0, limits)
            packets.append(_Packet(packet.pts or packet.dts or 0, packet.is_keyframe))
    return packets


def _spread(count: int, most: int) -> list[int]:
    """At most `most` of the numbers below `count`, evenly spaced from the first to the last."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, most)).tolist()}) if count else []


def _counted(container: InputContainer, stream: VideoStream, wanted: list[int]) -> Iterator[av.VideoFrame]:
    """The frames that are `wanted` by their numbers; all are decoded."""
    numbers = set(wanted)
    for number, frame in enumerate(_decoded(container, stream)):
        if number in numbers:
            yield frame


def _sought(container: InputContainer, stream: VideoStream, moments: list[tuple[int, int]]) -> Iterator[av.VideoFrame]:
    """The frames at `moments`, each with that of the key frame to begin at; what lies between isn't decoded."""
    frames: Iterator[av.VideoFrame] = iter(())
    begun = None
    for key, moment in moments:
        if key != begun:
            container.seek(key, stream=stream)
            frames, begun = _decoded(container, stream), key
        found = next((frame for frame in frames if frame.pts is None or frame.pts >= moment), None)
        if found is not None:
            yield found


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    for packet in container.demux(stream):
        try:
            yield from stream.decode(packet)
        except av.InvalidDataError:
            # A broken packet costs a frame or a few, as in players.
            continue


def _moments(packets: list[_Packet], most: int, most_packets: int) -> list[tuple[int, int]]:
    """Where to seek to, and which frame to take then: evenly spaced ones, or key frames near to them where decoding
    those would take more than `most_packets`. `packets` are in the order in which they are shown."""
    keys = [number for number, packet in enumerate(packets) if packet.key] or [0]
    wanted = [(keys[max(0, bisect_right(keys, number) - 1)], number) for number in _spread(len(packets), most)]
    # Within what one key frame begins, the last one that is wanted costs all before it.
    last = [one for one, after in pairwise([*wanted, (-1, -1)]) if one[0] != after[0]]
    if sum(number - key + 1 for key, number in last) > most_packets:
        near = {min(keys, key=lambda key: abs(key - number)) for _, number in wanted}
        wanted = [(key, key) for key in sorted(near)]
    return [(packets[key].shown, packets[number].shown) for key, number in wanted]


def _taken(file: File, frame: av.VideoFrame, limits: Limits, side: int) -> bytes:
    # A stream may change its size midway.
    _check_pixels(file, frame.width, frame.height, limits)
    if not frame.width * frame.height:
        raise broken(file)
    scale = min(1.0, side / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    seen = frame.to_ndarray(format="rgb24", width=width, height=height, interpolation="AREA")
    return pack(np.rot90(seen, round(frame.rotation / 90)))
