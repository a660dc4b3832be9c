"""The commands on a simulated Discord, with their examples typed and attached; test_every_task.py asks the first."""

import shutil
from typing import Any

import pytest

from bot.request import File
from bot.tasks import ASK_DOCUMENT, TASKS, Task
from tests.conftest import Simulation, shown, until


def typed(value: Any) -> Any:
    """As Discord hands it over."""
    return (value.name, value.data) if isinstance(value, File) else {"yes": True}.get(value, value)


OTHERS = [(task, number) for task in TASKS for number in range(1, len(task.examples))]


@pytest.mark.parametrize(("task", "number"), OTHERS, ids=lambda it: it.command if isinstance(it, Task) else str(it))
async def test_it_answers_its_other_examples(simulation: Simulation, task: Task, number: int) -> None:
    if task is ASK_DOCUMENT and shutil.which("tesseract") is None:
        pytest.skip("no Tesseract is installed here")
    values = {name: typed(value) for name, value in task.example(number).items()}
    result = await simulation.ann.slash(simulation.channel, task.command, **values)
    await until(lambda: " on cpu" in shown(result), 60)
    assert not result.ephemeral
    lines = shown(result).splitlines()
    assert lines[0] == f"### {task.title}"
    for value in task.example(number).values():
        if isinstance(value, File):
            assert f"> 📄 {value.name}" in lines
