"""Every page of the panel, as full as it gets, within Discord's limits."""

import re
from collections import Counter
from typing import Any
from unittest.mock import Mock

import discord
import pytest

from bot.replies.cards import notice
from bot.replies.fitting import objections
from bot.replies.panel import CONTROLS
from bot.replies.panel.base import PAGES, Server
from bot.replies.panel.limits import QuotaModal, in_words
from bot.rules import HostRules, Quota, ServerRules
from bot.tasks import GROUPS, TASKS

FIRST = 10**18
IDS = frozenset(range(FIRST, FIRST + 25))
HOST = HostRules(member=Quota(5, 20, 500, 3600), server=Quota(100, 300, 10_000, 43_200))
FULL = ServerRules(
    frozenset(task.name for task in TASKS),
    {task.name: IDS for task in TASKS},
    private=True,
    member=Quota(1, 2, 3, 4),
    everybody=Quota(10, 20, 30, 40),
    exempt_roles=IDS,
    allowed_channels=IDS,
    denied_channels=IDS,
    allowed_roles=IDS,
    denied_roles=IDS,
    allowed_members=IDS,
    denied_members=IDS,
)
EACH = (
    "home",
    "channels",
    "people",
    "limits",
    *(f"tasks:{group}" for group in GROUPS),
    *(f"place:{task.name}" for task in TASKS),
)


def view(page: str, rules: ServerRules, guild: Any = None) -> discord.ui.LayoutView:
    name, _, about = page.partition(":")
    return notice(*PAGES[name](Server(rules, HOST, guild or Mock(discord.Guild)), about)).view


def controls(shown: discord.ui.LayoutView) -> list[Any]:
    return [it for it in shown.walk_children() if isinstance(it, discord.ui.DynamicItem)]


@pytest.mark.parametrize("page", EACH)
@pytest.mark.parametrize("rules", [ServerRules(), FULL], ids=["nothing set", "everything set"])
def test_discord_takes_every_page(page: str, rules: ServerRules) -> None:
    shown = view(page, rules)
    assert objections(shown, (), 10 * 2**20) == []
    ids = [control.custom_id for control in controls(shown)]
    assert max(Counter(ids).values()) == 1
    assert all(len(custom_id) <= 100 for custom_id in ids)
    for control in controls(shown):
        described = control.to_component_dict()
        assert len(described.get("options", [])) <= 25
        assert len(described.get("default_values", [])) <= 25
        for option in described.get("options", []):
            assert len(option["label"]) <= 100
            assert len(option["description"]) <= 100


@pytest.mark.parametrize("page", EACH)
def test_every_control_is_found_again_by_its_id_alone(page: str) -> None:
    for control in controls(view(page, ServerRules())):
        patterns = [it.__discord_ui_compiled_template__ for it in CONTROLS]
        assert sum(bool(re.fullmatch(pattern, control.custom_id)) for pattern in patterns) == 1
        assert control.is_persistent()


def test_every_page_can_be_reached() -> None:
    reached, new = set(), {"home"}
    while new:
        page = new.pop()
        reached.add(page)
        for control in controls(view(page, ServerRules())):
            described = control.to_component_dict()
            if turned := re.fullmatch("settings:page:(.+)", control.custom_id):
                new |= {turned[1]} - reached
            if control.custom_id.startswith("settings:place:"):
                new |= {f"place:{option['value']}" for option in described["options"]} - reached
    assert reached == set(EACH)


def test_a_channel_or_role_that_is_gone_is_not_offered_to_discord() -> None:
    guild = Mock(discord.Guild)
    guild.get_channel.side_effect = lambda id_: id_ == FIRST or None
    guild.get_role.side_effect = lambda id_: id_ == FIRST or None
    rules = ServerRules(
        allowed_channels=IDS, denied_channels=IDS, exempt_roles=IDS, only_in={"translation": IDS}, allowed_roles=IDS
    )
    for page in ("channels", "limits", "place:translation", "people"):
        selects = [it.to_component_dict() for it in controls(view(page, rules, guild))]
        offered = [value["id"] for it in selects for value in it.get("default_values", [])]
        assert set(offered) == {FIRST}


def test_what_an_old_panel_asks_for_by_a_name_that_is_gone() -> None:
    assert [it.custom_id for it in controls(view("tasks:Smells", ServerRules()))] == [
        it.custom_id for it in controls(view("tasks:Text", ServerRules()))
    ]


@pytest.mark.parametrize("whose", ["member", "everybody"])
def test_discord_takes_the_modal(whose: Any) -> None:
    modal = QuotaModal(whose, FULL, HOST)
    assert len(modal.title) <= 45
    assert len(modal.children) <= 5
    for label in modal.children:
        assert isinstance(label, discord.ui.Label)
        assert len(label.text) <= 45
        assert label.description is not None
        assert len(label.description) <= 100


def test_a_quota_in_words() -> None:
    assert in_words(Quota()) == "no limit"
    assert in_words(Quota(1, 0, 1000, 60)) == "1 at once · 1,000 a day · 60 s of the device a day"
