"""The server that people find in the playground: a channel that isn't empty, and somebody to be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import discord
import simcord
from discord import app_commands

from bot.client import PipelineBot
from bot.replies import cards
from bot.replies.about import STARTERS, GroupButton
from bot.replies.buttons import Button, TryButton
from bot.samples import sample
from bot.tasks import GROUPS, TASKS

_Row = discord.ui.ActionRow[Any]


@dataclass(frozen=True, slots=True)
class Posted:
    """A message, and the menu worth trying on it, with what its button is called."""

    author: str
    text: str
    files: tuple[tuple[str, str], ...] = ()
    """Each a name, and the sample it holds."""
    menu: str | None = None
    button: str | None = None


MESSAGES = (
    Posted("mira", "The new release is wonderful, the search finally finds what I mean!"),
    Posted(
        "jonas",
        "For me it crashes at every second start, and support has been silent for a week. I tried the stable build, "
        "the beta and the one before, on two machines, with and without my old settings. It always ends the same "
        "way: the window opens, the list begins to load, and it is gone. If nobody looks into it by Friday, I go back "
        "to last year's version and stay there.",
        menu="Summarize",
        button="Summarize Jonas's message",
    ),
    Posted(
        "mira",
        "Le serveur sera fermé demain matin.",
        menu="Translate",
        button="Translate Mira's message",
    ),
    Posted(
        "jonas",
        "",
        (("voice-message.ogg", "voice.ogg"),),
        menu="Transcribe",
        button="Transcribe Jonas's voice message",
    ),
    Posted(
        "mira",
        "Which of these do we have to order again?",
        (("shop.csv", "shop.csv"),),
        menu="More…",
        button="More… about Mira's table",
    ),
    Posted(
        "you",
        "My street this morning",
        (("street.jpg", "street.jpg"),),
        menu="Describe",
        button="Describe your picture",
    ),
)
"""What was written here before. Who leaves the picture of a command out is offered the one that they have posted."""

WELCOME = (
    "## Welcome to the playground\n"
    "This is the bot itself, on a Discord of its own that ends with this page. "
    "Type `/` below for its commands, or press one of these. "
    "Leave the picture of a command out, and you are offered the one above."
)
TRY = "**Try one**"
MORE = f"**All {len(TASKS)} of them, by what you bring**"
MENUS = "**For a message.** This page has no right-click menus; these buttons do what they would:"


class MenuButton(Button, template=r"menu:(?P<menu>[^:]+):(?P<message>\d+)"):
    """Stands in for a menu on a message, which the simulated Discord knows but its page doesn't show."""

    def __init__(self, menu: str, message: int, label: str | None) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"menu:{menu}:{message}"))
        self._menu = menu
        self._message = message

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.Button)
        return cls(match["menu"], int(match["message"]), item.label)

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
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
    files: Mapping[str, tuple[str, bytes]]
    """What was posted here before, by its address."""


async def furnish(env: simcord.Env, bot: PipelineBot) -> World:
    """Make the server, with a few messages worth asking about and a welcome card."""
    guild = env.create_guild("Playground")
    channel = guild.create_text_channel("try-me")
    # So that you can open /settings.
    managers = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    roles = {"you": [managers], "mira": [], "jonas": []}
    members = {
        name: guild.add_member(env.create_user(name, global_name=name.capitalize()), roles=held)
        for name, held in roles.items()
    }
    menus: list[MenuButton] = []
    files: dict[str, tuple[str, bytes]] = {}
    for posted in MESSAGES:
        given = [(name, sample(held).data) for name, held in posted.files]
        message = await members[posted.author].send(channel, posted.text, attachments=given)
        files |= _moved(env, channel.id, message.id)
        if posted.menu:
            menus.append(MenuButton(posted.menu, message.id, posted.button))
    bot.add_dynamic_items(MenuButton)
    visible = bot.get_channel(channel.id)
    assert isinstance(visible, discord.TextChannel)
    await visible.guild.me.edit(nick="Pipelines")
    await visible.send(view=welcome(menus).view)
    return World(channel, (members["you"], members["mira"]), files)


def _moved(env: simcord.Env, channel: int, message: int) -> dict[str, tuple[str, bytes]]:
    """Give a message's files addresses away from the simulated Discord's: of those, the page shows none in another
    message, such as the one that asks whether a picture is meant."""
    blobs = env.backend.cdn._blobs  # noqa: SLF001
    moved: dict[str, tuple[str, bytes]] = {}
    for attachment in env.backend.get_message(channel, message).attachments:
        address = f"https://files.playground.invalid/{attachment['id']}/{attachment['filename']}"
        blobs[address] = blobs[attachment["url"]]
        attachment["url"] = attachment["proxy_url"] = address
        moved[address] = (attachment["filename"], blobs[address])
    return moved


def welcome(menus: list[MenuButton]) -> cards.Card:
    """What can be pressed, on one screen: `/help` lists every command."""
    tries = (TryButton(tasks[0].name, 0, f"/{tasks[0].command}") for tasks in GROUPS.values())
    return cards.notice(
        discord.ui.TextDisplay(WELCOME),
        discord.ui.TextDisplay(TRY),
        _Row(*tries),
        discord.ui.TextDisplay(MORE),
        _Row(*map(GroupButton, GROUPS)),
        discord.ui.TextDisplay(MENUS),
        _Row(*menus),
        discord.ui.TextDisplay(STARTERS),
    )
