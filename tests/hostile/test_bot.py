"""The corpus through the whole bot: attached to commands, by one member, all at once.

In a process of its own, which hasn't done anything else before, because its memory is measured from rest.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import simcord

from bot.request import File
from bot.tasks import ASK_DOCUMENT, ASK_TABLE, RECOGNIZE_AUDIO, RECOGNIZE_IMAGE, RECOGNIZE_VIDEO, Kind
from bot.worker.memory import give_back
from tests.conftest import Simulation, shown, until
from tests.hostile.corpus import CORPUS

TASKS = {
    Kind.IMAGE: RECOGNIZE_IMAGE,
    Kind.AUDIO: RECOGNIZE_AUDIO,
    Kind.VIDEO: RECOGNIZE_VIDEO,
    Kind.TABLE: ASK_TABLE,
    Kind.DOCUMENT: ASK_DOCUMENT,
}


class Peak:
    bytes = 0


@contextmanager
def watched() -> Iterator[Peak]:
    """The most memory that this process and its children take, above what they take now."""
    peak, over = Peak(), threading.Event()
    process = psutil.Process()

    def taken() -> int:
        total = process.memory_info().rss
        for child in process.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                # One that was forked a moment ago still has all of its parent's memory, which it shares.
                if child.cmdline() != process.cmdline():
                    total += child.memory_info().rss
        return total

    rest = taken()

    def watch() -> None:
        while not over.wait(0.02):
            peak.bytes = max(peak.bytes, taken() - rest)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


async def ask(simulation: Simulation, kind: Kind, name: str, data: bytes) -> simcord.InteractionResult:
    task = TASKS[kind]
    options = {"question": "What does it say?"} if "question" in task.takes else {}
    (media,) = task.media
    return await simulation.ann.slash(simulation.channel, task.command, **{media: (name, data)}, **options)


def over(result: simcord.InteractionResult) -> bool:
    return "Cancel" not in shown(result) and "###" in shown(result)


def test_each_gets_one_sentence_and_the_bot_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    alone = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(
        [*alone, "-o", f"python_functions={attach_all.__name__}"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    with capsys.disabled():
        print("\n" + next(line for line in done.stdout.splitlines() if "above rest" in line))  # noqa: T201


async def attach_all(simulation: Simulation) -> None:
    """Collected in the process of its own."""
    given = [(hostile, hostile.kinds[0], hostile.data) for hostile in CORPUS]
    for task in TASKS.values():
        files = {name: (file.name, file.data) for name, file in task.example(0).items() if isinstance(file, File)}
        texts = {name: text for name, text in task.example(0).items() if name not in files}
        await simulation.answered(await simulation.ann.slash(simulation.channel, task.command, **files, **texts))
    give_back("cpu")
    with watched() as peak:
        results = [(hostile, await ask(simulation, kind, hostile.name, data)) for hostile, kind, data in given]
        await until(lambda: all(over(result) for _, result in results), 120)
    print(f"\nthe bot takes {peak.bytes / 1e6:.0f} MB above rest for {len(results)} hostile files")  # noqa: T201
    assert peak.bytes < 2**30
    for hostile, result in results:
        card = shown(result)
        assert "Something broke" not in card, hostile.name
        assert "root:" not in card
        if hostile.refused:
            assert " on cpu" not in card, hostile.name
            assert len(card.splitlines()) == 2, "a heading and a sentence"
    assert " on cpu" in await simulation.answered(await simulation.sentiment("still there?"))
