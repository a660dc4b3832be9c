"""The supervisor: starts the bot again where only a new process helps: it hung, or it died."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Sequence

from bot.errors import HostError

log = logging.getLogger(__name__)

SUPERVISOR = "PIPELINE_BOT_SUPERVISOR"
"""The environment variable that tells a process it is supervised, and by which process."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a new start. Each pause is twice the last."""

GOOD_LIFE = 600.0
"""Seconds. Who lived for so long had no reason to end from the start on: the pauses begin anew."""


def supervise(command: Sequence[str]) -> int:
    """Run `command`, again each time it asks for that or dies, and return the status it ended with at last.

    SIGINT and SIGTERM are passed on to it; after one of them it is not started again.
    """
    child: subprocess.Popen[bytes] | None = None
    told_to_stop = False

    def pass_on(number: int, _frame: object) -> None:
        nonlocal told_to_stop
        told_to_stop = True
        if child is not None:
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    pause = FIRST_PAUSE
    while True:
        began = time.monotonic()
        # In a process group of its own, or a terminal's Ctrl+C would reach it twice: from there and from here.
        child = subprocess.Popen(  # noqa: S603
            command, env={**os.environ, SUPERVISOR: str(os.getpid())}, process_group=0
        )
        if told_to_stop:
            # Perhaps while there was no child yet to pass it on to.
            child.terminate()
        status = child.wait()
        # Below zero is the signal that killed it: a library that crashed, or the system that ran out of memory.
        if told_to_stop or (status != HostError.TEMPORARY and status >= 0):
            return status if status >= 0 else 128 - status
        if time.monotonic() - began >= GOOD_LIFE:
            pause = FIRST_PAUSE
        why = f"was killed by signal {-status}" if status < 0 else f"asked for a new process (status {status})"
        log.warning("the bot %s: starting it again in %g s", why, pause)
        end = time.monotonic() + pause
        while time.monotonic() < end:
            if told_to_stop:
                return 0
            time.sleep(0.1)
        pause = min(2 * pause, LONGEST_PAUSE)


def is_supervised() -> bool:
    return SUPERVISOR in os.environ


def is_orphan() -> bool:
    """Whether this process was supervised, and its supervisor is gone."""
    return is_supervised() and os.environ[SUPERVISOR] != str(os.getppid())
