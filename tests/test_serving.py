"""Requests that outlive what they came with: the process, the interaction's token, a connection. Over real sockets."""

import asyncio
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from discord import Message

from bot import tasks
from bot.client import PipelineBot
from bot.replies.lasting import ANSWERING, SPEAKING
from bot.replies.reply import MessageReply
from bot.settings import read_settings
from bot.storage.journal import Steps
from bot.storage.storage import opened_storage
from bot.supervisor import SUPERVISOR
from bot.suspects import Suspects
from tests.conftest import held_layers
from tests.test_service import answered, bot, logged, one_line, run_while, text_of
from tests.wire import Interaction, LoopbackDiscord
from tests.wire.world import EPHEMERAL

MINUTES = 60.0
SECRET = "Zanzibar-quokka"


@pytest.fixture(autouse=True)
def _host(tiny: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SUPERVISOR, str(os.getppid()))
    monkeypatch.setenv("DISCORD_TOKEN", LoopbackDiscord.token)
    monkeypatch.setenv("TASK_MODELS", json.dumps(tiny))
    monkeypatch.setenv("SHUTDOWN_GRACE", "0.2")


@pytest.fixture
def discord() -> Iterator[LoopbackDiscord]:
    with LoopbackDiscord() as discord:
        yield discord


def interrupted(discord: LoopbackDiscord, **options: Any) -> Interaction:
    """A request that was accepted, under way, and not finished by the time that the bot had to stop."""
    asked: list[Interaction] = []
    with held_layers() as go:

        def members() -> None:
            asked.append(discord.slash("sentiment", {"text": SECRET, **options}))
            asked[0].wait(lambda message: "Running" in text_of(message))
            threading.Timer(1.0, go.set).start()

        assert run_while(members).exit_code == 0
    assert len(entries()) == 1
    # discord.py leaves in a way that would let it resume, and another process can't.
    discord._session = None
    return asked[0]


def entries() -> list[tuple[Any, ...]]:
    """What the journal holds."""
    with sqlite3.connect("data/bot.db") as database:
        return database.execute("SELECT id, sealed, steps, deaths FROM journal").fetchall()


def died(times: int) -> None:
    """What the journal would say if the process had been killed, so many times, while the request ran."""
    with sqlite3.connect("data/bot.db") as database:
        database.execute("UPDATE journal SET deaths = ?", (times - 1,))
    Suspects(Path("data/under-way")).note(number for number, *_ in entries())


def had_ticked(step: str) -> None:
    """What the journal would say if the process had been killed after a step of the reply."""

    async def tick() -> None:
        async with opened_storage(read_settings()) as storage:
            (entry,) = await storage.journal.unanswered()
            await Steps(storage.journal, entry.request).tick(step)

    asyncio.run(tick())


def in_channel(discord: LoopbackDiscord, channel: int | None = None) -> list[dict[str, Any]]:
    """The bot's messages in a channel that answer no interaction, as they are now."""
    replies = {interaction.message for interaction in discord.interactions.values()}
    where = str(channel or discord.channel)
    return [it for it in discord.messages.values() if it["channel_id"] == where and it["id"] not in replies]


def seen_by_all(discord: LoopbackDiscord) -> str:
    """All that was ever shown to everybody in the channel."""
    versions = (version for history in discord.versions.values() for version in history)
    public = (it for it in versions if it["channel_id"] == str(discord.channel) and not it["flags"] & EPHEMERAL)
    return "\n".join(map(text_of, public))


def all_done(discord: LoopbackDiscord, done: Callable[[], object]) -> None:
    """The bot runs until `done` returns something true; then nothing is left to do."""
    assert run_while(lambda: discord.wait_until(done)).exit_code == 0
    assert entries() == []


def test_what_is_written_down_is_sealed(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord)
    written = b"".join(path.read_bytes() for path in Path("data").glob("bot.db*"))
    assert SECRET.encode() not in written
    assert asked.token.encode() not in written


def test_it_goes_on_after_a_restart(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord)
    all_done(discord, lambda: answered(asked.original or {}))
    assert in_channel(discord) == []
    assert asked.followups == []


def test_what_killed_the_process_once_is_tried_once_more(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord)
    died(1)
    all_done(discord, lambda: answered(asked.original or {}))


def test_and_never_a_third_time(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord)
    died(2)
    all_done(discord, lambda: "I was stopped twice while I worked on this" in text_of(asked.original or {}))


def test_an_answer_that_may_have_been_shown_is_not_taken_back(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord)
    had_ticked(ANSWERING)
    died(2)
    before = len(asked.edits)
    all_done(discord, lambda: len(asked.edits) > before)
    assert all(map(answered, asked.edits[before:]))


def test_who_was_asked_to_stop_blames_nothing(discord: LoopbackDiscord) -> None:
    interrupted(discord)
    assert Suspects(Path("data/under-way")).found() == []


def test_a_changed_key_drops_what_it_cannot_read(discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = interrupted(discord)
    monkeypatch.setenv("DATA_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    all_done(discord, lambda: discord.slash("sentiment", {"text": "hello"}).wait(answered))
    assert not answered(asked.original or {})


def test_a_public_answer_moves_to_the_channel_when_the_token_nears_its_end(discord: LoopbackDiscord) -> None:
    asked: list[Interaction] = []

    def members() -> None:
        with held_layers() as go:
            asked.append(discord.slash("sentiment", {"text": "hello"}, ago=14 * MINUTES - 3))
            asked[0].wait(lambda message: "Running" in text_of(message))
            discord.wait_until(lambda: in_channel(discord))
            assert "Running" in text_of(in_channel(discord)[0])
            go.set()
            discord.wait_until(lambda: answered(in_channel(discord)[0]))

    assert run_while(members).exit_code == 0
    assert asked[0].original is not None
    assert "The answer comes further down." in text_of(asked[0].original)
    assert len(in_channel(discord)) == 1
    assert entries() == []


def test_a_public_answer_found_after_the_tokens_end_comes_in_the_channel(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord)
    asked.expire()
    all_done(discord, lambda: in_channel(discord) and answered(in_channel(discord)[0]))
    assert len(in_channel(discord)) == 1


def test_a_private_one_comes_as_a_direct_message(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord, private=True)
    asked.expire()
    direct = discord.direct(discord.alice)
    all_done(discord, lambda: in_channel(discord, direct) and answered(in_channel(discord, direct)[0]))
    assert SECRET not in seen_by_all(discord)


@pytest.mark.parametrize("path", ["/users/@me/channels", "/channels/*/messages"])
def test_or_behind_a_button_and_never_in_public(discord: LoopbackDiscord, path: str) -> None:
    asked = interrupted(discord, private=True)
    asked.expire()
    if path.startswith("/channels"):
        path = f"/channels/{discord.direct(discord.alice)}/messages"
    discord.faults.refuse(50007, path=path)
    clicks: list[Interaction] = []

    def members() -> None:
        (notice,) = discord.wait_until(lambda: in_channel(discord))
        assert f"A private answer for <@{discord.alice}> is ready." in text_of(notice)
        assert notice["mentions"] == []
        button = notice["components"][0]["components"][-1]["components"][0]["custom_id"]
        for user in (discord.bob, discord.alice):
            clicks.append(discord.click(notice, button, user=user))
            clicks[-1].wait(lambda message: message["components"])

    assert run_while(members).exit_code == 0
    refused, shown = (click.original or {} for click in clicks)
    assert "Only the member who asked can see this." in text_of(refused)
    assert answered(shown)
    assert SECRET in text_of(shown)
    assert refused["flags"] & shown["flags"] & EPHEMERAL
    assert SECRET not in seen_by_all(discord)
    assert entries() == []


def test_the_button_still_shows_it_after_a_restart(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord, private=True)
    asked.expire()
    discord.faults.refuse(50007, path="/users/@me/channels")
    assert run_while(lambda: discord.wait_until(lambda: in_channel(discord))).exit_code == 0
    discord._session = None
    clicks: list[Interaction] = []

    def members() -> None:
        (notice,) = in_channel(discord)
        button = notice["components"][0]["components"][-1]["components"][0]["custom_id"]
        clicks.append(discord.click(notice, button))
        clicks[0].wait(answered)

    assert run_while(members).exit_code == 0
    assert entries() == []


def test_a_message_where_the_bot_may_not_write_any_more_becomes_a_direct_one(discord: LoopbackDiscord) -> None:
    asked = interrupted(discord)
    asked.expire()
    discord.faults.refuse(50013, path=f"/channels/{discord.channel}/messages")
    direct = discord.direct(discord.alice)
    all_done(discord, lambda: in_channel(discord, direct) and answered(in_channel(discord, direct)[0]))


def test_what_can_reach_nobody_is_given_up(discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture) -> None:
    asked = interrupted(discord)
    asked.expire()
    caplog.set_level(logging.INFO)
    discord.faults.refuse(50013, path="/channels/*/messages")
    assert run_while(lambda: logged(caplog, "any more: cancelled")).exit_code == 0
    assert entries() == []


def test_a_moved_answer_stays_where_it_is_over_a_restart(discord: LoopbackDiscord) -> None:
    asked: list[Interaction] = []
    with held_layers() as go:

        def members() -> None:
            asked.append(discord.slash("sentiment", {"text": "hello"}, ago=14 * MINUTES))
            discord.wait_until(lambda: in_channel(discord) and "Running" in text_of(in_channel(discord)[0]))
            threading.Timer(1.0, go.set).start()

        assert run_while(members).exit_code == 0
    all_done(discord, lambda: answered(in_channel(discord)[0]))
    assert len(in_channel(discord)) == 1


def test_an_event_that_comes_twice_is_answered_once(discord: LoopbackDiscord) -> None:
    discord.faults.replay("INTERACTION_CREATE")
    all_done(discord, lambda: discord.slash("sentiment", {"text": "hello"}).wait(answered))
    assert sum("callback" in call.path for call in discord.requests) == 1


@pytest.mark.parametrize("done", [True, False])
def test_an_acknowledgement_whose_answer_gets_lost(discord: LoopbackDiscord, done: bool) -> None:
    discord.faults.drop(path="/interactions/*", times=1, done=done)
    all_done(discord, lambda: discord.slash("sentiment", {"text": "hello"}).wait(answered))


@pytest.mark.parametrize("done", [True, False])
def test_edits_that_get_lost(discord: LoopbackDiscord, done: bool) -> None:
    discord.faults.drop(method="PATCH", times=2, done=done)
    all_done(discord, lambda: discord.slash("sentiment", {"text": "hello"}).wait(answered, 30))


def test_an_answer_that_discord_refuses_is_told(discord: LoopbackDiscord) -> None:
    asked: list[Interaction] = []

    def members() -> None:
        with held_layers() as go:
            asked.append(discord.slash("sentiment", {"text": "hello"}))
            asked[0].wait(lambda message: "Running" in text_of(message))
            discord.faults.refuse(40005, method="PATCH", times=1)
            go.set()
            asked[0].wait(lambda message: "larger than Discord takes here" in text_of(message))

    assert run_while(members).exit_code == 0
    assert entries() == []


def test_a_locked_database_refuses_in_words_and_then_goes_on(
    discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.database.PATIENCE", 0.3)

    def members() -> None:
        discord.slash("sentiment", {"text": "hello"}).wait(answered)
        database = sqlite3.connect("data/bot.db", isolation_level=None)
        database.execute("BEGIN EXCLUSIVE")
        locked = discord.slash("sentiment", {"text": "hello"})
        locked.wait(lambda message: "I can't write your request down right now" in text_of(message))
        database.execute("ROLLBACK")
        discord.slash("sentiment", {"text": "hello"}).wait(answered)

    assert run_while(members).exit_code == 0
    assert entries() == []


def test_a_database_that_is_locked_at_the_start_is_told(
    discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(discord)
    monkeypatch.setattr("bot.storage.database.PATIENCE", 0.3)
    database = sqlite3.connect("data/bot.db", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    result = bot("run")
    database.execute("ROLLBACK")
    assert result.exit_code == 69
    assert "The database can't be" in one_line(result)
    assert len(entries()) == 1


def test_while_it_stops_nothing_more_is_accepted(discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUTDOWN_GRACE", "5")
    late: list[Interaction] = []
    with held_layers() as go:

        def members() -> None:
            discord.slash("sentiment", {"text": "hello"}).wait(lambda message: "Running" in text_of(message))

            def ask() -> None:
                late.append(discord.slash("sentiment", {"text": "hello"}))
                late[0].wait(lambda message: message["components"])
                go.set()

            threading.Timer(1.5, ask).start()

        assert run_while(members).exit_code == 0
    assert "I am being restarted. Ask me again in a minute." in text_of(late[0].original or {})
    assert entries() == []


def test_a_voice_message_that_may_come_twice_is_counted(
    discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    interrupted(discord)
    had_ticked(SPEAKING)
    told: list[str] = []

    def members() -> None:
        logged(caplog, "may come twice")
        stats = discord.slash("stats").wait(lambda message: message["components"])
        told.append(text_of(stats))

    assert run_while(members).exit_code == 0
    assert "Sounds that may have come twice, after a crash: 1" in told[0]


def test_a_reply_to_a_message_goes_on_in_the_same_message(
    discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def on_message(self: PipelineBot, message: Message) -> None:
        if not message.author.bot:
            await self.answer(MessageReply(self, message), tasks.SENTIMENT, text="I love it")

    monkeypatch.setattr(PipelineBot, "on_message", on_message)
    with held_layers() as go:

        def members() -> None:
            discord.wait_until(lambda: discord._session)
            discord.say(f"<@{discord.application}> how is this?")
            discord.wait_until(lambda: any("Running" in text_of(it) for it in own(discord)))
            threading.Timer(1.0, go.set).start()

        assert run_while(members).exit_code == 0
    all_done(discord, lambda: any(map(answered, own(discord))))
    (shown,) = own(discord)
    assert shown["nonce"] == str(shown["message_reference"]["message_id"])


def own(discord: LoopbackDiscord) -> list[dict[str, Any]]:
    return [it for it in in_channel(discord) if it["author"]["id"] == str(discord.application)]


def test_an_answer_that_cannot_be_drawn_is_a_defect_and_not_tried_for_ever(
    discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("a broken picture, say")

    monkeypatch.setattr("bot.replies.cards.answered", broken)

    def members() -> None:
        discord.slash("sentiment", {"text": "hello"}).wait(lambda message: "Something broke" in text_of(message))

    assert run_while(members).exit_code == 0
    assert entries() == []
