"""Where anything is done, and who may ask."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import discord

from bot.replies.panel.base import (
    MOST,
    Control,
    Items,
    Row,
    Server,
    Text,
    back,
    channel_select,
    known_channels,
    known_people,
    mentions,
    save,
)

_Verdict = Literal["allowed", "denied"]

_SAID = {"allowed": "Saved. Only: {}.", "denied": "Saved. Not: {}."}


def channels_page(server: Server, _about: str) -> Items:
    rules = server.rules
    return [
        Text(
            "## Channels\nThreads are where their channel is. Choose up to 25.\n"
            "**Only here.** Where some are chosen, I answer nowhere else."
        ),
        Row(ChannelsSelect("allowed", known_channels(server, rules.allowed_channels))),
        Text("**Not here.**"),
        Row(ChannelsSelect("denied", known_channels(server, rules.denied_channels))),
        back(),
    ]


def people_page(server: Server, _about: str) -> Items:
    rules = server.rules
    return [
        Text(
            "## People\nRoles and members, up to 25. What is denied stays denied.\n"
            "**Only these.** Where some are chosen, nobody else may ask."
        ),
        Row(PeopleSelect("allowed", known_people(server, rules.allowed_roles, rules.allowed_members))),
        Text("**Not these.**"),
        Row(PeopleSelect("denied", known_people(server, rules.denied_roles, rules.denied_members))),
        back(),
    ]


class ChannelsSelect(Control[discord.ui.ChannelSelect[Any]], template=r"settings:channels:(allowed|denied)"):
    """Says in which channels anything is done, or nothing."""

    def __init__(self, verdict: _Verdict, chosen: Iterable[discord.SelectDefaultValue] = ()) -> None:
        placeholder = "Everywhere" if verdict == "allowed" else "None"
        super().__init__(channel_select(f"settings:channels:{verdict}", placeholder, chosen))
        self._verdict = verdict

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        channels = frozenset(channel.id for channel in self.item.values)
        change: Any = partial(replace, **{f"{self._verdict}_channels": channels})
        said = _SAID[self._verdict].format(mentions("#", channels) or "none named")
        await save(interaction, "channels", change, said)


class PeopleSelect(Control[discord.ui.MentionableSelect[Any]], template=r"settings:people:(allowed|denied)"):
    """Says who may ask, or may not."""

    def __init__(self, verdict: _Verdict, chosen: Iterable[discord.SelectDefaultValue] = ()) -> None:
        super().__init__(
            discord.ui.MentionableSelect(
                custom_id=f"settings:people:{verdict}",
                placeholder="Everybody" if verdict == "allowed" else "Nobody",
                min_values=0,
                max_values=MOST,
                default_values=list(chosen)[:MOST],
            )
        )
        self._verdict = verdict

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        roles = frozenset(it.id for it in self.item.values if isinstance(it, discord.Role))
        members = frozenset(it.id for it in self.item.values) - roles
        change: Any = partial(replace, **{f"{self._verdict}_roles": roles, f"{self._verdict}_members": members})
        named = ", ".join(filter(None, (mentions("@&", roles), mentions("@", members))))
        await save(interaction, "people", change, _SAID[self._verdict].format(named or "nobody named"))
