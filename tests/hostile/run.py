"""Gives every hostile file as everything it could be given as, and prints what came of it, as JSON.

A program of its own: what would bring the process down shows, and its memory is measured from rest.
"""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import numpy as np
import psutil

from bot.errors import Refusal
from bot.media.audio import check_audio, read_audio
from bot.media.document import check_document, read_document
from bot.media.image import WORKING_SIDE, check_image, read_image
from bot.media.limits import Limits
from bot.media.table import check_table, read_table
from bot.media.video import FRAME_SIDE, check_video, read_video
from bot.request import File
from bot.tasks import Kind
from tests.hostile.corpus import CORPUS, MEDIA

LIMITS = Limits()

CHECKS: dict[Kind, Callable[[File, Limits], None]] = {
    Kind.IMAGE: check_image,
    Kind.AUDIO: check_audio,
    Kind.VIDEO: check_video,
    Kind.TABLE: check_table,
    Kind.DOCUMENT: check_document,
}


def answered(kind: Kind, file: File) -> bool:
    """Read `file`; whether what came is what a pipeline takes."""
    match kind:
        case Kind.AUDIO:
            sound = read_audio(file, LIMITS, 16_000)
            return sound.dtype == np.float32 and sound.ndim == 1 and len(sound) > 0 and bool(np.abs(sound).max() <= 1)
        case Kind.VIDEO:
            frames = read_video(file, LIMITS)
            return 0 < len(frames) <= LIMITS.frames and all(max(frame.shape) <= FRAME_SIDE for frame in frames)
        case Kind.TABLE:
            table = read_table(file, LIMITS)
            return table.size > 0 and all(type(cell) is str for cell in table.to_numpy().ravel())
        case _:
            pages = [read_image(file, LIMITS)] if kind is Kind.IMAGE else read_document(file, LIMITS)
            return bool(pages) and all(page.mode == "RGB" and max(page.size) <= WORKING_SIDE for page in pages)


def outcome(kind: Kind, file: File) -> dict[str, Any]:
    began = time.monotonic()
    try:
        CHECKS[kind](file, LIMITS)
        return {"answered": answered(kind, file), "seconds": time.monotonic() - began}
    except Refusal as refusal:
        return {"refused": refusal.sentence, "seconds": time.monotonic() - began}
    except BaseException as error:  # noqa: BLE001 - that there is none is what is looked for
        return {"defect": repr(error)}


class Peak:
    """How much memory this process and its children have together, at most, above what it has at rest."""

    def __init__(self) -> None:
        self.process = psutil.Process()
        self.rest = self.process.memory_info().rss
        self.bytes = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            total = self.process.memory_info().rss - self.rest
            for child in self.process.children(recursive=True):
                with suppress(psutil.Error):
                    # Until it runs its own program, a child's memory is this process's own.
                    if time.time() - child.create_time() > 0.05:
                        total += child.memory_info().rss
            self.bytes = max(self.bytes, total)
            time.sleep(0.02)


def main() -> None:
    files = [hostile.file for hostile in CORPUS]
    peak = Peak()
    # Two at a time, as members would send them.
    with ThreadPoolExecutor(2) as pool:
        outcomes = [*pool.map(lambda file: {kind.name: outcome(kind, file) for kind in MEDIA}, files)]
    by_name = {file.name: {"bytes": len(file.data), **one} for file, one in zip(files, outcomes, strict=True)}
    print(json.dumps({"peak": peak.bytes, "outcomes": by_name}))  # noqa: T201


if __name__ == "__main__":
    main()
