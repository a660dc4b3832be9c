"""How much of an attachment is decoded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one attachment may have at most. The defaults are those of `Settings`.

    Attributes:
        bytes: of the file.
        pixels: of a picture, of a page, or of a frame of a video.
        seconds: of a recording or a video.
        frames: how many of a video are looked at.
    """

    bytes: int = 25_000_000
    pixels: int = 50_000_000
    seconds: float = 1800.0
    frames: int = 32


NO_LIMITS = Limits(bytes=2**62, pixels=2**62, seconds=float("inf"))
"""For what was accepted before."""
