"""What the panel is made of: pages, found by their names, and controls, found by their ids.

A page is drawn from what was saved, and a control knows from its id what it does: so all of it outlives a restart.
"""

import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar, cast

import discord

from bot.errors import Refusal
from bot.gate import Gate
from bot.replies import cards
from bot.replies.buttons import Guarded
from bot.replies.reply import InteractionReply
from bot.rules import HostRules, ServerRules
from bot.storage.database import Unwritable
from bot.storage.storage import Storage

Text = discord.ui.TextDisplay[Any]
Row = discord.ui.ActionRow[Any]
Items = list[discord.ui.Item[Any]]
_Item = TypeVar("_Item", bound=discord.ui.Item[Any])

MOST = 25
"""Discord's limit for what can be chosen."""

NOTHING_SET = ServerRules()

CHANNELS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
]


class Client(Protocol):
    """What the panel needs of the client."""

    gate: Gate
    storage: Storage


@dataclass(frozen=True, slots=True)
class Server:
    """What the pages are about."""

    rules: ServerRules
    host: HostRules
    guild: discord.Guild


PAGES: dict[str, Callable[[Server, str], Items]] = {}
"""What stands on each page, by its name; the text is what the page is about, where it has several."""


def panel(interaction: discord.Interaction[Any], page: str, said: str = "") -> cards.Card:
    """A page by its name and, after a colon, what it is about; with what was just done."""
    assert interaction.guild is not None
    client = cast("Client", interaction.client)
    server = Server(client.storage.servers.of(interaction.guild_id), client.gate.host, interaction.guild)
    name, _, about = page.partition(":")
    return cards.notice(*PAGES[name](server, about), *([Text(said)] if said else []))


async def allowed(interaction: discord.Interaction[Any]) -> bool:
    """Whether who acts may manage the server that they act on. Who may not is told so."""
    if interaction.guild_id is not None and interaction.permissions.manage_guild:
        return True
    refusal = Refusal("Only those who may manage this server can change its settings.")
    await InteractionReply(interaction).refuse(cards.refused(None, refusal).view)
    return False


async def save(
    interaction: discord.Interaction[Any], page: str, change: Callable[[ServerRules], ServerRules], said: str
) -> None:
    """Change what is set, and show `page` with what became of it."""
    assert interaction.guild_id is not None
    reply = InteractionReply(interaction, in_place=True)
    await reply.acknowledge()
    try:
        await cast("Client", interaction.client).storage.servers.change(interaction.guild_id, change)
    except Unwritable:
        told = "⚠️ I can't write that down right now, so nothing was changed. Try again in a minute."
    else:
        told = f"✅ {said}"
    await reply.show(panel(interaction, page, told).view)


class Control(Guarded, discord.ui.DynamicItem[_Item], Generic[_Item], template=r"settings"):
    """What every control is: for those who may manage the server, and found again by its id."""

    def __init__(self, item: _Item) -> None:
        super().__init__(item)
        # Numbered by Discord, a control of the next page would have the number, and what was chosen, of this page's.
        item.id = zlib.crc32(self.custom_id.encode()) >> 1

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        return await allowed(interaction)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        kind: Any = cls
        control: Self = kind(*match.groups())
        return control


class PageButton(Control[discord.ui.Button[Any]], template=r"settings:page:(.+)"):
    """Turns to a page. `here`: it is the page that is shown."""

    def __init__(self, page: str, label: str = "", *, here: bool = False) -> None:
        style = discord.ButtonStyle.primary if here else discord.ButtonStyle.secondary
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"settings:page:{page}"))
        self._page = page

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        await InteractionReply(interaction).replace(panel(interaction, self._page))


def back(page: str = "home") -> discord.ui.Item[Any]:
    return Row(PageButton(page, "Back"))


def mentions(sign: str, ids: Iterable[int]) -> str:
    return ", ".join(f"<{sign}{id_}>" for id_ in sorted(ids))


def channel_select(
    custom_id: str, placeholder: str, chosen: Iterable[discord.SelectDefaultValue]
) -> discord.ui.ChannelSelect[Any]:
    return discord.ui.ChannelSelect(
        custom_id=custom_id,
        placeholder=placeholder,
        channel_types=CHANNELS,
        min_values=0,
        max_values=MOST,
        default_values=list(chosen)[:MOST],
    )


def known_channels(server: Server, ids: Iterable[int]) -> list[discord.SelectDefaultValue]:
    """Those that still exist: Discord takes a select ill that offers others."""
    kind = discord.SelectDefaultValueType.channel
    return [discord.SelectDefaultValue(id=id_, type=kind) for id_ in sorted(ids) if server.guild.get_channel(id_)]


def known_people(server: Server, roles: Iterable[int], members: Iterable[int] = ()) -> list[discord.SelectDefaultValue]:
    """Roles that still exist, and members, of whom that isn't known."""
    kinds = discord.SelectDefaultValueType
    known = [discord.SelectDefaultValue(id=id_, type=kinds.role) for id_ in sorted(roles) if server.guild.get_role(id_)]
    return known + [discord.SelectDefaultValue(id=id_, type=kinds.user) for id_ in sorted(members)]
