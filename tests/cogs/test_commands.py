"""Every registered command against Discord's limits, and against the task it stands for."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from discord import AppCommandOptionType, AppCommandType
from discord.app_commands import Command

from bot.client import EXTENSIONS, PipelineBot
from bot.storage.storage import Storage
from bot.tasks import TASKS
from bot.worker.hub import Models, ModelStore
from bot.worker.thread import ThreadWorker

NAME = re.compile(r"^[-_'\w]{1,32}$")
MENUS = 5
"""Of a type. Discord takes 15, discord.py 2.7 five."""


@pytest.fixture
async def bot(tmp_path: Path, storage: Storage) -> PipelineBot:
    """Never opened, never logged in: its commands are all that counts here."""
    bot = PipelineBot(ThreadWorker(ModelStore(tmp_path, Models.STARTER)), storage, commands_record=None)
    for extension in EXTENSIONS:
        await bot.load_extension(extension)
    return bot


@pytest.fixture
async def described(bot: PipelineBot) -> list[dict[str, Any]]:
    return [command.to_dict(bot.tree) for command in bot.tree.get_commands()]


def characters(value: Any) -> int:
    """What Discord counts of a command: names, descriptions and values, at every depth."""
    if isinstance(value, list):
        return sum(map(characters, value))
    if isinstance(value, dict):
        own = sum(len(str(value[key])) for key in ("name", "description", "value") if key in value)
        return own + sum(characters(value[key]) for key in ("options", "choices") if key in value)
    return 0


def options(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for option in command.get("options", []):
        yield option
        yield from options(option)


async def test_how_many_there_may_be(described: list[dict[str, Any]]) -> None:
    kinds = Counter(command["type"] for command in described)
    assert 1 <= kinds.pop(AppCommandType.chat_input.value) <= 100
    assert all(count <= MENUS for count in kinds.values())
    names = [(command["type"], command["name"]) for command in described]
    assert len(set(names)) == len(names)


async def test_menus(described: list[dict[str, Any]]) -> None:
    menus = [command for command in described if command["type"] != AppCommandType.chat_input.value]
    assert [menu["name"] for menu in menus] == ["Translate", "Summarize", "Transcribe", "Describe", "More…"]
    for menu in menus:
        assert len(menu["name"]) <= 32
        assert not menu.get("description")


async def test_discords_limits_for_commands_and_options(described: list[dict[str, Any]]) -> None:
    for command in described:
        if command["type"] != AppCommandType.chat_input.value:
            continue
        assert characters(command) <= 8000
        for node in (command, *options(command)):
            assert NAME.match(node["name"])
            assert node["name"] == node["name"].lower()
            assert 1 <= len(node["description"]) <= 100
            inner = node.get("options", [])
            assert len(inner) <= 25
            assert len({option["name"] for option in inner}) == len(inner)
            required = [option.get("required", False) for option in inner]
            assert required == sorted(required, reverse=True), "required options come first"


async def test_discords_limits_for_what_is_typed_and_chosen(described: list[dict[str, Any]]) -> None:
    for option in (option for command in described for option in options(command)):
        choices = option.get("choices", [])
        assert len(choices) <= 25
        assert not (choices and option.get("autocomplete"))
        for choice in choices:
            assert 1 <= len(choice["name"]) <= 100
            assert len(str(choice["value"])) <= 100
        if option["type"] == AppCommandOptionType.string.value:
            assert 0 <= option.get("min_length", 0) <= option.get("max_length", 6000) <= 6000
            assert option.get("max_length", 1) >= 1


async def test_groups(described: list[dict[str, Any]]) -> None:
    groups = {
        command["name"]: len(command["options"])
        for command in described
        if any(option["type"] == AppCommandOptionType.subcommand.value for option in command.get("options", []))
    }
    assert groups == {"image": 13, "audio": 2, "video": 1, "document": 2}


async def test_a_command_takes_what_its_task_takes(bot: PipelineBot) -> None:
    commands = {command.qualified_name: command for command in bot.tree.walk_commands() if isinstance(command, Command)}
    assert commands.keys() >= {task.command for task in TASKS}
    for task in TASKS:
        command = commands[task.command]
        taken = task.parameters() | {"model": False, "private": False}
        assert [(it.display_name, it.required) for it in command.parameters] == list(taken.items())
        assert command.description == task.summary


async def test_a_task_reads_whatever_its_command_lets_through(bot: PipelineBot) -> None:
    commands = {command.qualified_name: command for command in bot.tree.walk_commands() if isinstance(command, Command)}
    tried = 0
    for task in TASKS:
        for parameter in commands[task.command].parameters:
            allowed: list[Any] = [choice.value for choice in parameter.choices]
            if parameter.type in (AppCommandOptionType.number, AppCommandOptionType.integer):
                allowed += [parameter.min_value, parameter.max_value]
            for value in allowed:
                request = task.request({**task.example(0), parameter.display_name: value})
                assert request.options[parameter.display_name] == value
                tried += 1
    assert tried == 15
