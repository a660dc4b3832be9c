"""Nothing that anybody wrote, nor a token to reach them by, is logged, printed or counted, whatever command it is.

What is asked is marked where members write something, whatever becomes of it: an answer, a refusal, a defect.
"""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from discord import AppCommandOptionType
from discord.app_commands import Command

from bot.logs import log_to_terminal
from bot.replies import buttons
from bot.request import File
from bot.tasks import GROUPS, TASKS, Kind, Task, find
from bot.worker.stages import Stages
from tests.conftest import Simulation, shown, until
from tests.direct import example

MARK = "Zanzibar-quokka"
DEFECT = "Something broke on my side (id "
_TEXTS = {Kind.TEXT, Kind.LONG_TEXT}


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """All that was logged, as the host sees it and every line of our own beside, and all that was printed."""
    log_to_terminal()
    caplog.set_level(logging.INFO)
    for ours in ("bot", "cogs"):
        caplog.set_level(logging.DEBUG, logger=ours)

    def everything() -> str:
        printed = capfd.readouterr()
        return caplog.text + printed.out + printed.err

    return everything


@asynccontextmanager
async def nothing_leaks(simulation: Simulation, said: Callable[[], str]) -> AsyncIterator[None]:
    """What happens within leaves no mark: not in the log, not in `/stats`."""
    logging.getLogger("bot.tests").debug("this is heard")
    yield
    gc.collect()  # a task that failed says so when it goes
    await asyncio.sleep(0)
    stats = await simulation.ann.slash(simulation.channel, "stats")
    await until(lambda: "How busy I am" in shown(stats))
    assert stats.response is not None
    told = said()
    assert "this is heard" in told
    tokens = list(simulation.env.backend.interaction_tokens)
    assert tokens
    for secret in (MARK, MARK.lower(), *tokens):
        assert secret not in told
        assert secret not in str(stats.response.components)
    simulation.env._errors.clear()  # what broke was meant to


def marked(task: Task) -> dict[str, Any]:
    """An example of `task` with a mark in each text and each file's name, as a member hands it over."""
    texts = {"instruction", "labels", "options", "what", *(it for it, kind in task.takes.items() if kind in _TEXTS)}
    values: dict[str, Any] = {}
    for name, value in example(task).items():
        if isinstance(value, File):
            values[name] = f"{MARK}{Path(value.name).suffix}", value.data
        else:
            values[name] = f"{value}, {MARK}" if name in texts else value
    assert MARK in str(values)
    return values


def command_of(simulation: Simulation, task: Task) -> Command[Any, ..., Any]:
    commands = simulation.bot.tree.walk_commands()
    return next(it for it in commands if isinstance(it, Command) and it.qualified_name == task.command)


async def ask(simulation: Simulation, task: Task, **values: Any) -> simcord.InteractionResult:
    return await simulation.ann.slash(simulation.channel, task.command, **values)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.usefixtures("hub")
async def test_of_no_command(simulation: Simulation, said: Callable[[], str], group: str) -> None:
    async with nothing_leaks(simulation, said):
        for task in GROUPS[group]:
            answered = await ask(simulation, task, **marked(task))
            await until(lambda result=answered: " on cpu" in shown(result), 60)  # type: ignore[misc]
            for result in [
                await ask(simulation, task, **marked(task), model=MARK),
                await ask(simulation, task, **marked(task), model=f"{MARK}/{MARK}"),
                *[await ask(simulation, task, **marked(task) | bad) for bad in badly(simulation, task)],
            ]:
                await until(lambda result=result: over(result), 60)  # type: ignore[misc]
            for parameter in command_of(simulation, task).parameters:
                if parameter.autocomplete:
                    name = parameter.display_name
                    await simulation.ann.autocomplete(simulation.channel, task.command, name, MARK)


def badly(simulation: Simulation, task: Task) -> Iterator[dict[str, Any]]:
    """What members may hand over instead: files that are none, and words where a language or a number belongs."""
    for parameter in command_of(simulation, task).parameters:
        name = parameter.display_name
        if parameter.type is AppCommandOptionType.attachment:
            yield {name: (f"{MARK}.png", MARK.encode() * 9)}
            yield {name: (f"{MARK}.mp3", MARK.encode() * 9)}
        elif parameter.type is AppCommandOptionType.string and not parameter.choices and name != "model":
            yield {name: MARK}


def over(result: simcord.InteractionResult) -> bool:
    card = shown(result)
    return bool(card) and "Cancel" not in card


@contextmanager
def breaking(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> Iterator[None]:
    """`where.name` raises an exception that quotes what was written, and one that caused it."""

    def broken(*_: Any, **__: Any) -> Any:
        try:
            raise KeyError(MARK)
        except KeyError as error:
            raise RuntimeError(f"{MARK} can't be read") from error

    with monkeypatch.context() as patched:
        patched.setattr(where, name, broken)
        yield


async def test_of_no_defect(simulation: Simulation, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    bot, ann, channel = simulation.bot, simulation.ann, simulation.channel
    places = [(bot.storage.journal, "add"), (bot.worker._worker, "submit"), (Stages, "_plan"), (bot, "answer")]  # type: ignore[attr-defined]
    async with nothing_leaks(simulation, said):
        for where, name in places:
            with breaking(monkeypatch, where, name):
                result = await simulation.sentiment(MARK)
                await until(lambda result=result: DEFECT in shown(result))  # type: ignore[misc]
        answer = await simulation.sentiment(MARK, private=True)
        await simulation.answered(answer)
        assert answer.response is not None
        for label, where, name in (
            ("Again", bot, "repeat"),
            ("Show me the code", buttons, "code_for"),
            ("Share", buttons, "show_answer"),
        ):
            with breaking(monkeypatch, where, name):
                assert DEFECT in shown(await ann.click(answer.response, label=label))
        with breaking(monkeypatch, bot, "models_for"):
            assert await ann.autocomplete(channel, "sentiment", "model", MARK) == []
        opened = await ann.context_menu(channel, "More…", await ann.send(channel, MARK))
        with breaking(monkeypatch, bot, "answer"):
            result = await ann.submit_modal(opened, {"task": ["zero-shot-classification"], "typed": MARK})
            assert DEFECT in shown(result)


async def test_of_no_event(simulation: Simulation, said: Callable[[], str]) -> None:
    """Somebody talks to the bot, and a listener breaks on it."""

    async def on_message(message: discord.Message) -> None:
        raise RuntimeError(message.content)

    async with nothing_leaks(simulation, said):
        assert simulation.bot.user is not None
        await simulation.ann.send(simulation.channel, f"{simulation.bot.user.mention} {MARK} {MARK}")
        simulation.bot.add_listener(on_message)
        await simulation.ann.send(simulation.channel, f"{simulation.bot.user.mention} {MARK}")


async def test_of_no_menu_and_no_modal(simulation: Simulation, said: Callable[[], str]) -> None:
    ann, channel = simulation.ann, simulation.channel
    message = await ann.send(channel, f"{MARK} is on Tuesday.", attachments=[(f"{MARK}.png", b"no picture")])
    async with nothing_leaks(simulation, said):
        for menu in ("Translate", "Summarize", "Transcribe", "Describe"):
            result = await ann.context_menu(channel, menu, message)
            await until(lambda result=result: over(result))  # type: ignore[misc]
        words = await ann.send(channel, f"{MARK} is on Tuesday.")
        for task in ("zero-shot-classification", "text-classification", "decision"):
            opened = await ann.context_menu(channel, "More…", words)
            result = await ann.submit_modal(opened, {"task": [find(task).name], "typed": f"{MARK}, other"})
            await until(lambda result=result: over(result))  # type: ignore[misc]


async def test_of_nothing_that_is_shown_or_deleted(simulation: Simulation, said: Callable[[], str]) -> None:
    ann, channel = simulation.ann, simulation.channel
    async with nothing_leaks(simulation, said):
        await simulation.answered(await simulation.sentiment(MARK))
        card = (await ann.slash(channel, "privacy")).response
        assert card is not None
        shows = await ann.click(card, label="What do you have of me?")
        await until(lambda: "What I have of you" in shown(shows))
        assert shows.response is not None
        assert MARK.encode() in await shows.response.attachments[0].read()
        await ann.slash(channel, "help", topic=MARK)
        await ann.slash(channel, "queue")
        await ann.click(card, label="Delete it all")
        await ann.click(card, label="Yes, delete it all")
        await until(lambda: "It is deleted" in shown(card))


def test_every_task_is_marked() -> None:
    assert all(MARK in str(marked(task)) for task in TASKS)
