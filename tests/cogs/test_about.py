"""/help, /queue and /stats."""

import pytest

from bot.client import PipelineBot
from bot.tasks import GROUPS, PICTURES, TASKS, Task
from tests.conftest import Simulation, held_layers, shown, until


async def test_help_names_every_task_and_tries_one(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "help")
    assert result.ephemeral
    for task in TASKS:
        assert f"**/{task.command}** {task.summary}" in shown(result)
    assert result.response is not None
    tried = await simulation.ann.click(result.response, label="/sentiment")
    assert "I love how quickly this community answers questions" in await simulation.answered(tried)
    assert not tried.ephemeral


async def test_a_groups_button_shows_what_its_commands_take(simulation: Simulation) -> None:
    overview = await simulation.ann.slash(simulation.channel, "help")
    assert overview.response is not None
    group = await simulation.ann.click(overview.response, label="Pictures")
    assert group.ephemeral
    for task in PICTURES:
        assert f"**/{task.command}** `" in shown(group)
    assert "**/image cutouts** `image?` `detail?`" in shown(group)
    assert group.response is not None
    tried = await simulation.ann.click(group.response, label="/image recognize")
    assert "> 📄 street.jpg" in await simulation.answered(tried)


async def test_help_outlives_a_restart(simulation: Simulation) -> None:
    overview = await simulation.ann.slash(simulation.channel, "help")
    assert overview.response is not None
    await simulation.env.restart_bot(PipelineBot(simulation.bot.worker, simulation.bot.storage, commands_record=None))
    group = await simulation.ann.click(overview.response, label="Sound")
    assert "## Sound" in shown(group)
    tried = await simulation.ann.click(overview.response, label="/sentiment")
    await simulation.answered(tried)


async def test_a_button_of_a_group_that_has_another_name_now_shows_all(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    overview = await simulation.ann.slash(simulation.channel, "help")
    assert overview.response is not None
    others = {name: tasks for name, tasks in GROUPS.items() if name != "Sound"}
    monkeypatch.setattr("bot.replies.about.GROUPS", others)
    group = await simulation.ann.click(overview.response, label="Sound")
    assert "## What I can do" in shown(group)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
async def test_every_topic_has_its_own_help(simulation: Simulation, task: Task) -> None:
    result = await simulation.ann.slash(simulation.channel, "help", topic=task.command)
    assert result.ephemeral
    assert f"## /{task.command}" in shown(result)
    assert simulation.bot.models_for(task)[0] in shown(result).replace("\\", "")


async def test_an_example_of_a_topic_is_asked_as_if_typed(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "help", topic="image guess")
    assert result.response is not None
    tried = await simulation.ann.click(result.response, label="How many cars are there?")
    card = await simulation.answered(tried)
    assert "> 📄 street.jpg" in card
    assert "> How many cars are there?" in card
    assert not tried.ephemeral


async def test_help_for_what_is_not_there(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "help", topic="singing")
    assert "There is no task “singing”" in shown(result)
    assert result.ephemeral


async def test_topics_are_offered(simulation: Simulation) -> None:
    offered = await simulation.ann.autocomplete(simulation.channel, "help", "topic", "transl")
    assert [choice["value"] for choice in offered] == ["translate"]
    offered = await simulation.ann.autocomplete(simulation.channel, "help", "topic", "/image d")
    assert [choice["value"] for choice in offered] == ["image describe", "image depth"]


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
