"""The menus on a message."""

from typing import Any

import discord
import pytest
import simcord

from bot.samples import sample
from bot.tasks import DESCRIBE, TRANSCRIBE
from tests.conftest import Simulation, shown, until

SECRET = "Zanzibar-quokka"


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


def file_of(name: str) -> tuple[str, bytes]:
    return name, sample(name).data


async def test_transcribe_a_voice_message_for_the_one_who_asks(simulation: Simulation) -> None:
    message = await simulation.ann.send(
        simulation.channel, attachments=[("voice-message.ogg", sample("voice.ogg").data)]
    )
    result = await menu(simulation, "Transcribe", message)
    card = await simulation.answered(result)
    assert result.ephemeral
    assert f"### {TRANSCRIBE.title}" in card
    assert "> 📄 voice-message.ogg" in card


async def test_transcribe_a_recording_before_a_video(simulation: Simulation) -> None:
    files = [file_of("street.jpg"), file_of("clip.mp4"), file_of("voice.ogg")]
    message = await simulation.ann.send(simulation.channel, "listen", attachments=files)
    assert "> 📄 voice.ogg" in await simulation.answered(await menu(simulation, "Transcribe", message))


async def test_describe_the_first_picture_also_of_a_forwarded_message(simulation: Simulation) -> None:
    files = [file_of("shop.csv"), file_of("street.jpg"), file_of("small.png")]
    message = await simulation.ann.send(simulation.channel, attachments=files)
    forwarded = await simulation.ann.forward(message, simulation.channel)
    result = await menu(simulation, "Describe", forwarded)
    card = await simulation.answered(result)
    assert result.ephemeral
    assert f"### {DESCRIBE.title}" in card
    assert "> 📄 street.jpg" in card


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Translate", "There is no text in that message."),
        ("Transcribe", "There is no recording in that message."),
        ("Describe", "There is no picture attached to that message."),
        ("More…", "There is nothing in that message that I can work on"),
    ],
)
async def test_what_a_menu_does_not_find_is_said(simulation: Simulation, name: str, sentence: str) -> None:
    message = await simulation.ann.send(simulation.channel, attachments=[("program.exe", b"MZ")])
    result = await menu(simulation, name, message)
    assert sentence in shown(result)
    assert result.ephemeral
    assert result.modal is None


async def more(simulation: Simulation, message: Any, task: str, **typed: str) -> simcord.InteractionResult:
    opened = await menu(simulation, "More…", message)
    assert opened.modal is not None
    return await simulation.bob.submit_modal(opened, {"task": [task], **typed})


async def test_more_asks_about_a_picture_what_was_typed(simulation: Simulation) -> None:
    message = await simulation.ann.send(simulation.channel, attachments=[file_of("street.jpg")])
    result = await more(simulation, message, "visual-question-answering", typed="How many cars?")
    card = await simulation.answered(result)
    assert result.ephemeral
    assert "> 📄 street.jpg" in card
    assert "> How many cars?" in card
    assert "Share" in card


async def test_more_compares_two_pictures(simulation: Simulation) -> None:
    files = [file_of("street.jpg"), file_of("street-later.jpg")]
    message = await simulation.ann.send(simulation.channel, "then and now", attachments=files)
    card = await simulation.answered(await more(simulation, message, "image-feature-extraction"))
    assert "> 📄 street.jpg\n> 📄 street-later.jpg" in card


async def test_more_classifies_a_text_by_what_was_typed(simulation: Simulation) -> None:
    message = await simulation.ann.send(simulation.channel, "The new card runs every game I own.")
    result = await more(simulation, message, "zero-shot-classification", typed="sports, technology")
    card = await simulation.answered(result)
    assert "> The new card runs every game I own." in card
    assert "technology" in card


async def test_more_says_what_is_missing(simulation: Simulation) -> None:
    message = await simulation.ann.send(simulation.channel, attachments=[file_of("street.jpg")])
    result = await more(simulation, message, "zero-shot-image-classification", typed=" ")
    assert result.ephemeral
    assert "/image classify needs your labels, with commas between." in shown(result)
    again = await more(simulation, message, "zero-shot-image-classification", typed="one")
    assert "at least two different labels" in shown(again)


async def test_more_offers_only_what_fits(simulation: Simulation) -> None:
    message = await simulation.ann.send(simulation.channel, attachments=[file_of("letter.pdf")])
    opened = await menu(simulation, "More…", message)
    assert opened.modal is not None
    choices = opened.modal["components"][0]["component"]["options"]
    assert [choice["value"] for choice in choices] == ["document-question-answering"]
    with pytest.raises(simcord.SetupError):
        await simulation.bob.submit_modal(opened, {"task": ["text-generation"]})


async def test_a_defect_in_the_modal_is_a_sentence_and_not_logged_with_words(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(simulation.bot, "answer", broken)
    message = await simulation.ann.send(simulation.channel, SECRET)
    result = await more(simulation, message, "text-classification")
    assert "Something broke on my side (id " in shown(result)
    assert SECRET not in caplog.text
    simulation.env._errors.clear()  # it was meant
