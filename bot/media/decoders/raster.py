"""Pictures as plain bytes, between processes: nothing in them needs decoding."""

import struct
from typing import Any

import numpy as np

_SIZE = struct.Struct(">II")

Raster = np.ndarray[Any, np.dtype[np.uint8]]
"""[height, width, 3]: red, green, blue."""


def pack(raster: Raster) -> bytes:
    return _SIZE.pack(*raster.shape[:2]) + raster.tobytes()


def unpack(packed: bytes) -> Raster:
    """A raster in memory of its own, which may be written to."""
    height, width = _SIZE.unpack_from(packed)
    return np.frombuffer(packed, np.uint8, offset=_SIZE.size).reshape(height, width, 3).copy()
