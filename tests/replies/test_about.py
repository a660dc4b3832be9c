"""Help, within Discord's limits and with something to press for everything."""

import discord
import pytest

from bot.media.limits import Limits
from bot.replies.about import group_card, help_card, task_help_card
from bot.replies.buttons import TryButton
from bot.replies.cards import Card
from bot.replies.fitting import objections
from bot.tasks import GROUPS, TASKS, Task, find

LIMITS = Limits(bytes=8_000_000, pixels=20_000_000, seconds=600.0, frames=16)


def text(card: Card) -> str:
    return "\n".join(it.content for it in card.view.walk_children() if isinstance(it, discord.ui.TextDisplay))


def buttons(card: Card) -> list[str]:
    return [it.custom_id for it in card.view.walk_children() if isinstance(it, discord.ui.DynamicItem)]


def labels(card: Card) -> list[str]:
    pressed = (it for it in card.view.walk_children() if isinstance(it, discord.ui.DynamicItem))
    return [it.item.label for it in pressed]


def fits_discord(card: Card) -> bool:
    return not card.files and objections(card.view, card.files, 10 * 2**20) == []


def test_the_overview_names_every_command_and_leads_to_each() -> None:
    card = help_card()
    assert fits_discord(card)
    for task in TASKS:
        assert f"**/{task.command}** {task.summary}" in text(card)
    assert {f"help:{group}" for group in GROUPS} <= set(buttons(card))


def test_the_overview_says_which_starters_are_worth_asking() -> None:
    card = help_card(starters=True)
    assert fits_discord(card)
    told = next(line for line in text(card).splitlines() if line.startswith("**Starter models**"))
    for task in TASKS:
        assert (f"**/{task.command}**" in told) is task.trained_starter
    assert "Starter models" not in text(help_card())


@pytest.mark.parametrize("group", GROUPS)
def test_a_groups_card_tries_each_of_its_commands(group: str) -> None:
    card = group_card(group)
    assert fits_discord(card)
    assert buttons(card) == [f"try:{task.name}:0" for task in GROUPS[group]]
    for task in GROUPS[group]:
        takes = " ".join(f"`{name}{'' if needed else '?'}`" for name, needed in task.parameters().items())
        assert f"**/{task.command}** {takes}\n{task.summary}" in text(card)


def test_every_command_can_be_tried_from_the_overview() -> None:
    leading = [group for group in GROUPS if f"help:{group}" in buttons(help_card())]
    assert {name for group in leading for name in buttons(group_card(group))} >= {f"try:{it.name}:0" for it in TASKS}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_tasks_card(task: Task) -> None:
    card = task_help_card(task, "owner/name", LIMITS)
    assert fits_discord(card)
    assert f"## /{task.command}\n{task.summary}" in text(card)
    assert "owner/name" in text(card)
    assert buttons(card) == [f"try:{task.name}:{number}" for number in range(len(task.examples))]
    assert len(set(labels(card))) == len(task.examples)
    asks_for_files = any(name not in task.optional for name in task.media)
    assert ("I offer the one you posted last" in text(card)) == asks_for_files


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("image depth", ["up to 8 MB", "20 megapixels"]),
        ("image upscale", ["0.5 megapixels"]),
        ("transcribe", ["up to 8 MB", "10 minutes", "voice message can't be picked"]),
        ("video recognize", ["up to 8 MB", "10 minutes", "16 pictures"]),
        ("document table", ["CSV, Excel (XLSX) or JSON", "up to 8 MB"]),
        ("document ask", ["a picture or a PDF"]),
        ("summarize", ["1 MB and 200,000 characters"]),
        ("omni", ["megapixels", "first 30 seconds", "16 pictures"]),
    ],
)
def test_what_files_may_be(command: str, words: list[str]) -> None:
    shown = text(task_help_card(find(command), "owner/name", LIMITS))
    for word in words:
        assert word in shown


def test_how_a_model_is_chosen_is_said_only_of_the_default() -> None:
    translate = find("translate")
    small = translate.models.small
    assert small is not None
    assert translate.chooses in text(task_help_card(translate, small.id, LIMITS))
    assert translate.chooses not in text(task_help_card(translate, "owner/name", LIMITS))


def test_without_any_model() -> None:
    assert "for which you name the model" in text(task_help_card(find("omni"), None, LIMITS))


@pytest.mark.parametrize(
    ("command", "number", "label"),
    [
        ("sentiment", 2, "The meeting is on Tuesday at ten."),
        ("image ask", 0, "What is the weather like?"),
        ("image find", 0, "a red car, a tree, a person"),
        ("image depth", 0, "street.jpg"),
        ("image compare", 0, "street.jpg, street-later.jpg"),
        ("transcribe", 0, "voice.ogg"),
        ("transcribe", 1, "voice.ogg, timestamps: yes"),
        ("translate", 0, "Where is the station?"),
    ],
)
def test_a_try_button_says_what_it_asks(command: str, number: int, label: str) -> None:
    assert TryButton(find(command).name, number).item.label == label
