"""Each sample is there and is what its content type claims."""

import io
import shutil

import av
import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageChops, ImageStat

from bot.samples import SAMPLES, sample
from tools import samples as maker
from tools.street import Moment, street


def picture(name: str) -> Image.Image:
    return Image.open(io.BytesIO(sample(name).data))


def heard(name: str) -> tuple[str, int, np.ndarray]:
    """The codec, the rate and the samples of a recording."""
    resampler = av.AudioResampler("flt", "mono")
    with av.open(io.BytesIO(sample(name).data), "r") as source:
        (track,) = source.streams.audio
        assert track.channels == 1
        parts = [part.to_ndarray()[0] for frame in source.decode(track) for part in resampler.resample(frame)]
        return track.codec_context.name, track.rate, np.concatenate(parts)


def difference(first: Image.Image, second: Image.Image) -> float:
    """How far apart two pictures of one size are, on average over their pixels, from 0 to 255."""
    assert first.size == second.size
    return float(np.mean(ImageStat.Stat(ImageChops.difference(first.convert("RGB"), second.convert("RGB"))).mean))


def test_they_are_small_and_all_there() -> None:
    files = [sample(name) for name in SAMPLES]
    assert all(file.data and file.content_type == SAMPLES[file.name] for file in files)
    assert sum(len(file.data) for file in files) < 700_000
    there = {path.name for path in maker.FOLDER.iterdir() if not path.name.startswith("__")}
    assert there == set(SAMPLES)


def test_another_name_is_a_defect() -> None:
    with pytest.raises(AssertionError, match="no sample is called"):
        sample("../request.py")


@pytest.mark.parametrize(
    ("name", "kind", "mode", "size"),
    [
        ("street.jpg", "JPEG", "RGB", (800, 600)),
        ("street-later.jpg", "JPEG", "RGB", (800, 600)),
        ("small.png", "PNG", "RGB", (96, 72)),
        ("letter.png", "PNG", "L", (706, 1000)),
    ],
)
def test_pictures(name: str, kind: str, mode: str, size: tuple[int, int]) -> None:
    image = picture(name)
    image.load()
    assert (image.format, image.mode, image.size) == (kind, mode, size)
    assert Image.MIME[kind] == SAMPLES[name]
    assert image.convert("L").entropy() > 1


def test_the_street_is_what_the_tool_draws() -> None:
    drawn = street(Moment())
    assert difference(drawn, picture("street.jpg")) < 3
    assert difference(maker.small(drawn), picture("small.png")) < 1
    assert difference(drawn, picture("street-later.jpg")) > 10


def test_the_later_street_is_seen_from_elsewhere() -> None:
    """Where the perspective says that a corner of the later picture was, there it is."""
    corners = [value for corner in maker.SEEN_FROM for value in corner]
    a, b, c, d, e, f, g, h = maker.perspective(corners)
    for (x, y), expected in zip(((0, 0), (0, 600), (800, 600), (800, 0)), maker.SEEN_FROM, strict=True):
        depth = g * x + h * y + 1
        assert ((a * x + b * y + c) / depth, (d * x + e * y + f) / depth) == pytest.approx(expected)


def test_the_letter_is_what_the_tool_prints() -> None:
    assert difference(maker.letter(), picture("letter.png")) < 1


def test_the_letter_as_pdf_is_the_same_page() -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    with pypdfium2.PdfDocument(sample("letter.pdf").data) as document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx((420, 595), abs=2)  # A5
        page = document[0].render(scale=121 / 72).to_pil()
    assert difference(page.resize((706, 1000)), picture("letter.png")) < 8


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract isn't installed")
def test_the_letter_can_be_read() -> None:
    pytesseract = pytest.importorskip("pytesseract")
    words = pytesseract.image_to_string(picture("letter.png")).split()
    assert {"Total:", "84.50", "Invoice", "2041", "Bennett"} <= set(words)


def test_the_voice_is_a_voice_message() -> None:
    codec, rate, samples = heard("voice.ogg")
    assert (codec, rate) == ("opus", 48_000)
    assert 4 < len(samples) / rate < 6.5
    assert 0.5 < np.abs(samples).max() <= 1
    quiet = np.abs(samples[: rate // 10]).max()
    assert quiet < 0.01


def test_the_sound_of_the_street() -> None:
    codec, rate, samples = heard("street.mp3")
    assert codec in {"mp3", "mp3float"}
    assert 4.9 < len(samples) / rate < 5.2
    assert 0.5 < np.abs(samples).max() <= 1
    # The bell has a pitch: in the second after it strikes, one note stands far above the rain.
    spectrum = np.abs(np.fft.rfft(samples[rate : 2 * rate]))
    assert 250 < spectrum.argmax() < 1100
    assert spectrum.max() > 20 * np.median(spectrum)


def test_the_clip_shows_the_car_drive_through() -> None:
    with av.open(io.BytesIO(sample("clip.mp4").data), "r") as source:
        (track,) = source.streams.video
        assert (track.codec_context.name, track.codec_context.pix_fmt) == ("h264", "yuv420p")
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in source.decode(track)]
    assert len(frames) == 75
    assert frames[0].shape == (240, 320, 3)
    where = []
    for frame in (frames[20], frames[35], frames[50]):
        road = frame[190:212]
        red = (road[..., 0] > 130) & (road[..., 1] < 80)
        where.append(np.nonzero(red)[1].mean())
    assert where[1] - where[0] > 30
    assert where[2] - where[1] > 30


def test_the_table() -> None:
    table = pd.read_csv(io.BytesIO(sample("shop.csv").data))
    assert table.shape == (10, 5)
    assert list(table) == ["item", "price", "stock", "category", "ordered"]
    assert table["item"].is_unique
    assert table["item"][table["price"].argmax()] == "Office chair"
    assert pd.to_datetime(table["ordered"]).notna().all()
