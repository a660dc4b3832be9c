"""Every task can be tried with two clicks: its group's button on the welcome card, then its own."""

import pytest
from playwright.async_api import Page, expect

from bot.tasks import GROUPS, TASKS
from tests.playground.person import SOON, STARTER, messages, press

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_every_task_can_be_tried(page: Page) -> None:
    for name, tasks in GROUPS.items():
        card = await press(page, page.get_by_role("button", name=name, exact=True).first)
        await expect(card.get_by_text("Only you can see this")).to_be_visible()
        for task in tasks:
            await press(page, card.get_by_role("button", name=f"/{task.command}", exact=True))
    for task in TASKS:
        answers = messages(page).filter(has_text=task.title).filter(has_text=STARTER)
        await expect(answers).to_have_count(1, timeout=SOON)
