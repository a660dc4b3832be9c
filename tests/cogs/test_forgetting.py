"""Every cog answers for what it holds of members and servers; a server that removes the bot leaves nothing behind."""

from dataclasses import replace
from typing import Any

import pytest

from bot.client import EXTENSIONS, PipelineBot
from bot.cog import Cog, StatelessCog
from bot.keeping import Held
from bot.rules import ServerRules
from bot.storage.storage import Storage
from bot.worker.hub import Models, ModelStore
from bot.worker.thread import ThreadWorker
from tests.conftest import Simulation, held_layers, shown, until


@pytest.fixture
async def bot(tmp_path: Any, storage: Storage) -> PipelineBot:
    """Never opened, never logged in."""
    bot = PipelineBot(ThreadWorker(ModelStore(tmp_path, Models.STARTER)), storage, commands_record=None)
    for extension in EXTENSIONS:
        await bot.load_extension(extension)
    return bot


async def test_every_cog_says_what_it_holds_and_forgets_it(bot: PipelineBot) -> None:
    assert len(bot.cogs) >= len(EXTENSIONS)
    for name, cog in bot.cogs.items():
        assert isinstance(cog, Cog), f"{name} derives from bot.cog.Cog, or StatelessCog where it holds nothing"
        for question in ("held_of", "forget_member", "forget_server"):
            assert getattr(type(cog), question) is not getattr(Cog, question), f"{name} has no {question}"
            await getattr(cog, question)(1)


async def test_a_cog_without_state_has_none(bot: PipelineBot) -> None:
    """What a cog remembers between two commands stands in its attributes."""
    for name, cog in bot.cogs.items():
        if isinstance(cog, StatelessCog):
            containers = {key for key, value in vars(cog).items() if isinstance(value, dict | list | set)}
            assert {key for key in containers if not key.startswith("__cog")} == set(), name


class Hoarder(Cog):
    """A cog that a later day may bring: it holds something."""

    def __init__(self, bot: PipelineBot) -> None:
        super().__init__(bot)
        self.members, self.servers = {1, 2}, {7, 8}

    async def held_of(self, user: int) -> Held | None:
        return Held("hoard", "a hoard", user) if user in self.members else None

    async def forget_member(self, user: int) -> None:
        self.members.discard(user)

    async def forget_server(self, server: int) -> None:
        self.servers.discard(server)


async def test_a_new_cog_is_asked_too(bot: PipelineBot) -> None:
    cog = Hoarder(bot)
    await bot.add_cog(cog)
    assert cog in bot.keepers
    await bot.forget_member(1)
    assert cog.members == {2}


async def test_a_server_that_removes_the_bot_leaves_nothing_behind(simulation: Simulation) -> None:
    env, bot = simulation.env, simulation.bot
    elsewhere = env.create_guild()
    there = elsewhere.create_text_channel("general")
    dora = elsewhere.add_member(env.create_user("dora"))
    here = await simulation.sentiment("asked here")
    await simulation.answered(here)
    await simulation.answered(await dora.slash(there, "sentiment", text="asked there"))
    await dora.send(there, attachments=[("street.jpg", b"\xff\xd8\xff")])
    offered = await dora.slash(there, "image recognize")
    await until(lambda: "Use this?" in shown(offered))
    await bot.storage.servers.change(elsewhere.id, lambda rules: replace(rules, private=True))
    cog = Hoarder(bot)
    cog.servers = {elsewhere.id, 8}
    await bot.add_cog(cog)
    with held_layers() as go:
        running = await simulation.sentiment("running here")
        await until(lambda: "Running" in shown(running))
        waiting = await dora.slash(there, "sentiment", text="waiting there")
        await until(lambda: "Queued" in shown(waiting))
        env.backend.remove_guild(elsewhere.id)
        await until(lambda: not bot.under_way.of(dora.id))
        await env.settle()
        await bot.storage.journal.settle()
        left = await bot.storage.journal.unanswered()
        go.set()
        await simulation.answered(running)
    assert [entry.request.inputs["text"] for entry in left] == ["running here"]
    held = [await keeper.held_of(dora.id) for keeper in bot.keepers]
    assert [it.name for it in held if it is not None] == ["usage"], "in memory, until the day is over"
    assert bot.storage.servers.of(elsewhere.id) == ServerRules()
    assert cog.servers == {8}
    assert here.response is not None
    await simulation.answered(await simulation.ann.click(here.response, label="Again"))


async def test_an_outage_of_discords_deletes_nothing(simulation: Simulation) -> None:
    await simulation.answered(await simulation.sentiment("I love it"))
    guild = simulation.env.guild
    simulation.bot._connection.parse_guild_delete({"id": guild.id, "unavailable": True})
    await simulation.env.settle()
    assert await simulation.bot.recent.held_of(simulation.ann.id)
    removed = simulation.bot.get_guild(guild.id)
    assert removed is not None
    assert removed.unavailable
