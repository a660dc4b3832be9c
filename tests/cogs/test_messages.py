"""The menus on a message."""

from typing import Any

import discord
import pytest
import simcord

from tests.conftest import Simulation, shown, until


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    """Members whose Discord speaks German; the simulation's is American."""
    read = discord.Interaction._from_data

    def with_locale(self: Any, data: Any) -> None:
        read(self, data | {"locale": "de"})

    monkeypatch.setattr(discord.Interaction, "_from_data", with_locale)


async def menu(simulation: Simulation, name: str, message: Any) -> simcord.InteractionResult:
    return await simulation.bob.context_menu(simulation.channel, name, message)


@pytest.mark.usefixtures("german")
async def test_translate_to_the_members_own_language_for_them_alone(simulation: Simulation) -> None:
    message = await simulation.ann.send(simulation.channel, "Bonjour, comment ça va ?")
    result = await menu(simulation, "Translate", message)
    card = await simulation.answered(result)
    assert result.ephemeral
    assert "> Bonjour, comment ça va ?" in card
    assert "-# French (detected) → German" in card
    assert "Share" in card


async def test_what_is_in_the_members_language_already_is_said(simulation: Simulation) -> None:
    message = await simulation.ann.send(simulation.channel, "The meeting is on Tuesday at ten.")
    result = await menu(simulation, "Translate", message)
    await until(lambda: "That is English already" in shown(result))


async def test_summarize(simulation: Simulation) -> None:
    message = await simulation.ann.send(simulation.channel, "The council met on Thursday. The pool stays open.")
    result = await menu(simulation, "Summarize", message)
    card = await simulation.answered(result)
    assert result.ephemeral
    assert "### In short\n> The council met on Thursday." in card


async def test_a_text_file_in_the_message(simulation: Simulation) -> None:
    message = await simulation.ann.send(
        simulation.channel, attachments=[("picture.png", b"\x89PNG"), ("notes.txt", b"The council met.")]
    )
    assert "> 📄 notes.txt" in await simulation.answered(await menu(simulation, "Summarize", message))


async def test_a_card_of_the_bots_own_has_text_too(simulation: Simulation) -> None:
    answer = await simulation.sentiment("The council met on Thursday.")
    await simulation.answered(answer)
    assert answer.response is not None
    card = await simulation.answered(await menu(simulation, "Summarize", answer.response.message))
    assert "The council met on Thursday." in card


async def test_a_message_without_text_is_told_so(simulation: Simulation) -> None:
    message = await simulation.ann.send(simulation.channel, attachments=[("picture.png", b"\x89PNG")])
    result = await menu(simulation, "Summarize", message)
    assert "There is no text in that message." in shown(result)
    assert result.ephemeral
