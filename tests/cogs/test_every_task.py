"""Every command on a simulated Discord, against its pipeline called directly."""

import asyncio
from typing import Any

import pytest

from bot.replies.renderers import render
from bot.request import File
from bot.tasks import TASKS, Task
from tests.conftest import Direct, Simulation
from tests.direct import example


def typed(value: Any) -> Any:
    """As SimCord wants what a member chooses or attaches."""
    return (value.name, value.data) if isinstance(value, File) else value


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.command)
async def test_the_reply_shows_what_the_pipeline_says(simulation: Simulation, direct: Direct, task: Task) -> None:
    values = example(task)
    result = await simulation.ann.slash(
        simulation.channel, task.command, **{name: typed(value) for name, value in values.items()}
    )
    card = await simulation.answered(result)
    _, request, answer = await asyncio.to_thread(direct, task)
    rendered = await asyncio.to_thread(render, task, request, answer, 25 * 2**20)
    assert task.title in card
    assert rendered.text in card
    assert result.response is not None
    attached = {file.filename for file in result.response.attachments}
    assert attached == {file.filename for file in rendered.files} or rendered.voice
