"""The page: it is live, what it shows can be pressed, and menus have buttons."""

import contextlib
import re
from functools import partial

import pytest
from playwright.async_api import Page, expect

from bot.playground.world import MESSAGES
from tests.playground.person import accepted, answered, choose, press, type_command

pytestmark = pytest.mark.browser


async def _seen(page: Page) -> str:
    return "\n".join(await page.evaluate("window.seen"))


async def test_typed_in_the_page_it_shows_queued_running_and_its_card_by_itself(page: Page) -> None:
    message = await type_command(page, "sentiment", {"text": "I love how quickly this works"})
    card = await answered(message)
    await expect(card.get_by_text("I love how quickly this works")).to_be_visible()
    await expect(card.get_by_role("img", name=re.compile("Bar chart:"))).to_be_visible(timeout=10_000)
    seen = await _seen(page)
    assert "Queued: you are next." in seen
    assert "Running…" in seen
    assert seen.index("Queued: you are next.") < seen.index("Running…") < seen.index("Starter model, small")


async def test_what_is_here_before_can_be_seen_and_heard(page: Page) -> None:
    for posted in MESSAGES:
        message = page.locator(".channel-message").filter(has_text=posted.author.capitalize())
        await expect(message.filter(has_text=posted.text[:60]).first).to_be_attached()
    street = page.get_by_role("img", name="street.jpg").first
    await street.scroll_into_view_if_needed()
    await expect(street).to_have_js_property("naturalWidth", 800, timeout=10_000)
    await expect(page.get_by_role("group", name="voice-message.ogg player")).to_be_attached()
    await expect(page.get_by_text("Kettle,34.90,12,Kitchen").first).to_be_attached()


async def test_two_at_once(page: Page) -> None:
    for _ in range(5):
        first = await press(page, page.get_by_role("button", name="/sentiment", exact=True).first)
        second = await press(page, page.get_by_role("button", name="/document ask", exact=True).first)
        both = await page.get_by_role("button", name="Cancel", exact=True).count() == 2
        await answered(first)
        await expect(second.get_by_role("button", name="Cancel", exact=True)).to_have_count(0, timeout=30_000)
        if both:
            return
    pytest.fail("five times the second request began after the first had ended")


async def test_cancel(page: Page) -> None:
    for _ in range(5):
        message = await press(page, page.get_by_role("button", name="/image describe", exact=True).first)
        cancel = message.get_by_role("button", name="Cancel", exact=True)
        with contextlib.suppress(AssertionError):
            await accepted(page, partial(cancel.click, timeout=500))
            await expect(message.get_by_text("Cancelled.")).to_be_visible(timeout=4_000)
            return
    pytest.fail("five times no click on Cancel came in time")


async def test_the_menus_have_buttons_here(page: Page) -> None:
    wanted = {
        "Translate Mira's message": "French (detected) → English",
        "Summarize Jonas's message": "For me it crashes",
        "Transcribe Jonas's voice message": "voice-message.ogg",
        "Describe your picture": "street.jpg",
    }
    for name, shown in wanted.items():
        card = await answered(await press(page, page.get_by_role("button", name=name, exact=True).first))
        await expect(card.get_by_text(shown).first).to_be_visible()
        await expect(card.get_by_text("Only you can see this")).to_be_visible()


async def test_more_opens_a_dialog_whose_choice_is_answered(page: Page) -> None:
    await accepted(page, page.get_by_role("button", name="More… about Mira's table", exact=True).first.click)
    dialog = page.get_by_role("dialog", name="What shall I do with it?")
    await dialog.get_by_role("combobox", name="Do this").click()
    await dialog.get_by_role("option", name="/document table").click()
    await dialog.get_by_role("textbox").fill("What does the kettle cost?")
    card = await answered(await press(page, dialog.get_by_role("button", name="Submit")))
    await expect(card.get_by_text("shop.csv")).to_be_visible()
    await expect(card.get_by_text("What does the kettle cost?")).to_be_visible()


async def test_a_language_is_offered_while_typing(page: Page) -> None:
    await choose(page, "translate")
    await page.get_by_label("to, required").press_sequentially("germ")
    await expect(page.get_by_role("option", name="German")).to_be_visible(timeout=10_000)
