"""/settings: who may use it, that each setting takes effect on the next command, and that a restart keeps it."""

from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import simcord

from bot.client import PipelineBot
from bot.gate import Gate
from bot.replies.panel import CONTROLS
from bot.rules import HostRules, Quota, ServerRules
from bot.storage.database import Unwritable
from bot.storage.usage import Usage, Used
from bot.tasks import SENTIMENT, TEXT
from tests.conftest import Simulation, shown

NOT_YOURS = "Only those who may manage this server can change its settings."
MANAGERS = "Those who manage the server can change that, with /settings."


@pytest.fixture
def cleo(simulation: Simulation) -> simcord.MemberActor:
    """She may manage the server."""
    guild = simulation.env.guild
    role = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(simulation.env.create_user("cleo"), roles=[role])


class Panel:
    """The panel as somebody uses it."""

    def __init__(self, simulation: Simulation, result: simcord.InteractionResult, who: simcord.MemberActor) -> None:
        assert result.response is not None
        self._simulation = simulation
        self._message = result.response
        self._who = who

    @property
    def text(self) -> str:
        return shown(self._message)

    async def use(self, control: str, *values: Any, **given: Any) -> simcord.InteractionResult:
        """A button, or a select with what is chosen in it."""
        custom_id, values = f"settings:{control}", given.get("values", values)
        if values or "values" in given:
            return await self._who.select(self._message, values, custom_id=custom_id)
        return await self._who.click(self._message, custom_id=custom_id)

    async def press(self, label: str) -> simcord.InteractionResult:
        return await self._who.click(self._message, label=label)

    async def turn_to(self, page: str) -> None:
        await self.use(f"page:{page}")

    async def choose(self, control: str, *values: Any, **given: Any) -> None:
        await self.use(control, *values, **given)
        assert "✅" in self.text

    async def limit(self, whose: str, **numbers: str) -> None:
        await self._who.submit_modal(await self.use(f"quota:{whose}"), numbers)


async def open_panel(simulation: Simulation, who: simcord.MemberActor) -> Panel:
    result = await who.slash(simulation.channel, "settings")
    assert result.ephemeral
    return Panel(simulation, result, who)


def rules(simulation: Simulation) -> ServerRules:
    return simulation.bot.storage.servers.of(simulation.env.guild.id)


async def refused(simulation: Simulation, sentence: str, **where: Any) -> None:
    """Bob's /sentiment is refused at once and privately, and nothing is written down."""
    channel = where.get("channel", simulation.channel)
    before = len(simulation.env.http_requests)
    result = await simulation.bob.slash(channel, "sentiment", text="hello")
    assert sentence in shown(result)
    assert result.ephemeral
    calls = [call for call in simulation.env.http_requests[before:] if call.path.startswith("/interactions")]
    assert [call.json and call.json["type"] for call in calls] == [
        discord.InteractionResponseType.channel_message.value
    ]
    assert await simulation.bot.storage.journal.unanswered() == []


async def answered(simulation: Simulation, **options: Any) -> simcord.InteractionResult:
    channel = options.pop("channel", simulation.channel)
    result = await simulation.bob.slash(channel, "sentiment", text="hello", **options)
    await simulation.answered(result)
    return result


async def test_discord_offers_it_only_to_those_who_manage_the_server(
    simulation: Simulation, cleo: simcord.MemberActor
) -> None:
    assert "settings" in cleo.available_commands(simulation.channel)
    assert "settings" not in simulation.bob.available_commands(simulation.channel)


async def test_the_bot_asks_again_where_discord_lets_somebody_through(simulation: Simulation) -> None:
    """A server may have Discord offer the command to anybody; that doesn't make them its managers."""
    guild = simulation.env.guild
    command = simulation.env.backend.find_command("settings", guild.id, type=1)
    assert command is not None
    guild.set_command_permissions(int(command["id"]), {simulation.bob: True})
    result = await simulation.bob.slash(simulation.channel, "settings")
    assert NOT_YOURS in shown(result)
    assert result.ephemeral


async def test_every_control_asks_whether_who_uses_it_may(simulation: Simulation, cleo: simcord.MemberActor) -> None:
    """As where somebody loses the permission while the panel is open before them."""
    pages = ("home", "tasks:Text", "place:translation", "channels", "people", "limits")
    panels = {page: await open_panel(simulation, cleo) for page in pages}
    for page in pages[1:]:
        await panels[page].turn_to(page.replace("place:translation", "tasks:Text"))
    await panels["place:translation"].use("place:Text", "translation")
    modal = await panels["limits"].use("quota:member")
    role = simulation.env.guild.roles["Managers"]
    simulation.env.backend.remove_member_role(simulation.env.guild.id, cleo.id, role.id)

    used = [
        await panels["home"].use("page:limits"),
        await panels["home"].use("private"),
        await panels["tasks:Text"].use("tasks:Text", values=[]),
        await panels["tasks:Text"].use("place:Text", "translation"),
        await panels["place:translation"].use("places:translation", simulation.channel),
        await panels["channels"].use("channels:denied", simulation.channel),
        await panels["people"].use("people:denied", simulation.bob),
        await panels["limits"].use("exempt", role),
        await panels["limits"].use("quota:everybody"),
        await cleo.submit_modal(modal, {"a_day": "1"}),
    ]
    for result in used:
        assert NOT_YOURS in shown(result)
        assert result.ephemeral
    assert len(CONTROLS) == 9, "each is used above"
    assert rules(simulation) == ServerRules()


async def test_a_task_that_is_off_says_so_until_it_is_on_again(
    simulation: Simulation, cleo: simcord.MemberActor
) -> None:
    panel = await open_panel(simulation, cleo)
    await panel.turn_to("tasks:Text")
    others = [task.name for task in TEXT if task is not SENTIMENT]
    await panel.choose("tasks:Text", *others)
    assert "✅ Saved. Off: /sentiment." in panel.text
    await refused(simulation, f"/sentiment is switched off on this server. {MANAGERS}")
    await panel.choose("tasks:Text", SENTIMENT.name, *others)
    await answered(simulation)


async def test_a_task_only_in_some_channels_and_their_threads(
    simulation: Simulation, cleo: simcord.MemberActor
) -> None:
    there = simulation.env.guild.create_text_channel("bots")
    real = simulation.bot.get_channel(there.id)
    assert isinstance(real, discord.TextChannel)
    await real.create_thread(name="a thread", type=discord.ChannelType.public_thread)
    panel = await open_panel(simulation, cleo)
    await panel.turn_to("tasks:Text")
    await panel.use("place:Text", SENTIMENT.name)
    await panel.choose(f"places:{SENTIMENT.name}", there)
    assert f"/sentiment is done only in <#{there.id}>" in panel.text
    await refused(simulation, f"/sentiment isn't done in this channel. {MANAGERS}\nTry <#{there.id}>.")
    await answered(simulation, channel=there)
    await answered(simulation, channel=there.threads[0])
    await panel.choose(f"places:{SENTIMENT.name}", values=[])
    await answered(simulation)


async def test_answers_are_private_where_nobody_says_otherwise(
    simulation: Simulation, cleo: simcord.MemberActor
) -> None:
    assert not (await answered(simulation)).ephemeral
    panel = await open_panel(simulation, cleo)
    await panel.press("Make them private")
    assert "✅ Saved. Answers are seen by only the asker." in panel.text
    assert (await answered(simulation)).ephemeral
    assert not (await answered(simulation, private=False)).ephemeral
    overview = await simulation.bob.slash(simulation.channel, "help")
    assert overview.response is not None
    assert (await simulation.bob.click(overview.response, label="/sentiment")).ephemeral
    await panel.press("Make them public")
    assert not (await answered(simulation)).ephemeral


async def test_channels_where_nothing_is_done(simulation: Simulation, cleo: simcord.MemberActor) -> None:
    there = simulation.env.guild.create_text_channel("bots")
    panel = await open_panel(simulation, cleo)
    await panel.turn_to("channels")
    await panel.choose("channels:denied", simulation.channel)
    await refused(simulation, f"I don't answer in this channel. {MANAGERS}")
    await answered(simulation, channel=there)
    await panel.choose("channels:denied", values=[])
    await panel.choose("channels:allowed", simulation.channel)
    await answered(simulation)
    await refused(simulation, f"I don't answer in this channel. {MANAGERS}", channel=there)


async def test_who_may_ask(simulation: Simulation, cleo: simcord.MemberActor) -> None:
    panel = await open_panel(simulation, cleo)
    await panel.turn_to("people")
    await panel.choose("people:denied", simulation.bob)
    assert f"✅ Saved. Not: <@{simulation.bob.id}>." in panel.text
    await refused(simulation, f"On this server you may not ask me. {MANAGERS}")
    await panel.choose("people:denied", values=[])
    moderators = simulation.env.guild.roles["Moderators"]
    await panel.choose("people:allowed", moderators)
    await refused(simulation, "On this server you may not ask me.")
    await simulation.answered(await simulation.sentiment("Ann is a moderator"))
    await panel.choose("people:allowed", moderators, simulation.bob)
    await answered(simulation)


async def test_limits_and_who_is_exempt(simulation: Simulation, cleo: simcord.MemberActor) -> None:
    panel = await open_panel(simulation, cleo)
    await panel.turn_to("limits")
    await panel.limit("member", a_day="1", at_once="2")
    assert "✅ Saved for one member: 2 at once · 1 a day." in panel.text
    await answered(simulation)
    await refused(simulation, "You have asked once today, and those who manage this server allow no more.")
    await panel.choose("exempt", simulation.env.guild.roles["Moderators"])
    for _ in range(2):
        await simulation.answered(await simulation.sentiment("Ann is a moderator"))
    await panel.limit("everybody", a_day="3")
    result = await simulation.sentiment("the fourth")
    assert "This server has asked 3 times today, and those who manage this server allow no more." in shown(result)


@pytest.mark.parametrize("typed", ["-1", "0", "many", "²", "21", "1.5"])
async def test_numbers_that_are_none_or_more_than_the_host_allows(
    simulation: Simulation, cleo: simcord.MemberActor, typed: str
) -> None:
    storage = simulation.bot.storage
    gate = Gate(HostRules(member=Quota(a_minute=20)), storage.servers, storage.usage)
    simulation.bot.gate = simulation.bot.serving._gate = gate
    panel = await open_panel(simulation, cleo)
    await panel.turn_to("limits")
    await panel.limit("member", a_minute=typed)
    assert "⚠️ “Requests within a minute” is a whole number from 1 to 20, or empty. Nothing was changed." in panel.text
    assert rules(simulation) == ServerRules()


async def test_a_restart_keeps_what_is_set_and_the_open_panel(
    simulation: Simulation, cleo: simcord.MemberActor
) -> None:
    panel = await open_panel(simulation, cleo)
    await panel.press("Make them private")
    await panel.turn_to("tasks:Text")
    bot = PipelineBot(simulation.bot.worker, simulation.bot.storage, commands_record=None)
    await simulation.env.restart_bot(bot)
    await panel.choose("tasks:Text", values=[])
    assert "Off: /sentiment, /classify" in panel.text
    await panel.press("Back")
    assert "24 of 32 are on." in panel.text
    assert "Only the asker sees them" in panel.text
    await refused(simulation, "/sentiment is switched off")


async def test_what_cannot_be_written_is_not_said_to_hold(
    simulation: Simulation, cleo: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise Unwritable("full")

    panel = await open_panel(simulation, cleo)
    monkeypatch.setattr(simulation.bot.storage.servers, "change", full)
    await panel.press("Make them private")
    assert "⚠️ I can't write that down right now, so nothing was changed." in panel.text
    assert "Everybody in the channel sees them" in panel.text


async def test_a_server_without_the_bot_is_forgotten(simulation: Simulation, cleo: simcord.MemberActor) -> None:
    panel = await open_panel(simulation, cleo)
    await panel.press("Make them private")
    await answered(simulation)
    server = simulation.env.guild.id
    guild = simulation.bot.get_guild(server)
    assert guild is not None
    await guild.leave()
    await simulation.env.settle()
    assert simulation.bot.storage.servers.of(server) == ServerRules()
    await simulation.bot.storage.usage.settle()
    assert (await Usage.read(simulation.bot.storage.usage._database)).of(
        datetime.now(UTC).date(), (None, server)
    ) == Used()
