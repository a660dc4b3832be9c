"""Quotas and lists as members meet them at every door, and /usage."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import simcord

from bot.gate import Gate
from bot.rules import HostRules, Quota, ServerRules
from bot.samples import sample
from bot.storage.usage import Usage
from tests.conftest import Simulation, held_layers, shown, until

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MIDNIGHT = f"<t:{datetime(2026, 5, 5, tzinfo=UTC).timestamp():.0f}:R>"

Host = Callable[..., None]


@pytest.fixture
def host(simulation: Simulation) -> Host:
    """Sets what the host says; it is noon."""

    def sets(**rules: Any) -> None:
        storage = simulation.bot.storage
        gate = Gate(HostRules(**rules), storage.servers, storage.usage, lambda: NOON)
        simulation.bot.gate = simulation.bot.serving._gate = gate

    return sets


async def test_over_the_quota_is_told_at_once_and_privately_when_to_come_back(
    simulation: Simulation, host: Host
) -> None:
    host(member=Quota(a_day=1))
    await simulation.answered(await simulation.sentiment("I love it"))
    before = len(simulation.env.http_requests)
    result = await simulation.sentiment("me again")
    assert "You have asked once today, and the host allows no more." in shown(result)
    assert f"Ask again {MIDNIGHT}." in shown(result)
    assert result.ephemeral
    (call,) = simulation.env.http_requests[before:]
    assert call.json is not None
    assert call.json["type"] == discord.InteractionResponseType.channel_message.value
    assert "Ask again" not in shown(await simulation.bob.slash(simulation.channel, "sentiment", text="and me?"))


async def test_a_menu_a_tried_example_and_again_go_through_the_same_gate(simulation: Simulation, host: Host) -> None:
    message = await simulation.bob.send(simulation.channel, "Bonjour")
    answer = await simulation.sentiment("I love it")
    await simulation.answered(answer)
    help_ = await simulation.ann.slash(simulation.channel, "help")
    assert answer.response is not None
    assert help_.response is not None
    host(denied_members=frozenset({simulation.ann.id}))
    for result in (
        await simulation.sentiment("typed"),
        await simulation.ann.context_menu(simulation.channel, "Translate", message),
        await simulation.ann.click(help_.response, label="/sentiment"),
        await simulation.ann.click(answer.response, label="Again"),
    ):
        assert "The host of this bot doesn't let you ask me. Only the host can change that." in shown(result)
        assert result.ephemeral


async def test_nothing_is_looked_for_or_offered_to_who_may_not_ask(simulation: Simulation, host: Host) -> None:
    host(denied_members=frozenset({simulation.ann.id}))
    await simulation.ann.send(simulation.channel, "", attachments=[("street.jpg", sample("street.jpg").data)])
    before = len(simulation.env.http_requests)
    result = await simulation.ann.slash(simulation.channel, "image describe")
    assert "doesn't let you ask me" in shown(result)
    assert len(simulation.env.http_requests) == before + 1


async def test_an_offer_that_was_made_before_is_held_to_what_holds_now(simulation: Simulation, host: Host) -> None:
    await simulation.ann.send(simulation.channel, "", attachments=[("street.jpg", sample("street.jpg").data)])
    offer = await simulation.ann.slash(simulation.channel, "image describe")
    assert "Use this?" in shown(offer)
    host(member=Quota(a_day=1))
    await simulation.answered(await simulation.sentiment("the one of today"))
    assert offer.response is not None
    result = await simulation.ann.click(offer.response, label="Use it")
    assert "You have asked once today" in shown(result)


async def test_what_is_refused_for_what_was_typed_does_not_count(simulation: Simulation, host: Host) -> None:
    host(member=Quota(a_day=1))
    for _ in range(3):
        assert "“text” is empty" in shown(await simulation.sentiment(" "))
    await simulation.answered(await simulation.sentiment("I love it"))


async def test_as_many_at_once_as_are_allowed(simulation: Simulation, host: Host) -> None:
    host(member=Quota(at_once=1))
    with held_layers() as go:
        first = await simulation.sentiment("first")
        await until(lambda: "Running" in shown(first))
        assert "You have 1 request under way" in shown(await simulation.sentiment("second"))
        go.set()
        await simulation.answered(first)
    await simulation.answered(await simulation.sentiment("third"))


async def test_seconds_of_the_device_are_counted_by_who_asked(simulation: Simulation, host: Host) -> None:
    host()
    answer = await simulation.sentiment("I love it")
    await simulation.answered(answer)
    usage = simulation.bot.storage.usage
    (served,) = simulation.worker.snapshot().served
    assert usage.of(NOON.date(), (simulation.ann.id, None)).seconds == served.ran > 0
    assert answer.response is not None
    await simulation.answered(await simulation.bob.click(answer.response, label="Again"))
    assert usage.of(NOON.date(), (simulation.ann.id, None)).requests == 1
    assert usage.of(NOON.date(), (simulation.bob.id, None)).seconds > 0


async def test_cancelling_is_no_way_around_a_quota(simulation: Simulation, host: Host) -> None:
    host(member=Quota(seconds_a_day=1))
    with held_layers() as go:
        result = await simulation.sentiment("slow")
        await until(lambda: "Running" in shown(result))
        usage = simulation.bot.storage.usage
        await until(lambda: simulation.worker._queue.jobs()[0].taken > 1)
        assert result.response is not None
        await simulation.ann.click(result.response, label="Cancel")
        await until(lambda: usage.of(NOON.date(), (simulation.ann.id, None)).seconds > 1)
        go.set()
    assert "seconds of the device today" in shown(await simulation.sentiment("again"))


async def test_a_new_process_goes_on_counting(simulation: Simulation, host: Host) -> None:
    host(member=Quota(a_day=2))
    await simulation.answered(await simulation.sentiment("first"))
    old = simulation.bot.storage
    await old.usage.settle()
    usage = await Usage.read(old.usage._database)
    simulation.bot.storage = replace(old, usage=usage)
    host(member=Quota(a_day=2))
    await simulation.answered(await simulation.sentiment("second"))
    assert "You have asked 2 times today" in shown(await simulation.sentiment("third"))


async def test_usage_shows_what_was_used_of_what_and_when_it_renews(simulation: Simulation, host: Host) -> None:
    host(member=Quota(5, 20, 500, 3600), server=Quota(a_day=1000))
    for _ in range(2):
        await simulation.answered(await simulation.sentiment("I love it"))
    result = await simulation.ann.slash(simulation.channel, "usage")
    assert result.ephemeral
    card = shown(result)
    assert "▱▱▱▱▱▱▱▱▱▱ **0** of 5 at once" in card
    assert "▰▱▱▱▱▱▱▱▱▱ **2** of 20 within a minute" in card
    assert "▱▱▱▱▱▱▱▱▱▱ **2** of 500 today" in card
    assert "of 60 min of the device today" in card
    assert f"A day begins anew {MIDNIGHT}." in card
    assert "All of this server" not in card
    assert "On this server" not in card


async def test_usage_shows_the_servers_own_limits_and_all_of_it_to_its_managers(
    simulation: Simulation, host: Host
) -> None:
    guild = simulation.env.guild
    role = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    cleo = guild.add_member(simulation.env.create_user("cleo"), roles=[role])
    await simulation.bot.storage.servers.change(
        guild.id, lambda _: ServerRules(member=Quota(a_day=4), everybody=Quota(a_minute=10, a_day=5000))
    )
    host(server=Quota(a_minute=300, a_day=1000))
    await simulation.answered(await simulation.sentiment("I love it"))
    mine, hers = await _usage(simulation, simulation.ann), await _usage(simulation, cleo)
    assert "**1**, without a limit, today" in mine
    assert "### On this server, where its managers allow less\n▰▰▱▱▱▱▱▱▱▱ **1** of 4 today" in mine
    assert "All of this server" not in mine
    assert "### All of this server\n**0**, without a limit, at once\n▰▱▱▱▱▱▱▱▱▱ **1** of 10 within a minute" in hers
    assert "**1** of 1,000 today" in hers


async def test_usage_in_direct_messages(simulation: Simulation, host: Host) -> None:
    host(member=Quota(a_day=500))
    dan = simulation.env.create_user("dan")
    result = await dan.slash("usage")
    assert "**0** of 500 today" in shown(result)


async def _usage(simulation: Simulation, member: simcord.MemberActor) -> str:
    return shown(await member.slash(simulation.channel, "usage"))
