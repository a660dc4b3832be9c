"""Decoding in a process of its own, whose memory and time are bounded, and which may crash."""

import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from bot.errors import Refusal
from bot.media.decoders import main
from bot.media.files import broken, called
from bot.request import File

log = logging.getLogger(__name__)

SECONDS = 30.0
"""That decoding a file may take; half an hour of sound takes some five."""

_ENVIRONMENT = {
    # Each thread that numpy's algebra would start takes address space, of which there isn't much.
    "OPENBLAS_NUM_THREADS": "1",
    **{name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ},
}
"""What those processes see of ours: not the token."""

large = threading.Lock()
"""Held while something is decoded that may take hundreds of megabytes: one at a time, be it here or apart."""

_sounds = threading.BoundedSemaphore(2)
"""Sound takes little, and is not to wait for a video."""

_MEMORY, _MEMORY_FOR_SOUND = 700_000_000, 400_000_000
"""Bytes of address space; the interpreter and the libraries take 200 million of them."""


def apart(decoder: str, function: str, file: File, *arguments: object) -> Iterator[bytes]:
    """What `function` of `bot.media.decoders.<decoder>` yields for `file` and `arguments`, which are plain data.

    Refusal where it says so, takes longer than SECONDS, or doesn't come to its end.
    """
    sounds = decoder == "audio"
    with _sounds if sounds else large, _started(_MEMORY_FOR_SOUND if sounds else _MEMORY) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        timer, end = threading.Timer(SECONDS, process.kill), time.monotonic() + SECONDS
        timer.start()
        try:
            # It reads all before it writes, so neither waits for the other. Where it is gone, its answer ends early.
            with suppress(OSError):
                pickle.dump((decoder, function, (file, *arguments)), process.stdin)
                process.stdin.close()
            yield from _answer(process.stdout)
        except EOFError as error:
            if time.monotonic() >= end:
                raise Refusal(f"{called(file)} takes me too long to read. Try a smaller part of it.") from error
            log.warning("a process that was to %s with %s ended with status %s", function, decoder, process.wait())
            raise broken(file) from error
        finally:
            timer.cancel()
            process.kill()


def _started(memory: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", main.__file__, str(memory)],
        env=_ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _answer(out: IO[bytes]) -> Iterator[bytes]:
    """The parts of an answer. EOFError where it ends without its end."""
    while True:
        kind, length = main.HEADER.unpack(_exactly(out, main.HEADER.size))
        content = _exactly(out, length)
        if kind == main.DONE:
            return
        if kind == main.REFUSED:
            raise Refusal(content.decode())
        yield content


def _exactly(out: IO[bytes], length: int) -> bytes:
    content = out.read(length)
    if len(content) < length:
        raise EOFError
    return content
