"""What the process logs of exceptions and warnings, whoever logs them: where they arose, never what they say."""

import ast
import asyncio
import gc
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import discord
import pytest

import bot.client
import bot.playground.world
import cogs.about
import cogs.messages
import cogs.server
from bot.logs import keep_discreet, uncaught_in_loop
from bot.replies.buttons import Guarded

SECRET = "Zanzibar-quokka"


def secret() -> str:
    """Not a word of it in the line of code that raises, which may be logged."""
    return SECRET


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """All that was logged and printed since."""
    caplog.set_level(logging.DEBUG)
    keep_discreet()

    def everything() -> str:
        printed = capfd.readouterr()
        return caplog.text + printed.out + printed.err

    return everything


def test_a_logged_exception(said: Callable[[], str]) -> None:
    try:
        try:
            raise KeyError(secret())
        except KeyError as error:
            raise ValueError(secret()) from error
    except ValueError:
        logging.getLogger("discord.client").exception("Ignoring exception in %s", "on_message")
    told = said()
    assert SECRET not in told
    assert "Ignoring exception in on_message\nbuiltins.ValueError" in told
    assert "caused by builtins.KeyError" in told
    assert "test_logs.py" in told


def test_a_line_that_cannot_be_put_together(said: Callable[[], str], capfd: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler()
    logging.getLogger("library").addHandler(handler)
    try:
        logging.getLogger("library").propagate = False
        logging.getLogger("library").warning("%d requests", SECRET)
    finally:
        logging.getLogger("library").removeHandler(handler)
    assert SECRET not in said()


@pytest.mark.parametrize("path", ["/webhooks/123/{token}", "/interactions/123/{token}/callback?with_response=1"])
def test_a_token_in_an_address(said: Callable[[], str], path: str) -> None:
    url = "https://discord.com/api/v10" + path.format(token="aW50ZXJhY3Rpb24.s-3_cret")
    line = "We are being rate limited. %s %s responded with 429. Retrying in %.2f seconds."
    logging.getLogger("discord.http").warning(line, "POST", url, 1.0)
    told = said()
    assert "s-3_cret" not in told
    assert f"POST https://discord.com/api/v10{path.format(token='…')} responded" in told


def test_uncaught_in_a_thread(said: Callable[[], str]) -> None:
    def broken() -> None:
        raise RuntimeError(secret())

    thread = threading.Thread(target=broken)
    thread.start()
    thread.join()
    told = said()
    assert SECRET not in told
    assert "builtins.RuntimeError" in told


def test_uncaught_where_an_object_goes(said: Callable[[], str]) -> None:
    class Broken:
        def __del__(self) -> None:
            raise RuntimeError(secret())

    Broken()
    gc.collect()
    told = said()
    assert SECRET not in told
    assert "builtins.RuntimeError" in told


def test_uncaught_at_all(said: Callable[[], str]) -> None:
    error = RuntimeError(SECRET)
    sys.excepthook(RuntimeError, error, None)
    told = said()
    assert SECRET not in told
    assert "builtins.RuntimeError" in told


def test_ctrl_c_is_no_defect(said: Callable[[], str]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert "defect" not in said()


def test_a_warning(said: Callable[[], str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        keep_discreet()
        warnings.warn(SECRET, UserWarning, stacklevel=1)
    told = said()
    assert SECRET not in told
    assert "UserWarning at " in told
    assert "test_logs.py" in told


async def test_a_task_that_nobody_waits_for(said: Callable[[], str]) -> None:
    async def broken() -> None:
        raise RuntimeError(secret())

    asyncio.get_running_loop().set_exception_handler(uncaught_in_loop)
    task = asyncio.create_task(broken(), name=SECRET)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()
    told = said()
    assert SECRET not in told
    assert "builtins.RuntimeError" in told


async def test_what_the_loop_says_without_an_exception(said: Callable[[], str]) -> None:
    uncaught_in_loop(asyncio.get_running_loop(), {"message": "Unclosed connection", "connection": SECRET})
    told = said()
    assert "Unclosed connection" in told
    assert SECRET not in told


LEVELS = {"debug", "info", "warning", "error", "critical", "log"}

ALLOWED = {
    # What SQLite or the driver says of the file: its disk is full, it is locked. Parameters are hidden, and sealed.
    ("bot/storage/database.py", "cause"),
}
"""Whole variables that are logged though they may be an exception."""


def modules() -> list[tuple[str, ast.Module]]:
    folders = [Path(str(package.__file__)).parent for package in (bot, cogs)]
    files = [(folder, file) for folder in folders for file in sorted(folder.rglob("*.py"))]
    return [(file.relative_to(folder.parent).as_posix(), ast.parse(file.read_text())) for folder, file in files]


def log_calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = ast.unparse(node.func.value)
            if of in {"log", "logger", "logging"} or of.startswith("logging.getLogger("):
                yield node.func.attr, node


def exceptions(tree: ast.Module) -> set[str]:
    """Every name that an exception has somewhere in the module."""
    caught = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    annotated = (node for node in ast.walk(tree) if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation)
    declared = {
        node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
        for node in annotated
        if any(word in ast.unparse(node.annotation or node) for word in ("Exception", "Error", "Refusal"))
    }
    return caught | declared | {"error", "exc", "exception", "cause", "failure", "found", "refusal"}


def quoted_in(argument: ast.expr, names: set[str]) -> str | None:
    """The exception that `argument` quotes, if any: itself, as text, or what it was made with."""
    match argument:
        case ast.Name(name) if name in names:
            return name
        case ast.Call(ast.Name("str" | "repr"), [ast.Name(name)]) if name in names:
            return name
        case ast.Attribute(ast.Name(name), "args" | "sentence" | "message" | "text") if name in names:
            return name
    return None


def test_no_line_of_ours_quotes_an_exception_or_an_input() -> None:
    seen, wrong = 0, []
    for path, tree in modules():
        names = exceptions(tree)
        for method, call in log_calls(tree):
            at = f"{path}:{call.lineno}"
            if method == "exception" or any(it.arg in {"exc_info", "stack_info"} for it in call.keywords):
                wrong.append(f"{at} logs a traceback with the exception's text: record_defect logs its place")
            if method not in LEVELS:
                continue
            seen += 1
            if not isinstance(call.args[0], ast.Constant):
                wrong.append(f"{at} puts its line together before it is logged: only a constant can be checked")
            quoted = {quoted_in(argument, names) for argument in call.args[1:]} - {None}
            wrong += [f"{at} quotes {name}" for name in quoted if (path, name) not in ALLOWED]
    assert seen > 30, "it looks at what is there"
    assert wrong == []


def test_ours_neither_print_nor_warn() -> None:
    """Whatever isn't the command line, whose words are for the one who types there."""
    for path, tree in modules():
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        said = calls & {"print", "warnings.warn", "traceback.print_exc", "sys.stderr.write", "sys.stdout.write"}
        assert not said or path in {"bot/cli.py", "bot/asking.py"}, path


def subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    each: type[Any]
    for each in cls.__subclasses__():
        yield each
        yield from subclasses(each)


def of_ours(cls: type[Any]) -> list[type[Any]]:
    return [each for each in subclasses(cls) if each.__module__.startswith(("bot.", "cogs."))]


def test_every_button_and_select_tells_of_its_defects_itself() -> None:
    """discord.py logs the text of an exception that leaves the callback of a dynamic item, and has no hook for it."""
    items = of_ours(discord.ui.DynamicItem)
    assert len(items) > 25
    for item in items:
        assert issubclass(item, Guarded), f"{item} derives from bot.replies.buttons.Guarded"
        assert item.callback is Guarded.callback, f"what {item} does stands in `pressed`"


@pytest.mark.parametrize("kind", [discord.ui.Modal, discord.ui.View, discord.ui.LayoutView])
def test_every_modal_and_view_tells_of_its_defects_itself(kind: type[Any]) -> None:
    for each in of_ours(kind):
        assert each.on_error is not kind.on_error, f"{each} needs an on_error that goes through the tree's"
