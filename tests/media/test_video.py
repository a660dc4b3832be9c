"""Videos: the right frames, upright, small, and no more of them than are asked for."""

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.media.decoders import video as decoder
from bot.media.decoders.raster import unpack
from bot.media.limits import Limits
from bot.media.video import FRAME_SIDE, Frame, check_video, read_video
from bot.request import File
from tests.media.making import VIDEOS, grey, picture, sound, video
from tests.media.mangling import mangled

LIMITS = Limits()


def numbers(frames: list[Frame]) -> list[int]:
    """Which frames of a `video` those are, by how bright they are."""
    return [round((float(frame.mean()) - 20) / 7) for frame in frames]


@pytest.mark.parametrize("name", VIDEOS)
def test_every_format(name: str) -> None:
    frames = read_video(File(name, video(*VIDEOS[name])), LIMITS)
    assert [(frame.shape, frame.dtype.name) for frame in frames] == [((48, 64, 3), "uint8")] * 10
    # GIFs have few colours.
    assert [round(float(frame.mean())) for frame in frames] == pytest.approx(
        [grey(number) for number in range(10)], abs=20 if name == "clip.gif" else 3
    )


@pytest.mark.parametrize(
    ("count", "most", "wanted"),
    [
        (8, 8, [0, 1, 2, 3, 4, 5, 6, 7]),
        (3, 8, [0, 1, 2]),
        (1, 8, [0]),
        (25, 5, [0, 6, 12, 18, 24]),
        (25, 1, [0]),
    ],
)
def test_frames_are_evenly_spaced(count: int, most: int, wanted: list[int]) -> None:
    data = video("mp4", "libx264", frames=count)
    assert numbers(read_video(File("clip.mp4", data), Limits(frames=most))) == wanted


@pytest.mark.parametrize(("every", "budget", "wanted"), [(5, 20, [0, 6, 12, 18, 24]), (5, 10, [0, 5, 10, 20])])
@pytest.mark.parametrize("container", ["mp4", "matroska", "avi"])
def test_of_a_long_video_not_all_is_decoded(
    every: int, budget: int, wanted: list[int], container: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key frame every 5 frames, 5 evenly spaced ones take 14 to decode; near to them are those key frames."""
    data = video(container, "mpeg4", frames=25, options={"g": str(every), "sc_threshold": "1000000000"})
    monkeypatch.setattr(decoder, "_DECODED", 64 * 48 * budget)
    decoded = 0

    def counted(container: Any, stream: Any) -> Any:
        nonlocal decoded
        for frame in plain(container, stream):
            decoded += 1
            yield frame

    plain = decoder._decoded
    monkeypatch.setattr(decoder, "_decoded", counted)
    frames = [*map(unpack, decoder.read(File("clip", data), Limits(frames=5), 640))]
    assert numbers(frames) == wanted
    assert decoded <= budget


def test_large_frames_are_made_smaller() -> None:
    frames = read_video(File("clip.mp4", video("mp4", "mpeg4", frames=2, size=(1280, 320))), LIMITS)
    assert {frame.shape for frame in frames} == {(FRAME_SIDE // 4, FRAME_SIDE, 3)}


def test_upright() -> None:
    """A phone's note that the picture lies on its side is heeded."""
    data = bytearray(video("mp4", "mpeg4", size=(64, 32)))
    place = data.index(b"\x00\x01\x00\x00" + bytes(12) + b"\x00\x01\x00\x00", data.index(b"tkhd"))
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 32 << 16, 0, 1 << 30)
    data[place : place + 36] = quarter
    assert read_video(File("clip.mp4", bytes(data)), LIMITS)[0].shape == (64, 32, 3)


def test_limits() -> None:
    file = File("clip.mp4", video("mp4", "mpeg4", frames=30))
    with pytest.raises(Refusal, match=r"clip.mp4 is 0:03 long; I take up to 0:02\."):
        check_video(file, Limits(seconds=2))
    with pytest.raises(Refusal, match=r"The frames of clip.mp4 have 64 × 48 pixels; I take up to 0.003 million"):
        check_video(file, Limits(pixels=3000))
    check_video(file, Limits(seconds=3, pixels=64 * 48))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "clip.mp4 is empty"),
        (picture(), "clip.mp4 is a picture, not a video. Attach a video as MP4"),
        (sound("mp3", "libmp3lame", 44_100), "clip.mp4 has no moving pictures that I can see"),
        (video("mp4", "mpeg4")[:200], "clip.mp4 is damaged or incomplete"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "clip.mp4 is a list of other files, not a video"),
        (b"\0\1\2\3" * 500, "clip.mp4 is no video that I can open"),
    ],
)
def test_what_is_no_video_is_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        read_video(File("clip.mp4", data), LIMITS)


WHOLE = [video(*how, frames=4) for how in VIDEOS.values()]


@settings(max_examples=12, deadline=None)
@given(st.binary(max_size=300) | mangled(*WHOLE))
def test_any_bytes(data: bytes) -> None:
    try:
        frames = read_video(File("clip.mp4", data), Limits(frames=3, seconds=60))
    except Refusal:
        pass
    else:
        assert 1 <= len(frames) <= 3
        assert all(frame.dtype == np.uint8 and frame.shape[2] == 3 for frame in frames)
        assert all(1 <= min(frame.shape[:2]) <= max(frame.shape[:2]) <= FRAME_SIDE for frame in frames)
