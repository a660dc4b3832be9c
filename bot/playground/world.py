"""The server that people find in the playground: a channel that isn't empty, and somebody to be."""

import re
from dataclasses import dataclass
from typing import Any, Self

import discord
import simcord
from discord import app_commands

from bot.client import PipelineBot
from bot.replies.about import help_card

MESSAGES = (
    ("mira", "The new release is wonderful, the search finally finds what I mean!", None),
    (
        "jonas",
        "For me it crashes at every second start, and support has been silent for a week. I tried the stable build, "
        "the beta and the one before, on two machines, with and without my old settings. It always ends the same "
        "way: the window opens, the list begins to load, and it is gone. If nobody looks into it by Friday, I go back "
        "to last year's version and stay there.",
        "Summarize",
    ),
    ("mira", "Ostrzegam: jutro od ósmej do dziesiątej serwer będzie wyłączony.", "Translate"),
)
"""Who writes what, and the menu worth trying on it."""

WELCOME = (
    "## Welcome to the playground\n"
    "This is the bot itself, on a Discord of its own that ends with this page. "
    "Type `/` below for its commands, or press one of these."
)
MENUS = "This page has no right-click menus; these buttons do what they would:"


class MenuButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"menu:(?P<menu>\w+):(?P<author>\w+):(?P<message>\d+)"
):
    """Stands in for a menu on a message, which the simulated Discord knows but its page doesn't show."""

    def __init__(self, menu: str, author: str, message: int) -> None:
        label = f"{menu} {author.capitalize()}'s message"
        super().__init__(discord.ui.Button(label=label, custom_id=f"menu:{menu}:{author}:{message}"))
        self._menu = menu
        self._message = message

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match["menu"], match["author"], int(match["message"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        menu = interaction.client.tree.get_command(self._menu, type=discord.AppCommandType.message)
        assert isinstance(menu, app_commands.ContextMenu)
        assert isinstance(interaction.channel, discord.TextChannel)
        callback: Any = menu.callback
        await callback(interaction, await interaction.channel.fetch_message(self._message))


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
    menus: list[discord.ui.Item[Any]] = []
    for name, text, menu in MESSAGES:
        message = await members[name].send(channel, text)
        if menu:
            menus.append(MenuButton(menu, name, message.id))
    bot.add_dynamic_items(MenuButton)
    visible = bot.get_channel(channel.id)
    assert isinstance(visible, discord.TextChannel)
    await visible.guild.me.edit(nick="Pipelines")
    welcome = help_card(WELCOME, discord.ui.TextDisplay(MENUS), discord.ui.ActionRow(*menus))
    await visible.send(view=welcome.view)
    return World(channel, (members["you"], members["mira"]))
