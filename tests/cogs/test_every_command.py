"""Every command on a simulated Discord, with its own examples typed and attached."""

from typing import Any

import pytest

from bot.request import File
from bot.tasks import TASKS, Task
from tests.conftest import Simulation, shown, until


def typed(value: Any) -> Any:
    """As Discord hands it over."""
    return (value.name, value.data) if isinstance(value, File) else {"yes": True}.get(value, value)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.command)
async def test_it_answers_its_examples(simulation: Simulation, task: Task) -> None:
    for number in range(len(task.examples)):
        values = {name: typed(value) for name, value in task.example(number).items()}
        result = await simulation.ann.slash(simulation.channel, task.command, **values)
        await until(lambda result=result: " on cpu" in shown(result), 60)  # type: ignore[misc]
        assert not result.ephemeral
        lines = shown(result).splitlines()
        assert lines[0] == f"### {task.title}"
        for value in task.example(number).values():
            if isinstance(value, File):
                assert f"> 📄 {value.name}" in lines
