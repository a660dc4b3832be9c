"""What goes wrong, by who can do something about it: the member, the host, or us."""

import logging
import secrets
import traceback

log = logging.getLogger(__name__)


class Refusal(Exception):
    """Something the member can act on. Its text is the sentence they read, so it is written for them.

    `hint`: what else they are told, in Discord's markdown, and so without a word of theirs.
    """

    def __init__(self, sentence: str, *, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint

    @property
    def sentence(self) -> str:
        return str(self)


class Cancelled(Refusal):
    """The member stopped it."""

    def __init__(self) -> None:
        super().__init__("Cancelled.")


class Interrupted(Refusal):
    """This process ends before the request is done; another one goes on with it."""

    def __init__(self) -> None:
        super().__init__("I am being restarted before this was done. It isn't lost: I go on with it when I am back.")


class ModelUnreachable(Refusal):
    """The model's files are neither on this machine nor to be had from the Hub right now."""


class HostError(Exception):
    """Something only the host can put right, told in one line on the terminal.

    `code` is the exit status, from sysexits.h: UNAVAILABLE where a service can't be reached, CONFIG where a setting is
    wrong, TEMPORARY where starting the process again is the remedy.
    """

    UNAVAILABLE = 69
    TEMPORARY = 75
    CONFIG = 78

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


def record_defect(error: BaseException) -> str:
    """Log where `error` arose and return the short id to show the member."""
    defect = secrets.token_hex(2)
    log.error("defect %s: %s", defect, where(error))
    return defect


def where(error: BaseException) -> str:
    """Types and frames of `error` and its causes, without their own texts: they may quote what a member wrote."""
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        frames = "".join(traceback.format_tb(cause.__traceback__)).rstrip()
        chain.append(f"{type(cause).__module__}.{type(cause).__qualname__}\n{frames}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\ncaused by ".join(chain)
