"""Addresses and paths that members write: of every task, nothing is fetched and nothing on this machine is read."""

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.request import Request
from bot.samples import sample
from bot.tasks import TASKS, Kind, Task
from bot.worker.door import Done, Failed
from bot.worker.thread import ThreadWorker
from tests.direct import example


class Trap:
    """A server that nobody has a reason to ask. `asked` are the paths of those who did."""

    def __init__(self) -> None:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(sample("street.jpg").data)

            do_HEAD = do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.asked = asked
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    thread = threading.Thread(target=trap.server.serve_forever)
    thread.start()
    yield trap
    trap.server.shutdown()
    thread.join()
    trap.server.server_close()


def request(task: Task, written: str) -> Request:
    """An example of `task`, with `written` wherever its member may write freely."""
    values = example(task)
    for name, kind in task.takes.items():
        if kind in {Kind.TEXT, Kind.LONG_TEXT}:
            values[name] = f"{written} ___" if task.name == "fill-mask" else written
    if "labels" in values:
        values["labels"] = f"{written}, other"
    return task.request(values)


_opened: list[str] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        _opened.append(str(arguments[0]))


@pytest.fixture(scope="module")
def opened() -> list[str]:
    """Every path that this process opens from now on."""
    sys.addaudithook(_note)
    return _opened


WRITTEN = [
    task for task in TASKS if {Kind.TEXT, Kind.LONG_TEXT} & {*task.takes.values()} or "labels" in task.parameters()
]
"""Tasks with something to write; of the others, a test of their files is in the corpus."""


@pytest.mark.parametrize("task", WRITTEN, ids=lambda task: task.command)
async def test_nothing_is_fetched_and_nothing_is_read(
    worker: ThreadWorker, task: Task, trap: Trap, opened: list[str], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(sample("street.jpg").data)
    opened.clear()
    for written in (f"{trap.url}/secret.png", str(secret)):
        ends = [event async for event in worker.submit(request(task, written)) if isinstance(event, Done | Failed)]
        assert len(ends) == 1
    assert trap.asked == []
    assert [path for path in opened if "secret" in path] == []
