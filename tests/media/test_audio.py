"""Recordings: the same tone from every format, at the rate that is asked for, and never more than is taken."""

import io
import struct
import wave

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.media.audio import Samples, check_audio, read_audio
from bot.media.limits import Limits
from bot.request import File
from tests.media.making import SOUNDS, picture, sound, tone, video
from tests.media.mangling import mangled

LIMITS = Limits()


def loudest_hertz(samples: Samples, rate: int) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples))


def wav_without_sound() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((1, 2, 8000, 0, "NONE", ""))
    return file.getvalue()


@pytest.mark.parametrize("name", SOUNDS)
def test_every_format(name: str) -> None:
    file = File(name, sound(*SOUNDS[name]))
    samples = read_audio(file, LIMITS, 16_000)
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(16_000, rel=0.1)
    assert loudest_hertz(samples, 16_000) == pytest.approx(440, abs=2)
    assert np.abs(samples).max() == pytest.approx(0.3, abs=0.05)


def test_all_channels_become_one_at_any_rate() -> None:
    samples = read_audio(File("x.wav", sound("wav", "pcm_s16le", 44_100, layout="stereo")), LIMITS, 24_000)
    assert samples.shape == (24_000,)
    assert loudest_hertz(samples, 24_000) == pytest.approx(440, abs=1)


def test_the_sound_of_a_video() -> None:
    samples = read_audio(File("clip.mp4", video("mp4", "mpeg4", with_sound=True)), LIMITS, 16_000)
    assert loudest_hertz(samples, 16_000) == pytest.approx(440, abs=2)


def test_only_the_beginning() -> None:
    file = File("x.wav", sound("wav", "pcm_s16le", 8000, tone(3.0, 8000)))
    assert len(read_audio(file, LIMITS, 16_000, seconds=0.5)) == 8000
    assert len(read_audio(file, LIMITS, 16_000, seconds=60)) == pytest.approx(48_000, abs=100)


def test_loud_samples_are_clipped() -> None:
    samples = read_audio(File("x.wav", sound("wav", "pcm_f32le", 8000, tone(0.2, 8000) * 10)), LIMITS, 8000)
    assert (samples.min(), samples.max()) == (-1, 1)


def test_too_long() -> None:
    data = sound("wav", "pcm_s16le", 8000, tone(75.2, 8000))
    with pytest.raises(Refusal, match=r"x.wav is 1:16 long; I take up to 1:00\. Cut it shorter"):
        check_audio(File("x.wav", data), Limits(seconds=60))
    check_audio(File("x.wav", data), Limits(seconds=76))


def test_a_header_that_lies_does_not_matter() -> None:
    """A WAV that says a second and holds ten, and a FLAC that says a day and holds a second."""
    long = bytearray(sound("matroska", "pcm_s16le", 8000, tone(10, 8000)))
    place = long.index(b"\x44\x89\x88") + 3
    long[place : place + 8] = struct.pack(">d", 1000.0)
    check_audio(File("x.mka", bytes(long)), Limits(seconds=5))
    with pytest.raises(Refusal, match=r"x.mka is longer than 0:05, and I take up to 0:05"):
        read_audio(File("x.mka", bytes(long)), Limits(seconds=5), 16_000)
    short = bytearray(sound("flac", "flac", 8000, tone(1, 8000)))
    # The number of samples, in 36 bits at the end of its first block's numbers.
    short[21:26] = bytes([short[21] & 0xF0]) + (86_400 * 8000).to_bytes(4, "big")
    assert len(read_audio(File("x.flac", bytes(short)), Limits(seconds=60), 8000)) == 8000


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_numbers_that_are_no_sound(wrong: float) -> None:
    samples = tone(0.5, 8000)
    samples[3000] = wrong
    with pytest.raises(Refusal, match=r"x.wav holds numbers that are no sound"):
        read_audio(File("x.wav", sound("wav", "pcm_f32le", 8000, samples)), LIMITS, 16_000)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "x.mp3 is empty"),
        (picture(), "x.mp3 is a picture, not a recording. Attach a voice message"),
        (b"<html><body>Not found</body></html>", "x.mp3 is a web page, not a recording"),
        (b"#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n", "x.mp3 is a list of other files, not a recording"),
        (video("mp4", "mpeg4"), "x.mp3 has no sound that I can hear"),
        (wav_without_sound(), "There is no sound in x.mp3|x.mp3 is damaged"),
        (bytes(range(256)) * 8, "x.mp3 is no recording that I can open"),
    ],
)
def test_what_is_no_recording_is_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        read_audio(File("x.mp3", data), LIMITS, 16_000)


WHOLE = [sound(*how, tone(0.2, how[2])) for how in SOUNDS.values()]


@settings(max_examples=12, deadline=None)
@given(st.binary(max_size=300) | mangled(*WHOLE))
def test_any_bytes(data: bytes) -> None:
    limits = Limits(seconds=2)
    try:
        samples = read_audio(File("x.mp3", data), limits, 8000)
    except Refusal:
        pass
    else:
        assert samples.dtype == np.float32
        assert samples.ndim == 1
        assert 0 < len(samples) <= 16_000
        assert np.abs(samples).max() <= 1
