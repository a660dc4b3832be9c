"""Host: the bot as a process of its own, pointed at a loopback Discord."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from bot.supervisor import SUPERVISOR
from tests import models
from tests.wire import LoopbackDiscord

ROOT = Path(__file__).parents[2]

UNLIMITED: dict[str, Any] = {
    f"{whose}_{measure}": 0
    for whose in ("member", "server")
    for measure in ("at_once", "a_minute", "a_day", "seconds_a_day")
}
"""Settings that let members ask as fast as they can: what is left is the bot's own queue."""

_POINTED = """
import discord, yarl
discord.http.Route.BASE = "http://127.0.0.1:{port}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL("{gateway}")
from tests.chaos import poison
from pathlib import Path
poison.lay(Path("{poison}"))
"""
"""What Python runs first, as sitecustomize."""

START = 120.0
"""Seconds that a start may take, on a slow machine that is busy with other things too."""


KEPT_ALIVE = 32.0
"""Seconds. Every 15 seconds aiohttp closes the connections that nobody used for as long."""


class Usage(NamedTuple):
    """What the bot's process takes."""

    rss: int
    threads: int
    files: int


class Host:
    """Starts the bot, ends it in good and in bad ways, and reads its log.

    Attributes:
        data: its DATA_DIR.
        poison: while there is a file, a forward pass kills the process.
        log: every line that it has said on the terminal.
        supervised: whether its supervisor is in between.
        starts: how often it was started; `statuses` has what each ended with.
        ended: when it ended, each time, by `time.monotonic`.
    """

    def __init__(self, discord: LoopbackDiscord, folder: Path, *, supervised: bool = False, grace: float = 3.0) -> None:
        self.data = folder / "data"
        self.poison = folder / "poison"
        self.log: list[str] = []
        self.starts = 0
        self.statuses: list[int] = []
        self.ended: list[float] = []
        self._discord = discord
        self.supervised = supervised
        model = folder / "model"
        models.sentiment(model)
        pointed = folder / "pointed"
        pointed.mkdir()
        said = _POINTED.format(port=discord.port, gateway=discord.gateway, poison=self.poison)
        (pointed / "sitecustomize.py").write_text(said)
        self._folder = folder
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != SUPERVISOR},
            "PYTHONPATH": os.pathsep.join([str(pointed), str(ROOT)]),
            "DISCORD_TOKEN": discord.token,
            "DATA_DIR": str(self.data),
            "TASK_MODELS": f'{{"text-classification": "{model}"}}',
            "SHUTDOWN_GRACE": str(grace),
            "DEVICE": "cpu",
            "DTYPE": "float32",
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            **{name.upper(): str(value) for name, value in UNLIMITED.items()},
        }
        if not supervised:
            self._environment[SUPERVISOR] = str(os.getpid())

    def start(self) -> None:
        """Start it, and wait until it is connected."""
        self.launch()
        self.wait_connected()

    def launch(self) -> None:
        """Start it."""
        self.starts += 1
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()

    def wait_connected(self) -> None:
        until(lambda: self._discord.connected or self._process.poll() is not None, START, "no connection")
        if self._process.poll() is not None:
            raise RuntimeError(f"the bot ended at its start: {self.log[-5:]}")

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line)

    @property
    def bot(self) -> psutil.Process:
        """The process of the bot, not that of its supervisor."""
        process = psutil.Process(self._process.pid)
        if not self.supervised:
            return process
        (child,) = (each for each in process.children() if "run" in each.cmdline())
        return child

    def count_log(self, said: str) -> int:
        """How many lines of the log say so."""
        return sum(said in line for line in tuple(self.log))

    def kill(self) -> None:
        """kill -9. Where it is supervised it is started again, and this waits until it is connected."""
        self.bot.kill()
        self.ended.append(time.monotonic())
        until(lambda: not self._discord.connected, 10.0, "still connected")
        if self.supervised:
            self.starts += 1
            self.wait_connected()
        else:
            self.statuses.append(self._process.wait(10))

    def stop(self) -> int:
        """SIGTERM, and the status that it ends with."""
        self._process.send_signal(signal.SIGTERM)
        self.statuses.append(self._process.wait(START))
        self.ended.append(time.monotonic())
        return self.statuses[-1]

    def close(self) -> None:
        """End whatever is left of it."""
        if self.starts:
            for process in [*psutil.Process().children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self._process.wait(10)

    def usage(self) -> Usage:
        process = self.bot
        rss = process.memory_info().rss
        for child in process.children(recursive=True):
            with suppress(psutil.Error):
                rss += child.memory_info().rss
        return Usage(rss, process.num_threads(), process.num_fds())

    def usage_at_rest(self) -> Usage:
        """What it takes once it has closed the connections that it keeps for a while."""
        time.sleep(KEPT_ALIVE)
        return self.usage()


def until(condition: Callable[[], bool], seconds: float, objection: str) -> None:
    """Wait until `condition` holds. TimeoutError with `objection` if it doesn't in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(objection)
        time.sleep(0.02)
