"""Every registered command against Discord's limits, and against the task it stands for."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from discord.app_commands import Command

from bot.client import PipelineBot
from bot.storage.journal import MemoryJournal
from bot.tasks import TASKS, find
from bot.worker.hub import Models, ModelStore
from bot.worker.thread import ThreadWorker

NAME = re.compile(r"^[-_'\w]{1,32}$")


@pytest.fixture
async def bot(tmp_path: Any) -> PipelineBot:
    """Never opened, never logged in: its commands are all that counts here."""
    from bot.client import EXTENSIONS

    bot = PipelineBot(ThreadWorker(ModelStore(tmp_path, Models.STARTER)), MemoryJournal(), commands_record=None)
    for extension in EXTENSIONS:
        await bot.load_extension(extension)
    return bot


def characters(value: Any) -> int:
    """What Discord counts of a command: names, descriptions and values, at every depth."""
    if isinstance(value, list):
        return sum(map(characters, value))
    if isinstance(value, dict):
        own = sum(len(str(value[key])) for key in ("name", "description", "value") if key in value)
        return own + sum(characters(value[key]) for key in ("options", "choices") if key in value)
    return 0


def nodes(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield command
    for option in command.get("options", []):
        yield from nodes(option)


async def test_discords_limits(bot: PipelineBot) -> None:
    described = [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
    assert 1 <= len(described) <= 100
    for command in described:
        assert characters(command) <= 8000
        for node in nodes(command):
            assert NAME.match(node["name"])
            assert node["name"] == node["name"].lower()
            assert 1 <= len(node["description"]) <= 100
            assert len(node.get("options", [])) <= 25
            assert len(node.get("choices", [])) <= 25
            required = [option.get("required", False) for option in node.get("options", [])]
            assert required == sorted(required, reverse=True), "required options come first"


async def test_a_command_takes_what_its_task_takes(bot: PipelineBot) -> None:
    commands = {command.qualified_name: command for command in bot.tree.walk_commands() if isinstance(command, Command)}
    assert commands.keys() >= {task.command for task in TASKS}
    for task in TASKS:
        command = commands[task.command]
        options = list(inspect.signature(task.options).parameters)
        assert [it.name for it in command.parameters] == [*task.takes, *options, "model", "private"]
        assert command.description == find(task.command).summary
