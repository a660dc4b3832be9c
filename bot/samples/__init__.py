"""Small files of every kind that a command takes, so that each can be tried at once. `tools/samples.py` makes them.

They hang together: street.jpg, street-later.jpg, small.png and clip.mp4 show the same street, and street.mp3 is what
could be heard in it; letter.png and letter.pdf are the same page.
"""

from importlib.resources import files

from bot.request import File

SAMPLES = {
    "street.jpg": "image/jpeg",
    "street-later.jpg": "image/jpeg",
    "small.png": "image/png",
    "letter.png": "image/png",
    "letter.pdf": "application/pdf",
    "shop.csv": "text/csv",
    "voice.ogg": "audio/ogg",
    "street.mp3": "audio/mpeg",
    "clip.mp4": "video/mp4",
}
"""Every sample's name, with its content type."""


def sample(name: str) -> File:
    """The sample called `name`, one of `SAMPLES`, as if somebody had attached it."""
    assert name in SAMPLES, f"no sample is called {name}"
    return File(name, files(__name__).joinpath(name).read_bytes(), SAMPLES[name])
