"""/privacy: what becomes of what members write, what is held of them, and their say in it."""

import asyncio
import json
from typing import Any

import pytest
import simcord

from bot.client import PipelineBot
from bot.samples import sample
from bot.storage.database import Database, Unwritable
from tests.conftest import Simulation, held_layers, shown, until

REFUSED = "They asked me not to process their messages."
FORGOTTEN = "I don't have that request any more"
STAYS = {"member", "at", "usage"}
"""In the file of who had all of it deleted: what counts for the limits until the day is over."""
MENUS = ("Translate", "Summarize", "Transcribe", "Describe", "More…")


async def privacy(simulation: Simulation, member: simcord.MemberActor) -> simcord.ResponseMessage:
    result = await member.slash(simulation.channel, "privacy")
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def opt_out(simulation: Simulation, member: simcord.MemberActor) -> simcord.ResponseMessage:
    card = await privacy(simulation, member)
    await member.click(card, label="Don't process my messages")
    await until(lambda: "You asked me not to process them" in shown(card))
    return card


async def held(simulation: Simulation, member: simcord.MemberActor) -> tuple[str, dict[str, Any]]:
    """What the bot says that it has of `member`, and what the file says."""
    result = await member.click(await privacy(simulation, member), label="What do you have of me?")
    await until(lambda: "What I have of you" in shown(result))
    assert result.ephemeral
    assert result.response is not None
    attached = result.response.attachments
    return shown(result), json.loads(await attached[0].read()) if attached else {}


async def everything(simulation: Simulation, member: simcord.MemberActor) -> simcord.InteractionResult:
    """Have all of `member` deleted."""
    card = await privacy(simulation, member)
    await member.click(card, label="Delete it all")
    assert "Delete all I have of you?" in shown(card)
    result = await member.click(card, label="Yes, delete it all")
    await until(lambda: "It is deleted" in shown(card))
    return result


async def test_what_becomes_of_what_is_written(simulation: Simulation) -> None:
    card = shown(await privacy(simulation, simulation.ann))
    for words in (
        "Where it goes",
        "disk, encrypted, until it is answered",
        "after 7 days",
        "For 60 minutes",
        "Training",
    ):
        assert words in card


async def test_nothing_is_held_of_who_asked_nothing(simulation: Simulation) -> None:
    told, file = await held(simulation, simulation.bob)
    assert "Nothing, right now." in told
    assert file == {}


async def test_what_is_held_in_words_and_all_of_it_in_a_file(simulation: Simulation) -> None:
    ann, bob, channel = simulation.ann, simulation.bob, simulation.channel
    await simulation.answered(await simulation.sentiment("I love it"))
    await simulation.answered(await ann.slash(channel, "summarize", file=("notes.txt", b"The council met.")))
    await ann.send(channel, attachments=[("street.jpg", sample("street.jpg").data)])
    offered = await ann.slash(channel, "image recognize")
    await until(lambda: "Use this?" in shown(offered))
    message = await ann.send(channel, "A message of Ann's")
    await simulation.answered(await bob.context_menu(channel, "Summarize", message))
    await simulation.answered(await bob.slash(channel, "sentiment", text="Not hers"))
    with held_layers() as go:
        running = await simulation.sentiment("not answered yet")
        await until(lambda: "Running" in shown(running))
        told, file = await held(simulation, ann)
        go.set()
    for line in (
        "- 1 request waiting or running",
        "- 2 recent answers to you, for the buttons below; 1 recent answer to others, about a message of yours",
        "- 1 offer to use a file you posted",
        "- 1 request written down, sealed, until answered",
        "- that you asked 3 times today, and for how long",
    ):
        assert line in told
    assert file["member"] == str(ann.id)
    assert [it["inputs"] for it in file["under way"]] == [{"text": "not answered yet"}]
    assert file["journal"] == file["under way"]
    loved, notes = file["recent answers"]["to you"]
    assert loved["inputs"] == {"text": "I love it"}
    assert loved["answer"]["scores"]
    assert (notes["inputs"]["text"]["name"], notes["inputs"]["text"]["data"]) == ("notes.txt", "16 bytes")
    (other,) = file["recent answers"]["to others about a message of yours"]
    assert other.keys() == {"task", "asked"}
    assert file["offers"][0]["values"]["image"]["name"] == "street.jpg"
    assert "Not hers" not in json.dumps(file)
    assert "simcord_interaction" not in json.dumps(file), "a token is a key, and says nothing of her"


async def test_what_is_held_cannot_be_read_right_now(simulation: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    async def locked(*_: object) -> None:
        raise Unwritable("database is locked")

    card = await privacy(simulation, simulation.ann)
    monkeypatch.setattr(Database, "rows", locked)
    result = await simulation.ann.click(card, label="What do you have of me?")
    await until(lambda: "I can't look at all of it right now" in shown(result))


async def test_all_of_it_is_deleted_and_nothing_of_others(simulation: Simulation) -> None:
    ann, bob, channel, bot = simulation.ann, simulation.bob, simulation.channel, simulation.bot
    answered = await simulation.sentiment("I love it")
    await simulation.answered(answered)
    others = await bob.slash(channel, "sentiment", text="Not hers")
    await simulation.answered(others)
    about_hers = await bob.context_menu(channel, "Summarize", await ann.send(channel, "A message of Ann's"))
    await simulation.answered(about_hers)
    await ann.send(channel, attachments=[("street.jpg", sample("street.jpg").data)])
    offered = await ann.slash(channel, "image recognize")
    await until(lambda: "Use this?" in shown(offered))
    with held_layers() as go:
        running = await simulation.sentiment("first")
        await until(lambda: "Running" in shown(running))
        waiting = await simulation.sentiment("second")
        bobs = await bob.slash(channel, "sentiment", text="third")
        await until(lambda: "Queued" in shown(waiting) and "Queued" in shown(bobs))
        await everything(simulation, ann)
        await until(lambda: "Cancelled." in shown(waiting) and "Cancelled." in shown(running))
        left = await bot.storage.journal.unanswered()
        go.set()
        await simulation.answered(bobs)
    assert [entry.request.inputs["text"] for entry in left] == ["third"]
    assert (await held(simulation, ann))[1].keys() == STAYS
    for member, result, label in (
        (ann, answered, "Again"),
        (ann, answered, "Show me the code"),
        (bob, about_hers, "Share"),
    ):
        assert result.response is not None
        assert FORGOTTEN in shown(await member.click(result.response, label=label))
    assert offered.response is not None
    assert FORGOTTEN in shown(await ann.click(offered.response, label="Use it"))
    assert others.response is not None
    await simulation.answered(await bob.click(others.response, label="Again"))


async def test_an_answer_that_came_before_it_could_be_cancelled_is_not_kept(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held_layers() as go:
        running = await simulation.sentiment("first")
        await until(lambda: "Running" in shown(running))
        (entry,) = simulation.bot.under_way.of(simulation.ann.id)
        monkeypatch.setattr(type(entry.run), "cancel", lambda _: None)  # too late
        await everything(simulation, simulation.ann)
        go.set()
        card = await simulation.answered(running)
    assert "Again" not in card
    assert (await held(simulation, simulation.ann))[1].keys() == STAYS


async def test_it_asks_before_it_deletes(simulation: Simulation) -> None:
    await simulation.answered(await simulation.sentiment("I love it"))
    card = await privacy(simulation, simulation.ann)
    await simulation.ann.click(card, label="Delete it all")
    assert "couldn't keep to it if I forgot it" in shown(card)
    await simulation.ann.click(card, label="No, keep it")
    assert "What becomes of what you write" in shown(card)
    assert "1 recent answer" in (await held(simulation, simulation.ann))[0]


async def test_what_cannot_be_deleted_right_now_is_said(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_: object) -> None:
        raise Unwritable("database is locked")

    card = await privacy(simulation, simulation.ann)
    await simulation.ann.click(card, label="Delete it all")
    monkeypatch.setattr(Database, "write", locked)
    await simulation.ann.click(card, label="Yes, delete it all")
    await until(lambda: "I can't delete all of it right now" in shown(card))
    again = await privacy(simulation, simulation.ann)
    await simulation.ann.click(again, label="Don't process my messages")
    await until(lambda: "I can't write that down right now" in shown(again))
    assert simulation.bot.storage.members.may_read(simulation.ann.id)


@pytest.mark.parametrize("menu", MENUS)
async def test_who_opted_out_is_read_by_nobody_else(simulation: Simulation, menu: str) -> None:
    files = [("street.jpg", sample("street.jpg").data), ("voice.ogg", sample("voice.ogg").data)]
    message = await simulation.ann.send(simulation.channel, "Bonjour, comment ça va ?", attachments=files)
    await opt_out(simulation, simulation.ann)
    result = await simulation.bob.context_menu(simulation.channel, menu, message)
    assert REFUSED in shown(result)
    assert result.ephemeral
    assert result.modal is None
    assert await simulation.bot.storage.journal.unanswered() == []


async def test_who_opted_out_still_has_their_own_messages_and_commands(simulation: Simulation) -> None:
    ann, channel = simulation.ann, simulation.channel
    message = await ann.send(channel, "The council met on Thursday.")
    await opt_out(simulation, ann)
    await simulation.answered(await ann.context_menu(channel, "Summarize", message))
    opened = await ann.context_menu(channel, "More…", message)
    assert opened.modal is not None
    mine = await simulation.sentiment("I love it")
    await simulation.answered(mine)
    assert mine.response is not None
    await simulation.answered(await ann.click(mine.response, label="Again"))


async def test_what_they_forward_and_what_they_asked_is_not_read_either(simulation: Simulation) -> None:
    ann, bob, channel = simulation.ann, simulation.bob, simulation.channel
    bobs = await bob.send(channel, "The council met on Thursday.")
    forwarded = await ann.forward(bobs, channel)
    asked = await simulation.sentiment("Words of Ann's")
    await simulation.answered(asked)
    await opt_out(simulation, ann)
    assert REFUSED in shown(await bob.context_menu(channel, "Summarize", forwarded))
    assert asked.response is not None
    assert REFUSED in shown(await bob.context_menu(channel, "Summarize", asked.response.message))
    assert REFUSED in shown(await bob.click(asked.response, label="Again"))
    await simulation.answered(await bob.context_menu(channel, "Summarize", bobs))


async def test_it_binds_what_was_opened_and_answered_before(simulation: Simulation) -> None:
    ann, bob, channel = simulation.ann, simulation.bob, simulation.channel
    message = await ann.send(channel, "The council met on Thursday.")
    before = await bob.context_menu(channel, "Summarize", message)
    await simulation.answered(before)
    opened = await bob.context_menu(channel, "More…", message)
    await opt_out(simulation, ann)
    assert REFUSED in shown(await bob.submit_modal(opened, {"task": ["text-classification"]}))
    assert before.response is not None
    assert REFUSED in shown(await bob.click(before.response, label="Again"))


async def test_they_may_be_read_again(simulation: Simulation) -> None:
    card = await opt_out(simulation, simulation.ann)
    message = await simulation.ann.send(simulation.channel, "The council met on Thursday.")
    await simulation.ann.click(card, label="You may process my messages again")
    await until(lambda: "Others can right-click a message of yours" in shown(card))
    await simulation.answered(await simulation.bob.context_menu(simulation.channel, "Summarize", message))


async def test_the_choice_is_shown_and_outlives_deletion(simulation: Simulation) -> None:
    await opt_out(simulation, simulation.ann)
    told, file = await held(simulation, simulation.ann)
    assert "your word that I don't process your messages" in told
    assert "opted out" in file["choices"]
    await everything(simulation, simulation.ann)
    assert not simulation.bot.storage.members.may_read(simulation.ann.id)


async def test_the_buttons_outlive_a_restart(simulation: Simulation) -> None:
    card = await privacy(simulation, simulation.ann)
    asked = await privacy(simulation, simulation.ann)
    await simulation.ann.click(asked, label="Delete it all")
    await simulation.env.restart_bot(PipelineBot(simulation.bot.worker, simulation.bot.storage, commands_record=None))
    await simulation.ann.click(card, label="Don't process my messages")
    await until(lambda: "You asked me not to process them" in shown(card))
    result = await simulation.ann.click(card, label="What do you have of me?")
    await until(lambda: "your word" in shown(result))
    await simulation.ann.click(asked, label="Yes, delete it all")
    await until(lambda: "It is deleted" in shown(asked))


async def test_the_host_keeps_for_as_long_as_they_say(simulation: Simulation) -> None:
    simulation.bot.recent.kept_for = 90.0
    assert "For 1.5 minutes after the answer" in shown(await privacy(simulation, simulation.ann))


async def test_a_host_who_keeps_nothing_has_answers_without_buttons(simulation: Simulation) -> None:
    simulation.bot.recent.kept_for = 0.0
    result = await simulation.sentiment("I love it", private=True)
    card = await simulation.answered(result)
    for label in ("Share", "Show me the code", "Again"):
        assert label not in card
    assert "After the answer I keep nothing of it" in shown(await privacy(simulation, simulation.ann))
    await asyncio.wait_for(simulation.bot.under_way.wait_empty(), 10)
    await simulation.env.settle()
    assert (await held(simulation, simulation.ann))[1].keys() == STAYS
