"""Sound files of samples, which sound the same once they are read again."""

import io

import av
import numpy as np
import pytest

from bot.media.audio import read_audio
from bot.media.limits import NO_LIMITS
from bot.media.sound import ogg, wav, waveform
from bot.request import File
from tests.media.making import tone


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
@pytest.mark.parametrize("seconds", [0.5, 1.234])
def test_ogg_lasts_as_long_and_sounds_the_same(rate: int, seconds: float) -> None:
    data = ogg(tone(seconds, rate), rate)
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        assert (container.format.name, stream.codec_context.name) == ("ogg", "opus")
        assert (stream.rate, stream.channels) == (48_000, 1)
        assert stream.duration is not None
        assert stream.time_base is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(seconds, abs=0.02)
    heard = read_audio(File("x.ogg", data), NO_LIMITS, 48_000)
    assert len(heard) / 48_000 == pytest.approx(seconds, abs=0.02)
    spectrum = np.abs(np.fft.rfft(heard))
    assert spectrum.argmax() * 48_000 / len(heard) == pytest.approx(440, abs=3)


def test_wav_keeps_every_sample() -> None:
    samples = tone(0.1, 16_000)
    heard = read_audio(File("x.wav", wav(samples, 16_000)), NO_LIMITS, 16_000)
    assert np.abs(heard - samples).max() < 1e-4


def test_what_a_model_makes_of_half_precision() -> None:
    samples = np.array([[0.0, np.nan, np.inf, -np.inf, 3.0]], np.float16)
    heard = read_audio(File("x.wav", wav(samples, 8000)), NO_LIMITS, 8000)
    assert heard == pytest.approx([0, 0, 1, -1, 1], abs=1e-3)
    assert ogg(np.zeros(0, np.float32), 16_000).startswith(b"OggS")


def test_waveform() -> None:
    loud = np.concatenate([np.zeros(16_000), np.ones(16_000)])
    assert waveform(loud, 4, 16_000) == bytes([0, 0, 255, 255])
    assert len(waveform(loud, rate=16_000)) == 20  # one each 100 ms
    assert len(waveform(np.zeros(48_000 * 60))) == 256
    assert waveform(np.zeros(0)) == b"\0"
