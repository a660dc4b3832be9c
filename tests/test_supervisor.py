"""The supervisor, with real processes: small scripts in the bot's place."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.errors import HostError
from bot.supervisor import is_orphan, is_supervised

SUPERVISE = """
import logging, sys
from bot import supervisor
logging.basicConfig(format="%(message)s")
supervisor.FIRST_PAUSE, supervisor.LONGEST_PAUSE, supervisor.GOOD_LIFE = map(float, sys.argv[1:4])
sys.exit(supervisor.supervise([sys.executable, "-c", sys.argv[4]]))
"""

LIVES = """
import os, signal, sys, time
from pathlib import Path
def note(what):
    with open("notes", "a") as notes:
        notes.write(what + " ")
note("began")
lives = Path("notes").read_text().count("began")
"""
"""What each script begins with: it notes its start, and knows how many there were."""

STOPS = """
told = []
def stop(number, frame):
    note(signal.Signals(number).name)
    told.append(number)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, stop)
note("ready")
end = time.monotonic() + 20
while not told and time.monotonic() < end:
    time.sleep(0.01)
time.sleep(0.3)  # for a second signal, which should not come
"""
"""Waits to be told to stop, and notes each time."""

STOPPING = [signal.SIGINT, signal.SIGTERM]

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the supervisor of a script, in a process group of its own as in a terminal."""
    started: list[subprocess.Popen[str]] = []

    def start(
        script: str, *, pauses: tuple[float, float] = (0.01, 0.04), good_life: float = 60.0
    ) -> "subprocess.Popen[str]":
        numbers = map(str, (*pauses, good_life))
        command = [sys.executable, "-c", SUPERVISE, *numbers, LIVES + script]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, process_group=0)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """The status it ends with, and what it said on the terminal."""
    _, said = process.communicate(timeout=20)
    return process.returncode, said


def notes() -> str:
    path = Path("notes")
    return path.read_text().strip() if path.exists() else ""


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("status", [0, 1, 69, 78])
def test_a_status_is_passed_on(start: Start, status: int) -> None:
    assert ended(start(f"sys.exit({status})")) == (status, "")
    assert notes() == "began"


def test_started_again_on_temporary_and_only_then(start: Start) -> None:
    status, said = ended(start(f"sys.exit({HostError.TEMPORARY} if lives < 3 else 1)"))
    assert status == 1
    assert notes() == "began began began"
    assert said.splitlines() == [
        "the bot asked for a new process (status 75): starting it again in 0.01 s",
        "the bot asked for a new process (status 75): starting it again in 0.02 s",
    ]


def test_pauses_double_up_to_the_longest_and_begin_anew_after_a_good_life(start: Start) -> None:
    script = "if lives == 5: time.sleep(2)\nsys.exit(75 if lives < 7 else 0)"
    status, said = ended(start(script, good_life=2.0))
    assert status == 0
    assert re.findall(r"in (\S+) s", said) == ["0.01", "0.02", "0.04", "0.04", "0.01", "0.02"]


@pytest.mark.parametrize("number", STOPPING, ids=lambda number: number.name)
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["alone", "as a terminal does"])
def test_told_to_stop_it_passes_that_on_once_and_waits(
    start: Start, number: signal.Signals, send: Callable[[int, int], None]
) -> None:
    supervisor = start(STOPS + "sys.exit(4)")
    until(lambda: "ready" in notes())
    send(supervisor.pid, number)
    assert ended(supervisor) == (4, "")
    assert notes() == f"began ready {number.name}"


def test_told_to_stop_it_starts_nothing_again(start: Start) -> None:
    supervisor = start(STOPS + "sys.exit(75)")
    until(lambda: "ready" in notes())
    supervisor.terminate()
    assert ended(supervisor) == (75, "")
    assert "began" not in notes().partition("ready")[2]


@pytest.mark.parametrize("number", STOPPING, ids=lambda number: number.name)
def test_told_to_stop_in_a_pause_it_ends_at_once(start: Start, number: signal.Signals) -> None:
    supervisor = start("sys.exit(75)", pauses=(60, 60))
    assert supervisor.stderr is not None
    assert supervisor.stderr.readline().endswith("starting it again in 60 s\n")
    supervisor.send_signal(number)
    assert supervisor.wait(5) == 0
    assert notes() == "began"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV], ids=lambda number: number.name)
def test_killed_it_is_started_again(start: Start, number: signal.Signals) -> None:
    status, said = ended(start(f"if lives < 2: os.kill(os.getpid(), {int(number)})\nsys.exit(0)"))
    assert status == 0
    assert said == f"the bot was killed by signal {int(number)}: starting it again in 0.01 s\n"
    assert notes() == "began began"


def test_killed_after_it_was_told_to_stop_it_ends_as_a_shell_would_say(start: Start) -> None:
    supervisor = start(STOPS + "os.kill(os.getpid(), signal.SIGKILL)")
    until(lambda: "ready" in notes())
    supervisor.terminate()
    assert ended(supervisor) == (128 + signal.SIGKILL, "")
    assert "began" not in notes().partition("ready")[2]


def test_who_loses_the_supervisor_can_tell(start: Start) -> None:
    supervisor = start("""
from bot.supervisor import is_orphan, is_supervised
assert is_supervised() and not is_orphan()
note("ready")
while not is_orphan():
    time.sleep(0.01)
note("orphaned")
""")
    until(lambda: "ready" in notes())
    supervisor.kill()
    until(lambda: "orphaned" in notes())


def test_who_has_no_supervisor_is_no_orphan() -> None:
    assert not is_supervised()
    assert not is_orphan()
