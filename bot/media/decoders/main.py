"""The process of its own. What it is to do comes in on standard input, and the answer goes out as messages.

Run as a program, with nothing but the bytes of memory it may have, so it finds the project by its own place.
"""

import importlib
import pickle
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

HEADER = struct.Struct(">cI")
"""Before each message: what it is, and how many bytes it has."""

DATA, REFUSED, DONE = b"d", b"r", b"e"
"""Kinds of message: a part of the answer, a sentence for the member, and the end, without which it is no answer."""

Job = tuple[str, str, tuple[object, ...]]
"""A decoder, one of its functions, and its arguments."""


def bound(memory: int) -> None:
    """From here on, more than `memory` bytes of address space are refused, and so is writing files."""
    try:
        import resource
    except ImportError:
        # Windows has no such limits.
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # A crash is no news, and a core file would hold what a member sent.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def messages(job: Job) -> Iterator[tuple[bytes, bytes]]:
    """Do `job`."""
    from bot.errors import Refusal

    decoder, function, arguments = job
    module = importlib.import_module(f"bot.media.decoders.{decoder}")
    try:
        for part in getattr(module, function)(*arguments):
            yield DATA, part
    except Refusal as refusal:
        yield REFUSED, refusal.sentence.encode()
    else:
        yield DONE, b""


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[3]))
    bound(int(sys.argv[1]))
    # From the bot itself, not from a member.
    job = pickle.load(sys.stdin.buffer)  # noqa: S301
    out = sys.stdout.buffer
    for kind, content in messages(job):
        out.write(HEADER.pack(kind, len(content)))
        out.write(content)


if __name__ == "__main__":
    main()
