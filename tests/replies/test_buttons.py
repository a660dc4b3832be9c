"""The buttons below answers, as members press them."""

import asyncio

import simcord

from bot.replies.recent import Recent
from tests.conftest import Simulation, shown, until

MENU = "Summarize"


async def test_a_public_answer_has_no_share_button(simulation: Simulation) -> None:
    card = await simulation.answered(await simulation.sentiment("hello"))
    assert card.endswith("Show me the code\nAgain")
    assert "Share" not in card


async def press(simulation: Simulation, result: simcord.InteractionResult, label: str) -> simcord.InteractionResult:
    assert result.response is not None
    return await simulation.ann.click(result.response, label=label)


async def test_share_shows_a_private_answer_to_all(simulation: Simulation) -> None:
    private = await simulation.sentiment("hello", private=True)
    card = await simulation.answered(private)
    assert private.ephemeral
    shared = await press(simulation, private, "Share")
    await until(lambda: " on cpu" in shown(shared))
    assert not shared.ephemeral
    assert shown(shared) == card.replace("\nShare", "")
    assert shared.response is not None
    assert [file.filename for file in shared.response.attachments] == ["scores.png"]


async def test_the_code_is_shown_to_the_one_who_asks(simulation: Simulation) -> None:
    result = await simulation.sentiment("I love it")
    await simulation.answered(result)
    assert result.response is not None
    code = await simulation.bob.click(result.response, label="Show me the code")
    assert code.ephemeral
    assert "```python\nfrom transformers import pipeline" in shown(code)
    assert 'text = "I love it"' in shown(code)
    assert code.response is not None
    assert [file.filename for file in code.response.attachments] == ["sentiment.py"]


async def test_again_asks_the_same(simulation: Simulation) -> None:
    result = await simulation.ann.slash(simulation.channel, "classify", text="hello", labels="a, b", several=True)
    card = await simulation.answered(result)
    again = await press(simulation, result, "Again")
    await until(lambda: " on cpu" in shown(again))
    assert shown(again).splitlines()[:3] == card.splitlines()[:3]
    assert not again.ephemeral


async def test_again_of_a_private_answer_is_private(simulation: Simulation) -> None:
    result = await simulation.sentiment("hello", private=True)
    await simulation.answered(result)
    again = await press(simulation, result, "Again")
    await until(lambda: " on cpu" in shown(again))
    assert again.ephemeral


async def test_after_a_restart_they_say_what_to_do(simulation: Simulation) -> None:
    result = await simulation.sentiment("hello", private=True)
    await simulation.answered(result)
    simulation.bot.recent = Recent()  # what a new process knows
    for label in ("Share", "Show me the code", "Again"):
        pressed = await press(simulation, result, label)
        assert pressed.ephemeral
        assert "I don't have that request any more" in shown(pressed)
        assert "Ask it again" in shown(pressed)


async def test_several_at_once(simulation: Simulation) -> None:
    result = await simulation.sentiment("hello")
    await simulation.answered(result)
    assert result.response is not None
    first = await press(simulation, result, "Again")
    second = await simulation.bob.click(result.response, label="Again")
    await asyncio.gather(*(until(lambda it=it: " on cpu" in shown(it)) for it in (first, second)))  # type: ignore[misc]


async def test_what_was_answered_is_forgotten_though_nobody_asks(simulation: Simulation) -> None:
    now = [0.0]
    simulation.bot.recent = Recent(clock=lambda: now[0])
    await simulation.answered(await simulation.sentiment("hello"))
    now[0] = 3601.0
    await simulation.env.advance_time(3602)
    assert not simulation.bot.recent._kept
