"""The panel's first page: what is set, in short, and where to change it."""

from dataclasses import replace
from functools import partial
from typing import Any

import discord

from bot.replies.panel.base import Control, Items, PageButton, Server, Text, save
from bot.replies.panel.limits import in_words
from bot.tasks import GROUPS, TASKS


def page(server: Server, _about: str) -> Items:
    rules = server.rules
    off = [f"/{task.command}" for task in TASKS if task.name in rules.off]
    tasks = f"{len(TASKS) - len(off)} of {len(TASKS)} are on."
    if rules.only_in:
        tasks += f" {len(rules.only_in)} only in some channels."
    answers = "Only the asker sees them" if rules.private else "Everybody in the channel sees them"
    return [
        Text("## Settings of this server"),
        _section("Tasks", tasks, PageButton(f"tasks:{next(iter(GROUPS))}", "Change")),
        _section(
            "Answers",
            f"{answers}, unless the asker says otherwise with `private`.",
            PrivacyButton("public" if rules.private else "private"),
        ),
        _section(
            "Channels",
            _in_short("I answer in", rules.allowed_channels, rules.denied_channels),
            PageButton("channels", "Change"),
        ),
        _section(
            "People",
            _in_short(
                "I answer", rules.allowed_roles | rules.allowed_members, rules.denied_roles | rules.denied_members
            ),
            PageButton("people", "Change"),
        ),
        _section(
            "Limits",
            f"One member: {in_words(rules.member)}\nAll of the server: {in_words(rules.everybody)}",
            PageButton("limits", "Change"),
        ),
        discord.ui.Separator(),
        Text("-# Which commands Discord offers, and to whom, is set under Server Settings → Integrations."),
    ]


def _section(title: str, text: str, button: discord.ui.Item[Any]) -> discord.ui.Item[Any]:
    return discord.ui.Section(f"**{title}**\n{text}", accessory=button)


def _in_short(what: str, allowed: frozenset[int], denied: frozenset[int]) -> str:
    """Of how many roles, members or channels it is said that they are allowed, or denied."""
    only = f"only {len(allowed)} that you named" if allowed else "all"
    return f"{what} {only}{f', but not {len(denied)}' if denied else ''}."


class PrivacyButton(Control[discord.ui.Button[Any]], template=r"settings:(private|public)"):
    """Says how answers are where the asker didn't."""

    def __init__(self, to: str) -> None:
        super().__init__(discord.ui.Button(label=f"Make them {to}", custom_id=f"settings:{to}"))
        self._private = to == "private"

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        change: Any = partial(replace, private=self._private)
        whom = "only the asker" if self._private else "everybody in the channel"
        await save(interaction, "home", change, f"Saved. Answers are seen by {whom}.")
