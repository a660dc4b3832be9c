"""How much one member, and all of the server together, may use."""

from collections.abc import Iterable
from dataclasses import astuple, replace
from functools import partial
from typing import Any, Literal, cast

import discord

from bot.errors import Refusal
from bot.replies.menus import OPEN_FOR
from bot.replies.panel.base import (
    MOST,
    Client,
    Control,
    Items,
    Row,
    Server,
    Text,
    allowed,
    back,
    known_people,
    mentions,
    panel,
    save,
)
from bot.replies.reply import InteractionReply
from bot.rules import HostRules, Quota, ServerRules

_Whose = Literal["member", "everybody"]

_FIELDS = {
    "at_once": "Requests at once",
    "a_minute": "Requests within a minute",
    "a_day": "Requests a day",
    "seconds_a_day": "Seconds of the device a day",
}
"""What a quota has, as it is asked for."""

LARGEST = 10**6


def page(server: Server, _about: str) -> Items:
    rules, host = server.rules, server.host
    return [
        Text("## Limits\nYours hold beside the host's. A day is one of UTC; the device is what the models run on."),
        Text(f"**One member, here:** {in_words(rules.member)}\n-# The host, everywhere: {_hosts(host.member)}"),
        Text(f"**All of the server:** {in_words(rules.everybody)}\n-# The host: {_hosts(host.server)}"),
        Row(QuotaButton("member"), QuotaButton("everybody")),
        Text("**Exempt roles.** What you allow one member doesn't bind them; what the host allows does."),
        Row(ExemptSelect(known_people(server, rules.exempt_roles))),
        back(),
    ]


def in_words(quota: Quota) -> str:
    """What a server's own quota allows, on a line."""
    return _allowed(quota) or "no limit but the host's"


def _hosts(quota: Quota) -> str:
    return _allowed(quota) or "no limit"


def _allowed(quota: Quota) -> str:
    units = ("at once", "a minute", "a day", "s of the device a day")
    return " · ".join(f"{most:,} {unit}" for most, unit in zip(astuple(quota), units, strict=True) if most)


class QuotaButton(Control[discord.ui.Button[Any]], template=r"settings:quota:(member|everybody)"):
    """Asks what one member, or everybody together, may use."""

    def __init__(self, whose: _Whose) -> None:
        label = "Limit one member" if whose == "member" else "Limit all of the server"
        super().__init__(discord.ui.Button(label=label, custom_id=f"settings:quota:{whose}"))
        self._whose: _Whose = whose

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        client = cast("Client", interaction.client)
        rules = client.storage.servers.of(interaction.guild_id)
        await interaction.response.send_modal(QuotaModal(self._whose, rules, client.gate.host))


class QuotaModal(discord.ui.Modal):
    """Takes the numbers of a quota. Left empty: no limit."""

    def __init__(self, whose: _Whose, rules: ServerRules, host: HostRules) -> None:
        member = whose == "member"
        super().__init__(title="What one member may use" if member else "What all may use", timeout=OPEN_FOR)
        self._whose = whose
        self._host = host.member if member else host.server
        set_before = rules.member if member else rules.everybody
        self._typed = {name: _number_field(name, getattr(set_before, name)) for name in _FIELDS}
        for name, field in self._typed.items():
            most = getattr(self._host, name)
            hint = f"Empty: no limit of yours. The host allows {most:,}." if most else "Empty: no limit."
            self.add_item(discord.ui.Label(text=_FIELDS[name], description=hint, component=field))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        if not await allowed(interaction):
            return
        try:
            quota = Quota(**{name: self._number(name) for name in _FIELDS})
        except Refusal as refusal:
            said = f"⚠️ {refusal.sentence} Nothing was changed."
            await InteractionReply(interaction).replace(panel(interaction, "limits", said))
            return
        change: Any = partial(replace, **{self._whose: quota})
        whom = "one member" if self._whose == "member" else "all of the server"
        await save(interaction, "limits", change, f"Saved for {whom}: {in_words(quota)}.")

    def _number(self, name: str) -> int:
        typed, most = self._typed[name].value.strip(), getattr(self._host, name) or LARGEST
        if not typed:
            return 0
        if not (typed.isascii() and typed.isdigit()) or not 1 <= int(typed) <= most:
            raise Refusal(f"“{_FIELDS[name]}” is a whole number from 1 to {most:,}, or empty.")
        return int(typed)

    async def on_error(  # type: ignore[override]  # as discord.py's own Modal does
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        await interaction.client.tree.on_error(interaction, error)


def _number_field(name: str, number: int) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(custom_id=name, default=str(number or ""), required=False, max_length=7)


class ExemptSelect(Control[discord.ui.RoleSelect[Any]], template=r"settings:exempt"):
    """Says which roles aren't held to what the server allows a member."""

    def __init__(self, chosen: Iterable[discord.SelectDefaultValue] = ()) -> None:
        super().__init__(
            discord.ui.RoleSelect(
                custom_id="settings:exempt",
                placeholder="No role is exempt",
                min_values=0,
                max_values=MOST,
                default_values=list(chosen)[:MOST],
            )
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        roles = frozenset(role.id for role in self.item.values)
        change: Any = partial(replace, exempt_roles=roles)
        await save(interaction, "limits", change, f"Saved. Exempt: {mentions('@&', roles) or 'nobody'}.")
