"""The server that people find in the playground: a channel that isn't empty, and somebody to be."""

from dataclasses import dataclass

import discord
import simcord

from bot.client import PipelineBot
from bot.replies.about import help_card

MESSAGES = (
    ("mira", "The new release is wonderful, the search finally finds what I mean!"),
    (
        "jonas",
        "For me it crashes at every second start, and support has been silent for a week. So tired of it.",
    ),
    ("mira", "Ostrzegam: jutro od ósmej do dziesiątej serwer będzie wyłączony."),
)


WELCOME = (
    "## Welcome to the playground\n"
    "This is the bot itself, on a Discord of its own that ends with this page. "
    "Type `/` below for its commands, right-click a message, or press one of these."
)


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
    visible = bot.get_channel(channel.id)
    assert isinstance(visible, discord.TextChannel)
    await visible.guild.me.edit(nick="Pipelines")
    await visible.send(view=help_card(WELCOME).view)
    return World(channel, (members["you"], members["mira"]))
