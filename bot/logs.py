"""The log: what happened where, and never a word of what anybody wrote, nor a key to reach them by.

Our own lines are written with that in mind, and a test reads them all. What is here is for everybody else's: libraries
log whole exceptions, Python prints them where nobody catches them, and those quote what was being worked on.
"""

import asyncio
import logging
import re
import sys
import threading
import warnings
from types import TracebackType
from typing import Any

from bot.errors import record_defect, where

log = logging.getLogger(__name__)

_TOKEN = re.compile(r"(/(?:interactions|webhooks)/\d+/)[^/?\s]+")
"""As it stands in addresses of Discord's, which discord.py logs where it is told to slow down."""


def log_to_terminal() -> None:
    """What `run` and the playground log, and how."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
    )
    for chatty in ("alembic", "discord", "httpx2", "huggingface_hub", "matplotlib"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # At every start they warn of voice libraries and intents that this bot does without.
    for wrong in ("discord.client", "discord.state"):
        logging.getLogger(wrong).setLevel(logging.ERROR)
    keep_discreet()


def keep_discreet() -> None:
    """From now on this process tells of exceptions and warnings where they arose, not what they say."""
    logging.setLogRecordFactory(_discreet)
    # Else a line that can't be put together is printed with all that it was given.
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _uncaught_in_passing
    warnings.showwarning = _warned  # type: ignore[assignment]  # always called by position


def uncaught_in_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """For `loop.set_exception_handler`: asyncio's own prints the exception, and the task that nobody waited for."""
    error = context.get("exception")
    if error is None:
        log.error("the event loop says: %s", context["message"])
    else:
        record_defect(error)


def _discreet(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    if isinstance(record.args, tuple):
        record.args = tuple(_TOKEN.sub(r"\1…", it) if isinstance(it, str) else it for it in record.args)
    if record.exc_info and record.exc_info[1] is not None:
        record.msg = f"{record.getMessage()}\n{where(record.exc_info[1])}"
        record.args, record.exc_info = (), None
    return record


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        record_defect(error)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        record_defect(args.exc_value)


def _uncaught_in_passing(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_value is not None:
        record_defect(args.exc_value)


def _warned(_message: object, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
    log.debug("%s at %s:%d", category.__name__, filename, lineno)
