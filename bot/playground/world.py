"""The server that people find in the playground: a channel that isn't empty, and somebody to be."""

import re
from dataclasses import dataclass
from typing import Any, Self, cast

import discord
import simcord

from bot.client import PipelineBot
from bot.replies.reply import InteractionReply
from bot.tasks import TASKS, find

MESSAGES = (
    ("mira", "The new release is wonderful, the search finally finds what I mean!"),
    (
        "jonas",
        "For me it crashes at every second start, and support has been silent for a week. So tired of it.",
    ),
    ("mira", "Ostrzegam: jutro od ósmej do dziesiątej serwer będzie wyłączony."),
)


class TryButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"try:(?P<task>[\w-]+):(?P<example>\d+)"):
    """Asks one of a task's examples, as if the member had typed it."""

    def __init__(self, task: str, example: int) -> None:
        self._task = find(task)
        self._example = self._task.examples[example]
        label = next(iter(self._example.values()))
        short = label if len(label) <= 60 else label[:59] + "…"
        super().__init__(
            discord.ui.Button(label=short, custom_id=f"try:{task}:{example}", style=discord.ButtonStyle.primary)
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match["task"], int(match["example"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("PipelineBot", interaction.client)
        await bot.answer(InteractionReply(interaction), self._task, **self._example)


@dataclass(frozen=True, slots=True)
class World:
    channel: simcord.ChannelHandle
    members: tuple[simcord.MemberActor, ...]
    """Who the person in the browser can be; the first is who they begin as."""


async def furnish(env: simcord.Env, bot: PipelineBot) -> World:
    """Make the server, with a welcome card and a few messages worth asking about."""
    guild = env.create_guild("Playground")
    channel = guild.create_text_channel("try-me")
    members = {
        name: guild.add_member(env.create_user(name, global_name=name.capitalize()))
        for name in ("you", "mira", "jonas")
    }
    for name, text in MESSAGES:
        await members[name].send(channel, text)
    bot.add_dynamic_items(TryButton)
    visible = bot.get_channel(channel.id)
    assert isinstance(visible, discord.TextChannel)
    await visible.guild.me.edit(nick="Pipelines")
    await visible.send(view=welcome_card())
    return World(channel, (members["you"], members["mira"]))


def welcome_card() -> discord.ui.LayoutView:
    view = discord.ui.LayoutView(timeout=None)
    container = discord.ui.Container[discord.ui.LayoutView](accent_colour=0x5865F2)
    container.add_item(
        discord.ui.TextDisplay(
            "## Welcome to the playground\n"
            "This is the bot itself, on a Discord of its own that ends with this page. "
            "Type `/` below for its commands, or press one of these."
        )
    )
    for task in TASKS:
        container.add_item(discord.ui.Separator())
        container.add_item(discord.ui.TextDisplay(f"**/{task.command}** · {task.summary}"))
        for number in range(min(len(task.examples), 3)):
            container.add_item(discord.ui.ActionRow(TryButton(task.name, number)))
    view.add_item(container)
    return view
