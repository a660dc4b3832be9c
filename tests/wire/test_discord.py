"""The double itself, with a minimal bot of real discord.py on the other end of its sockets."""

import asyncio
import json
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.ext import commands

from . import LoopbackDiscord, nowhere
from .faults import Faults

V2 = 1 << 15


class Again(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"again:\d+"):
    """A button that answers without its view, as after a restart."""

    @classmethod
    async def from_custom_id(cls, interaction: Any, item: Any, match: re.Match[str], /) -> "Again":
        return cls(discord.ui.Button(custom_id=match.string))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("again", ephemeral=True)


class Card(discord.ui.LayoutView):
    """A text, a file and two buttons."""

    def __init__(self, text: str, file: discord.File) -> None:
        super().__init__(timeout=None)
        press: discord.ui.Button[Card] = discord.ui.Button(label="Press", custom_id="press")
        press.callback = self.pressed  # type: ignore[method-assign]
        row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(
            press, Again(discord.ui.Button(label="Again", custom_id="again:1"))
        )
        self.add_item(discord.ui.Container(discord.ui.TextDisplay(text), discord.ui.File(file), row))

    async def pressed(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(view=None, attachments=[])
        await interaction.followup.send("pressed")


class Bot(commands.Bot):
    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__("!", intents=intents, guild_ready_timeout=0.05)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Again)
        group = app_commands.Group(name="image", description="About images")
        group.command(name="measure", description="How large?")(measure)
        self.tree.add_command(app_commands.command(name="draw", description="Draw it")(draw))
        self.tree.add_command(group)
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        """Read only where a test waits for it."""


async def draw(interaction: discord.Interaction, text: str) -> None:
    await interaction.response.defer(thinking=True)
    file = discord.File(fp=__file__, filename="drawing.py")
    await interaction.edit_original_response(view=Card(text, file), attachments=[file])


async def measure(interaction: discord.Interaction, image: discord.Attachment) -> None:
    await interaction.response.send_message(f"{len(await image.read())} bytes of {image.content_type}")


@asynccontextmanager
async def connected(wire: LoopbackDiscord) -> AsyncIterator[Bot]:
    async with Bot() as bot:
        await bot.login(wire.token)
        connection = asyncio.create_task(bot.connect())
        await bot.wait_until_ready()
        yield bot
        await bot.close()
        await connection


@pytest.fixture
def wire() -> Iterator[LoopbackDiscord]:
    with LoopbackDiscord() as wire:
        yield wire


async def test_a_bot_logs_in_and_syncs(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        ids = {command["name"]: command["id"] for command in wire.commands}
        assert ids.keys() == {"draw", "image"}
        assert wire.synced == 1
        assert bot.application_id == wire.application
        guild = bot.get_guild(wire.guild)
        assert guild is not None
        assert guild.get_channel(wire.channel)
        await bot.tree.sync()
        assert ids == {command["name"]: command["id"] for command in wire.commands}, "ids outlive a sync"


async def test_a_deferred_answer_with_a_file_and_its_buttons(wire: LoopbackDiscord):
    async with connected(wire):
        drawing = wire.slash("draw", {"text": "a cat"})
        shown = await drawing.seen(lambda message: message["components"])
        assert drawing.callback == {"type": 5}
        assert [message["flags"] for message in drawing.edits] == [1 << 7, V2]
        assert shown["components"][0]["components"][0] == {"type": 10, "content": "a cat"}
        (attachment,) = shown["attachments"]
        assert attachment["filename"] == "drawing.py"
        assert b"a minimal bot" in wire.uploads[attachment["id"]]

        again = wire.click(drawing, "again:1", user=wire.bob)
        assert (await again.seen(lambda message: message["content"]))["flags"] == 1 << 6

        pressed = wire.click(drawing, "press")
        await asyncio.to_thread(wire.wait_until, lambda: pressed.followups)
        assert pressed.callback
        assert pressed.callback["type"] == 7
        assert drawing.original == pressed.original == drawing.edits[-1]
        assert drawing.original
        assert drawing.original["attachments"] == drawing.original["components"] == []
        with pytest.raises(KeyError):
            wire.click(drawing, "press")


async def test_an_attachment_for_a_command_of_a_group(wire: LoopbackDiscord):
    async with connected(wire):
        measured = wire.slash("image measure", {"image": ("cat ä.png", b"12345")})
        assert (await measured.seen(lambda message: True))["content"] == "5 bytes of image/png"


async def test_messages_in_the_channel(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        channel = bot.get_partial_messageable(wire.channel, guild_id=wire.guild)
        await channel.typing()
        message = await channel.send("one")
        await message.edit(content="two")
        assert (await channel.fetch_message(message.id)).content == "two"
        assert [version["content"] for version in wire.versions[str(message.id)]] == ["one", "two"]
        await message.delete()
        with pytest.raises(discord.NotFound) as caught:
            await message.edit(content="three")
        assert caught.value.code == 10008
        assert wire.requests[-1][:2] == ("PATCH", f"/channels/{wire.channel}/messages/{message.id}")


async def test_a_message_with_the_nonce_of_another_is_that_one(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        channel = bot.get_partial_messageable(wire.channel, guild_id=wire.guild)
        one, other = await channel.send("one", nonce="7"), await channel.send("two", nonce="8")
        assert (await channel.send("three", nonce="7")).id == one.id
        assert [message.id async for message in channel.history()] == [other.id, one.id]


async def test_what_is_private_is_reached_by_its_token_alone(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        drawing = wire.slash("draw", {"text": "a cat"})
        await drawing.seen(lambda message: message["components"])
        again = wire.click(drawing, "again:1")
        shown = await again.seen(lambda message: message["content"])
        assert shown["flags"] == 1 << 6
        channel = bot.get_partial_messageable(wire.channel, guild_id=wire.guild)
        with pytest.raises(discord.NotFound):
            await channel.get_partial_message(int(shown["id"])).edit(content="for all to see")
        webhook = discord.Webhook.partial(wire.application, again.token, client=bot)
        await webhook.edit_message(int(shown["id"]), content="for one to see")
        assert again.original
        assert again.original["content"] == "for one to see"


async def test_direct_messages(wire: LoopbackDiscord):
    carol = wire.member("carol")
    async with connected(wire) as bot:
        user = await bot.fetch_user(carol)
        assert user.name == "carol"
        sent = await user.send("hello")
        assert wire.messages[str(sent.id)]["channel_id"] == str(wire.direct(carol))
        assert isinstance(await bot.fetch_channel(wire.direct(carol)), discord.DMChannel)
        wire.faults.refuse(50007, method="POST", path=f"/channels/{wire.direct(carol)}/messages")
        with pytest.raises(discord.Forbidden) as caught:
            await user.send("hello?")
        assert caught.value.code == 50007
        drawing = wire.slash("draw", {"text": "a cat"}, user=carol, channel=wire.direct(carol))
        assert (await drawing.seen(lambda message: message["components"]))["channel_id"] == str(wire.direct(carol))
        for lookup, code in ((bot.fetch_user, 10013), (bot.fetch_channel, 10003)):
            with pytest.raises(discord.NotFound) as unknown:
                await lookup(1)
            assert unknown.value.code == code


async def test_a_bot_reads_what_mentions_it_and_what_is_said_to_it_alone(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        heard = []
        for text, channel in (
            (f"<@{wire.application}> hello", wire.channel),
            ("not for bots", wire.channel),
            ("between us", wire.direct(wire.bob)),
        ):
            hearing = asyncio.create_task(bot.wait_for("message", timeout=5))
            await asyncio.sleep(0)
            wire.say(text, user=wire.bob, channel=channel)
            heard.append(await hearing)
        assert [message.content for message in heard] == [f"<@{wire.application}> hello", "", "between us"]
        assert heard[0].mentions == [bot.user]
        assert {message.author.id for message in heard} == {wire.bob}
        reply = await heard[2].reply("I hear you")
        assert wire.messages[str(reply.id)]["message_reference"]["message_id"] == heard[2].id


async def test_discord_is_strict_about_callbacks(wire: LoopbackDiscord):
    async with connected(wire), aiohttp.ClientSession(discord.http.Route.BASE + "/") as session:
        measured = wire.slash("image measure", {"image": ("cat.png", b"")})
        await measured.seen(lambda message: True)

        async def post(path: str, token: str = "") -> tuple[int, int]:
            async with session.post(path, json={"type": 5}, headers={"Authorization": token}) as answer:
                assert answer.headers["Content-Type"] == "application/json"
                return answer.status, (await answer.json())["code"]

        assert await post(f"interactions/{measured.id}/{measured.token}/callback") == (400, 40060)
        assert await post("interactions/1/unknown/callback") == (404, 10062)
        assert await post("channels/1/messages") == (401, 0)
        assert await post("no/such/route", f"Bot {wire.token}") == (404, 0)
        assert wire.requests[-1] == ("POST", "/no/such/route", {"type": 5})


async def test_a_lost_connection_is_resumed(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        resumed = asyncio.create_task(bot.wait_for("resumed", timeout=5))
        await asyncio.sleep(0)
        wire.drop()
        drawing = wire.slash("draw", {"text": "meanwhile"})
        await resumed
        await drawing.seen(lambda message: message["flags"] == V2)
        assert len(drawing.edits) == 2, "told once"


async def test_the_next_bot_finds_what_the_last_one_left(wire: LoopbackDiscord):
    async with connected(wire):
        drawing = wire.slash("draw", {"text": "a cat"})
        await drawing.seen(lambda message: message["components"])
    async with connected(wire):
        again = wire.click(drawing, "again:1")
        assert (await again.seen(lambda message: True))["content"] == "again"


async def test_a_wrong_token(wire: LoopbackDiscord):
    async with Bot() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")


async def test_a_missing_intent(wire: LoopbackDiscord):
    wire.close_after_identify = 4014
    async with Bot() as bot:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(wire.token)


async def test_nowhere():
    with nowhere():
        async with Bot() as bot:
            with pytest.raises(aiohttp.ClientConnectorError):
                await bot.start("any")
    assert discord.http.Route.BASE == "https://discord.com/api/v10"


def test_a_bot_under_asyncio_run_driven_from_another_thread(wire: LoopbackDiscord):
    async def main() -> dict[str, Any]:
        async with Bot() as bot:
            connection = asyncio.create_task(bot.start(wire.token))
            drawing = await asyncio.to_thread(wire.slash, "draw", {"text": "a cat"})
            shown = await drawing.seen(lambda message: message["components"])
        await connection
        return shown

    assert asyncio.run(main())["flags"] == V2


async def test_zlib_stream(wire: LoopbackDiscord):
    """What discord.py asks for where zstandard isn't installed."""
    inflate = zlib.decompressobj()
    gateway = discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY.with_query(compress="zlib-stream")
    async with aiohttp.ClientSession() as session, session.ws_connect(gateway) as socket:
        assert json.loads(inflate.decompress(await socket.receive_bytes()))["op"] == 10
        await socket.send_json({"op": 1, "d": None})
        frame = await socket.receive_bytes()
        assert frame.endswith(b"\0\0\xff\xff")
        assert json.loads(inflate.decompress(frame))["op"] == 11


async def test_a_refusal(wire: LoopbackDiscord):
    rule = wire.faults.refuse(50013, method="POST", path="/channels/*/messages", times=1)
    async with connected(wire) as bot:
        channel = bot.get_partial_messageable(wire.channel, guild_id=wire.guild)
        await channel.typing()
        with pytest.raises(discord.Forbidden) as caught:
            await channel.send("one")
        assert caught.value.code == 50013
        assert wire.messages == {}
        await channel.send("two")
        assert rule.hits == 1


async def test_discord_py_waits_where_there_is_too_much_or_something_broke(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        wire.faults.limit(0.2, times=1)
        wire.faults.fail(502, times=1)
        channel = bot.get_partial_messageable(wire.channel, guild_id=wire.guild)
        began = asyncio.get_running_loop().time()
        await channel.send("one")
        assert asyncio.get_running_loop().time() - began > 1.2
        assert len(wire.messages) == 1
        wire.faults.limit(0.1, method="PATCH", path="/webhooks/*", times=1)
        drawing = wire.slash("draw", {"text": "a cat"})
        await drawing.seen(lambda message: message["components"])
        wire.faults.fail(503)
        with pytest.raises(discord.DiscordServerError):
            await channel.send("two")
        wire.faults.clear()
        await channel.send("three")


@pytest.mark.parametrize("done", [False, True])
async def test_an_answer_that_gets_lost(wire: LoopbackDiscord, done: bool):
    async with connected(wire) as bot:
        wire.faults.drop(method="POST", path="/channels/*", done=done)
        channel = bot.get_partial_messageable(wire.channel, guild_id=wire.guild)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await channel.send("one")
        assert [message["content"] for message in wire.messages.values()] == ["one"] * done


async def test_an_event_that_comes_twice(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        wire.faults.replay("MESSAGE_CREATE", times=1)
        heard: list[int] = []

        async def on_message(message: discord.Message) -> None:
            heard.append(message.id)

        bot.add_listener(on_message)
        one, other = wire.say("one"), wire.say("two")
        while len(heard) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert heard == [int(one["id"])] * 2 + [int(other["id"])]


def test_faults_strike_by_a_seeded_chance():
    def struck(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.replay("GUILD_CREATE")
        faults.replay("MESSAGE_CREATE", rate=0.1)
        return [faults.replays("MESSAGE_CREATE") for _ in range(1000)]

    assert 70 < sum(struck(1)) < 130
    assert struck(1) == struck(1) != struck(2)


async def test_a_token_ends(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        for old, ago in ((False, 0.0), (True, 898.0)):
            drawing = wire.slash("draw", {"text": "a cat"}, ago=ago)
            await drawing.seen(lambda message: message["components"])
            webhook = discord.Webhook.partial(wire.application, drawing.token, client=bot)
            shown = int(drawing.message or 0)
            await webhook.edit_message(shown, attachments=[])
            if not old:
                drawing.expire()
            while not drawing.expired:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            for call in (webhook.edit_message(shown, content="late"), webhook.send("late")):
                with pytest.raises(discord.HTTPException) as caught:
                    await call
                assert (caught.value.status, caught.value.code) == (401, 50027)


async def test_an_acknowledgement_can_be_too_late(wire: LoopbackDiscord):
    async with connected(wire):
        wire.deadline = 0.1
        wire.faults.delay(0.3, path="/interactions/*", times=1)
        late, timely = (wire.slash("draw", {"text": "a cat"}) for _ in range(2))
        await timely.seen(lambda message: message["components"])
        await asyncio.to_thread(wire.wait_until, lambda: len(wire.requests) > 3)
        assert late.callback is None
        assert late.acknowledged is None
        assert timely.acknowledged


async def test_a_connection_that_is_cut_again_and_again(wire: LoopbackDiscord):
    async with connected(wire):
        with wire.cut_every(0.1):
            for _ in range(5):
                drawing = wire.slash("draw", {"text": "a cat"})
                await drawing.seen(lambda message: message["components"])
                await asyncio.sleep(0.07)


async def test_a_session_that_discord_has_forgotten(wire: LoopbackDiscord):
    async with connected(wire) as bot:
        anew = asyncio.create_task(bot.wait_for("ready", timeout=20))
        await asyncio.sleep(0)
        wire.drop(forget=True)
        await anew
        assert wire.connected
    await asyncio.to_thread(wire.wait_until, lambda: not wire.connected)
