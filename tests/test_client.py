"""The bot as members meet it, on a simulated Discord: the real worker, the real pipeline, a tiny model."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from transformers import pipeline
from transformers.models.bert.modeling_bert import BertLayer

from bot import tasks
from bot.replies.reply import MessageReply
from tests import models
from tests.conftest import Simulation, held_layers, shown, texts, until
from tests.hub import FakeHub, Repository

SECRET = "Zanzibar-quokka"
MESSAGE, DEFER = 4, 5  # how an interaction may first be answered


async def test_sentiment_ends_as_a_card_with_the_pipelines_scores(
    simulation: Simulation, model: Callable[..., Path]
) -> None:
    result = await simulation.sentiment("I love it")
    await until(lambda: "cpu" in shown(result))
    best = pipeline("text-classification", model=str(model(models.sentiment)))("I love it")[0]
    lines = shown(result).splitlines()
    assert lines[0] == "### How does this text feel?"
    assert lines[1] == "> I love it"
    assert lines[2].startswith(f"**{best['label']}** · {best['score']:.0%}")
    assert result.response is not None
    (picture,) = result.response.attachments
    assert picture.filename == "scores.png"
    assert picture.description is not None
    assert picture.description.startswith(f"Bar chart: {best['label']}")
    assert "Cancel" not in shown(result)
    await simulation.env.settle()
    assert await simulation.bot.storage.journal.unanswered() == []


async def test_acknowledged_first_and_shown_at_every_stage(simulation: Simulation) -> None:
    with held_layers() as go:
        result = await simulation.sentiment("hello")
        await until(lambda: "Running" in shown(result))
        assert "Cancel" in shown(result)
        second = await simulation.bob.slash(simulation.channel, "sentiment", text="me too")
        await until(lambda: "Queued: 1 before you" in shown(second))
        entries = await simulation.bot.storage.journal.unanswered()
        assert [entry.request.inputs["text"] for entry in entries] == ["hello", "me too"]
        go.set()
        await until(lambda: "cpu" in shown(result) and "cpu" in shown(second))
    assert [call.json["type"] for call in _callbacks(simulation)] == [DEFER, DEFER]


async def test_private_is_for_the_asker_only(simulation: Simulation) -> None:
    result = await simulation.sentiment("hello", private=True)
    await until(lambda: "cpu" in shown(result))
    assert result.ephemeral


async def test_cancel_while_waiting(simulation: Simulation) -> None:
    with held_layers() as go:
        first = await simulation.sentiment("first")
        await until(lambda: "Running" in shown(first))
        waiting = await simulation.sentiment("second")
        await until(lambda: "Queued" in shown(waiting))
        assert waiting.response is not None
        await simulation.ann.click(waiting.response, label="Cancel")
        await until(lambda: "Cancelled." in shown(waiting))
        go.set()
        await until(lambda: "cpu" in shown(first))
    assert simulation.worker.snapshot().waiting == 0


async def test_cancel_while_running_and_the_worker_goes_on(simulation: Simulation) -> None:
    with held_layers() as go:
        result = await simulation.sentiment("first")
        await until(lambda: "Running" in shown(result))
        assert result.response is not None
        await simulation.ann.click(result.response, label="Cancel")
        go.set()
        await until(lambda: "Cancelled." in shown(result))
    after = await simulation.sentiment("second")
    await until(lambda: "cpu" in shown(after))


async def test_only_the_asker_may_cancel(simulation: Simulation) -> None:
    with held_layers() as go:
        result = await simulation.sentiment("mine")
        await until(lambda: "Running" in shown(result))
        assert result.response is not None
        click = await simulation.bob.click(result.response, label="Cancel")
        assert click.ephemeral
        assert click.response is not None
        assert click.response.content == "Only the member who asked can cancel this."
        go.set()
        await until(lambda: "cpu" in shown(result))


async def test_a_cancel_button_from_before_a_restart_says_so(simulation: Simulation) -> None:
    with held_layers() as go:
        result = await simulation.sentiment("mine")
        await until(lambda: "Running" in shown(result))
        simulation.bot.under_way.__init__()  # type: ignore[misc]  # what a new process knows
        assert result.response is not None
        click = await simulation.ann.click(result.response, label="Cancel")
        assert click.response is not None
        assert click.response.content == "This one isn't running any more."
        go.set()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("   ", "“text” is empty. Write at least one word."),
        ("😀🎉🐍", "knows none of the characters"),
        ("word " * 1200, "Longer than this model reads at once"),
    ],
)
async def test_bad_text_gets_a_sentence(simulation: Simulation, text: str, sentence: str) -> None:
    result = await simulation.sentiment(text)
    await until(lambda: sentence in shown(result))


async def test_what_can_be_refused_at_once_is_the_first_response(simulation: Simulation) -> None:
    result = await simulation.sentiment(" ")
    assert [call.json["type"] for call in _callbacks(simulation)] == [MESSAGE]
    assert result.ephemeral


async def test_right_to_left_text_is_answered(simulation: Simulation) -> None:
    result = await simulation.sentiment("אני אוהב את זה")
    await until(lambda: "cpu" in shown(result))
    assert "> אני אוהב את זה" in shown(result)


async def test_mentions_and_markdown_are_harmless(simulation: Simulation) -> None:
    result = await simulation.sentiment("@everyone **bold** <@123> # not a heading\n> `x` [a](https://b.example)")
    await until(lambda: "cpu" in shown(result))
    card = shown(result)
    assert "@everyone" not in card
    assert "**bold**" not in card
    assert "<@123>" not in card.replace("\\<", "")
    sent = [call.json for call in simulation.env.http_requests if call.json and "components" in str(call.json)]
    assert sent
    assert all(
        call.get("allowed_mentions", call.get("data", {}).get("allowed_mentions")) == {"parse": []} for call in sent
    )


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("../../etc/passwd", "is no model name"),
        ("https://evil.example/model", "is no model name"),
        ("nobody/nothing", "There is no model “nobody/nothing”"),
    ],
)
@pytest.mark.usefixtures("hub")
async def test_a_model_that_cannot_be_had(simulation: Simulation, named: str, sentence: str) -> None:
    result = await simulation.sentiment("hello", model=named)
    await until(lambda: sentence in shown(result).replace("\\", ""))


@pytest.fixture
def marked(hub: FakeHub, model: Callable[..., Path]) -> str:
    """A model that the Hub marks as not for all audiences."""
    hub.repositories["foo/marked"] = Repository.of(model(models.sentiment), tags=("not-for-all-audiences",))
    return "foo/marked"


def restrict(simulation: Simulation, *, age: bool = True) -> None:
    channel = simulation.bot.get_channel(simulation.channel.id)
    assert isinstance(channel, discord.TextChannel)
    channel.nsfw = age


async def test_a_marked_model_answers_in_age_restricted_channels_only(simulation: Simulation, marked: str) -> None:
    refused = await simulation.sentiment("hello", model=marked)
    await until(lambda: "age-restricted channels only" in shown(refused))
    restrict(simulation)
    answered = await simulation.sentiment("hello", model=marked)
    assert marked in await simulation.answered(answered)
    assert marked in await offered(simulation)
    restrict(simulation, age=False)
    assert marked not in await offered(simulation)
    again = await simulation.sentiment("hello", model=marked)
    await until(lambda: "age-restricted channels only" in shown(again))
    assert answered.response is not None
    repeated = await simulation.ann.click(answered.response, label="Again")
    await until(lambda: "age-restricted channels only" in shown(repeated))


async def offered(simulation: Simulation) -> list[str]:
    choices = await simulation.ann.autocomplete(simulation.channel, "sentiment", "model", "", text="hello")
    return [choice["value"] for choice in choices]


async def test_a_direct_message_is_no_age_restricted_channel(simulation: Simulation, marked: str) -> None:
    result = await simulation.env.create_user("eve").slash("sentiment", text="hello", model=marked)
    await until(lambda: "age-restricted channels only" in shown(result))


async def test_a_reply_to_a_message_knows_its_channel(simulation: Simulation, marked: str) -> None:
    async def on_message(message: discord.Message) -> None:
        if not message.author.bot:
            await simulation.bot.answer(
                MessageReply(simulation.bot, message), tasks.SENTIMENT, text=message.content, model=marked
            )

    simulation.bot.add_listener(on_message)
    assert simulation.bot.user is not None
    for age, told in ((False, "age-restricted channels only"), (True, f"{marked}@")):
        restrict(simulation, age=age)
        await simulation.ann.send(simulation.channel, f"{simulation.bot.user.mention} I love it")
        await until(lambda told=told: told in "\n".join(texts(_last_components(simulation))))  # type: ignore[misc]


async def test_a_defect_is_a_sentence_with_an_id(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: BertLayer, *args: object, **kwargs: object) -> object:
        raise RuntimeError(SECRET)

    with monkeypatch.context() as patched:
        patched.setattr(BertLayer, "forward", broken)
        result = await simulation.sentiment(SECRET)
        await until(lambda: "Something broke on my side (id " in shown(result))
    defect = shown(result).split("(id ")[1][:4]
    assert f"defect {defect}: builtins.RuntimeError" in caplog.text
    assert SECRET not in caplog.text
    after = await simulation.sentiment("hello")
    await until(lambda: "cpu" in shown(after))


async def test_nothing_a_member_wrote_is_logged(simulation: Simulation, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for text in (SECRET, f"{SECRET} " * 300):
        result = await simulation.sentiment(text)
        await until(lambda result=result: "cpu" in shown(result))  # type: ignore[misc]
    assert SECRET not in caplog.text


async def test_a_deleted_reply_stops_the_run(simulation: Simulation) -> None:
    with held_layers() as go:
        result = await simulation.sentiment("hello")
        await until(lambda: "Running" in shown(result))
        waiting = await simulation.sentiment("second")
        await until(lambda: "Queued" in shown(waiting))
        assert waiting.response is not None
        await simulation.ann.delete(waiting.response)
        go.set()
        await until(lambda: simulation.worker.snapshot().waiting == 0)
        await asyncio.wait_for(simulation.bot.under_way.wait_empty(), 10)
    assert not simulation.env.errors


async def test_a_reply_to_a_message(simulation: Simulation) -> None:
    """Menus and mentions will use this door; a listener stands in for them."""

    async def on_message(message: discord.Message) -> None:
        if message.author.bot:
            return
        await simulation.bot.answer(MessageReply(simulation.bot, message), tasks.SENTIMENT, text=message.content)

    simulation.bot.add_listener(on_message)
    assert simulation.bot.user is not None
    await simulation.ann.send(simulation.channel, f"{simulation.bot.user.mention} I love it")
    await until(lambda: "cpu" in "\n".join(texts(_last_components(simulation))))


def _last_components(simulation: Simulation) -> list[dict[str, Any]]:
    calls = [call.json for call in simulation.env.http_requests if isinstance(call.json, dict)]
    return next((call["components"] for call in reversed(calls) if call.get("components")), [])


def _callbacks(simulation: Simulation) -> list[Any]:
    return [call for call in simulation.env.http_requests if call.path.startswith("/interactions")]
