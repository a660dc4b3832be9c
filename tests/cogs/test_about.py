"""/help, /privacy, /queue and /stats."""

import pytest

from bot.tasks import TASKS, Task
from tests.conftest import Simulation, held_layers, shown, until


async def test_help_names_every_task_and_tries_it(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "help")
    assert result.ephemeral
    for task in TASKS:
        assert f"**/{task.command}**" in shown(result)
        assert task.summary in shown(result)
    assert result.response is not None
    tried = await simulation.ann.click(result.response, custom_id="try:text-classification:0")
    assert "I love how quickly this community answers questions" in await simulation.answered(tried)
    assert not tried.ephemeral


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
async def test_every_topic_has_its_own_help_with_examples_that_work(simulation: Simulation, task: Task) -> None:
    result = await simulation.ann.slash(simulation.channel, "help", topic=task.command)
    assert f"## /{task.command}" in shown(result)
    assert result.response is not None
    assert result.response.message.components
    for number in range(len(task.examples)):
        tried = await simulation.ann.click(result.response, custom_id=f"try:{task.name}:{number}")
        await simulation.answered(tried)


async def test_help_for_what_is_not_there(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "help", topic="singing")
    assert "There is no task “singing”" in shown(result)
    assert result.ephemeral


async def test_topics_are_offered(simulation: Simulation) -> None:
    offered = await simulation.ann.autocomplete(simulation.channel, "help", "topic", "transl")
    assert [choice["value"] for choice in offered] == ["translate"]


async def test_privacy_in_plain_words(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "privacy")
    assert result.ephemeral
    for word in ("Where it goes", "What is kept", "60 minutes", "Training"):
        assert word in shown(result)


async def test_an_empty_queue(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "queue")
    assert "Nothing of yours is waiting or running" in shown(result)


async def test_the_queue_lists_mine_and_cancels(simulation: Simulation) -> None:
    with held_layers() as go:
        running = await simulation.sentiment("first of mine")
        await until(lambda: "Running" in shown(running))
        waiting = await simulation.sentiment("second of mine")
        await until(lambda: "Queued" in shown(waiting))
        await simulation.bob.slash(simulation.channel, "sentiment", text="not mine")
        queue = await simulation.ann.slash(simulation.channel, "queue")
        assert queue.ephemeral
        assert "**/sentiment** first of mine\n⚙️ Running…" in shown(queue)
        assert "**/sentiment** second of mine\n⏳ Queued: 1 before you." in shown(queue)
        assert "not mine" not in shown(queue)
        assert "1 run and 2 wait" in shown(queue)
        assert queue.response is not None
        second = _buttons(queue.response.components)[1]
        await simulation.ann.click(queue.response, custom_id=second)
        await until(lambda: "Cancelled." in shown(waiting))
        assert "second of mine" not in shown(queue)
        assert "first of mine" in shown(queue)
        go.set()
        await simulation.answered(running)


async def test_only_mine_are_cancelled(simulation: Simulation) -> None:
    with held_layers() as go:
        running = await simulation.sentiment("mine")
        await until(lambda: "Running" in shown(running))
        assert simulation.bot.under_way.of(simulation.bob.id) == []
        go.set()
        await simulation.answered(running)


async def test_stats_before_anything_was_asked(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "stats")
    await until(lambda: "How busy I am" in shown(result))
    assert result.ephemeral
    assert "nothing waits" in shown(result)
    assert "Nothing was answered since I was started." in shown(result)


async def test_stats_are_drawn_for_the_one_who_asks(simulation: Simulation) -> None:
    await simulation.answered(await simulation.sentiment("I love it"))
    result = await simulation.ann.slash(simulation.channel, "stats")
    await until(lambda: "How busy I am" in shown(result))
    assert result.ephemeral
    assert "Latest requests: 1 · median wait: " in shown(result)
    assert "Latest passes: 1 · rows a pass: **1.0** · for several requests: **0%**" in shown(result)
    assert "Loaded: 1 · pinned: 0 · taken: **" in shown(result)
    assert result.response is not None
    pictures = [attachment.filename for attachment in result.response.message.attachments]
    assert pictures == ["times.png", "batches.png", "models.png"]
    (card,) = result.response.components
    described = [it["items"][0]["description"] for it in card["components"] if "items" in it]
    assert described[0].startswith("Median times, and what 95% stay within: /sentiment waits ")
    assert described[1] == "Passes by their rows: 1 had 1"


def _buttons(components: list[dict]) -> list[str]:  # type: ignore[type-arg]
    found = []
    for component in components:
        found += [component["custom_id"]] if "custom_id" in component else []
        inner = [*component.get("components", []), *([component["accessory"]] if "accessory" in component else [])]
        found += _buttons(inner)
    return found
