"""Which tasks are on, and where."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import discord

from bot.replies.panel.base import (
    NOTHING_SET,
    Control,
    Items,
    PageButton,
    Row,
    Server,
    Text,
    back,
    channel_select,
    known_channels,
    mentions,
    panel,
    save,
)
from bot.replies.reply import InteractionReply
from bot.rules import ServerRules
from bot.tasks import GROUPS, Task, find

NAMED = 3
"""Channels of a task that its line has room for."""


def page(server: Server, group: str) -> Items:
    # A group may have had another name when the panel was opened.
    group = group if group in GROUPS else next(iter(GROUPS))
    rules = server.rules
    places = [_where(task, rules.only_in[task.name]) for task in GROUPS[group] if task.name in rules.only_in]
    return [
        Text("## Tasks\nWhat is chosen is on. Discord goes on to list what is off; who tries it is told that it is."),
        Row(*(PageButton(f"tasks:{name}", name, here=name == group) for name in GROUPS)),
        Row(TasksSelect(group, rules)),
        *([Text("\n".join(places))] if places else []),
        Row(PlaceSelect(group)),
        back(),
    ]


def _where(task: Task, channels: frozenset[int]) -> str:
    named = mentions("#", sorted(channels)[:NAMED])
    more = f" and {len(channels) - NAMED} more" if len(channels) > NAMED else ""
    return f"/{task.command}: only in {named}{more}"


def place_page(server: Server, name: str) -> Items:
    task = find(name)
    group = next(group for group, tasks in GROUPS.items() if task in tasks)
    chosen = server.rules.only_in.get(task.name, frozenset())
    return [
        Text(f"## /{task.command}\nThe only channels where it is done, with their threads. None chosen: everywhere."),
        Row(PlacesSelect(task.name, known_channels(server, chosen))),
        back(f"tasks:{group}"),
    ]


class TasksSelect(Control[discord.ui.Select[Any]], template=r"settings:tasks:(.+)"):
    """Says which tasks of a group are on."""

    def __init__(self, group: str, rules: ServerRules = NOTHING_SET) -> None:
        self._group = group
        self._tasks = GROUPS.get(group, ())
        options = [
            discord.SelectOption(
                label=f"/{task.command}", value=task.name, description=task.summary, default=task.name not in rules.off
            )
            for task in self._tasks
        ]
        super().__init__(
            discord.ui.Select(
                custom_id=f"settings:tasks:{group}",
                placeholder="All of these are off",
                options=options,
                min_values=0,
                max_values=len(options),
            )
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        group = {task.name for task in self._tasks}
        off = group - set(self.item.values)
        names = ", ".join(f"/{task.command}" for task in self._tasks if task.name in off)
        said = f"Saved. Off: {names or 'none of these'}."
        await save(
            interaction, f"tasks:{self._group}", lambda rules: replace(rules, off=(rules.off - group) | off), said
        )


class PlaceSelect(Control[discord.ui.Select[Any]], template=r"settings:place:(.+)"):
    """Turns to where a task of a group is done."""

    def __init__(self, group: str) -> None:
        options = [
            discord.SelectOption(label=f"/{task.command}", value=task.name, description=task.summary)
            for task in GROUPS.get(group, ())
        ]
        placeholder = "Choose a command to say in which channels it is done"
        super().__init__(
            discord.ui.Select(custom_id=f"settings:place:{group}", placeholder=placeholder, options=options)
        )

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        await InteractionReply(interaction).replace(panel(interaction, f"place:{self.item.values[0]}"))


class PlacesSelect(Control[discord.ui.ChannelSelect[Any]], template=r"settings:places:([\w-]+)"):
    """Says in which channels a task is done."""

    def __init__(self, task: str, chosen: Iterable[discord.SelectDefaultValue] = ()) -> None:
        super().__init__(channel_select(f"settings:places:{task}", "Everywhere", chosen))
        self._task = task

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        channels = frozenset(channel.id for channel in self.item.values)
        where = f"only in {mentions('#', channels)}" if channels else "everywhere"

        def change(rules: ServerRules) -> ServerRules:
            others = {task: places for task, places in rules.only_in.items() if task != self._task}
            return replace(rules, only_in=others | ({self._task: channels} if channels else {}))

        said = f"Saved. /{find(self._task).command} is done {where}."
        await save(interaction, f"place:{self._task}", change, said)
