"""The panel behind `/settings`: what those who manage a server set for it."""

from typing import Any

import discord

from bot.replies.panel import home, limits, lists, tasks
from bot.replies.panel.base import PAGES, PageButton, allowed, panel
from bot.replies.reply import InteractionReply

PAGES.update(
    home=home.page,
    tasks=tasks.page,
    place=tasks.place_page,
    channels=lists.channels_page,
    people=lists.people_page,
    limits=limits.page,
)

CONTROLS = (
    PageButton,
    home.PrivacyButton,
    tasks.TasksSelect,
    tasks.PlaceSelect,
    tasks.PlacesSelect,
    lists.ChannelsSelect,
    lists.PeopleSelect,
    limits.ExemptSelect,
    limits.QuotaButton,
)


async def open_panel(interaction: discord.Interaction[Any]) -> None:
    """Show the panel to who asked for it, or say why not."""
    if await allowed(interaction):
        await InteractionReply(interaction).tell(panel(interaction, "home"))
