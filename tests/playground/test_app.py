"""The playground in a real browser, started as people start it."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`python -m bot run` without a token and without a Hub, and the address it prints."""
    folder = tmp_path_factory.mktemp("playground")
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(folder / "hf")}
    environment = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"} | nowhere
    command = [sys.executable, "-m", "bot", "run", "--no-browser"]
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield _printed(log, process)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, log.read_text()
        assert "Traceback" not in log.read_text()


def _printed(log: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+/#\S+", log.read_text()):
            assert "No DISCORD_TOKEN" in log.read_text()
            return found.group()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await browser.new_page(viewport={"width": 1280, "height": 1000})
        # Everything the page has shown since it was opened, so that a short stage can't be missed.
        await page.add_init_script(
            "window.seen = []; setInterval(() => { const text = document.body?.innerText ?? '';"
            " if (text !== window.seen.at(-1)) window.seen.push(text) }, 50)"
        )
        await page.goto(address)
        await expect(page.get_by_text("Welcome to the playground").first).to_be_visible(timeout=30_000)
        yield page
        await browser.close()


async def _sentiment(page: Page, text: str) -> None:
    composer = page.locator("#channel-composer-input")
    await composer.click()
    await composer.press_sequentially("/sentiment")
    await page.get_by_role("option", name="sentiment").first.wait_for(timeout=10_000)
    await page.keyboard.press("Enter")
    await page.get_by_label("text, required").fill(text)
    await page.get_by_role("button", name="Send").click()


async def _seen(page: Page) -> str:
    return "\n".join(await page.evaluate("window.seen"))


async def test_typed_in_the_page_it_shows_queued_running_and_its_card_by_itself(page: Page) -> None:
    await _sentiment(page, "I love how quickly this works")
    card = page.locator("article, [role=article], li, section").filter(has_text="I love how quickly this works").last
    await expect(card.get_by_text("Starter model")).to_be_visible(timeout=60_000)
    await expect(page.get_by_role("img", name=re.compile("Bar chart:")).last).to_be_visible(timeout=10_000)
    seen = await _seen(page)
    assert "Queued: you are next." in seen
    assert "Running…" in seen
    assert seen.index("Queued: you are next.") < seen.index("Running…") < seen.index("Starter model")


async def _press(page: Page, name: str, number: int = 0) -> None:
    """As fast as a person: the page turns down a click on what has changed since it last looked."""
    await page.get_by_role("button", name=name, exact=True).nth(number).click()
    await asyncio.sleep(0.6)


async def test_try_buttons_answer_also_two_at_once(page: Page) -> None:
    for _ in range(5):
        answers = await page.get_by_text("Starter model").count()
        await _press(page, "Try it", 0)
        await _press(page, "Try it", 1)
        if await page.get_by_role("button", name="Cancel", exact=True).count() == 2:
            await expect(page.get_by_text("Starter model")).to_have_count(answers + 2, timeout=30_000)
            return
        await expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0, timeout=30_000)
    pytest.fail("five times the second request began after the first had ended")


async def test_cancel(page: Page) -> None:
    for _ in range(5):
        await _press(page, "Try it", 0)
        await _press(page, "Cancel")
        with contextlib.suppress(AssertionError):
            await expect(page.get_by_text("Cancelled.").last).to_be_visible(timeout=3_000)
            return
    pytest.fail("five times no click on Cancel came in time")


async def test_every_task_can_be_tried(page: Page) -> None:
    for number in range(await page.get_by_role("button", name="Try it").count()):
        await _answered_after(page, page.get_by_role("button", name="Try it").nth(number))


async def test_the_menus_have_buttons_here(page: Page) -> None:
    for name in ("Translate Mira's message", "Summarize Jonas's message"):
        await _answered_after(page, page.get_by_role("button", name=name, exact=True).first)
    await expect(page.get_by_text("Polish (detected) → English").first).to_be_visible()


async def test_a_language_is_offered_while_typing(page: Page) -> None:
    composer = page.locator("#channel-composer-input")
    await composer.click()
    await composer.press_sequentially("/translate")
    await page.get_by_role("option", name="translate").first.wait_for(timeout=10_000)
    await page.keyboard.press("Enter")
    await page.get_by_label("to, required").press_sequentially("germ")
    await expect(page.get_by_role("option", name="German")).to_be_visible(timeout=10_000)


async def _answered_after(page: Page, button: Locator) -> None:
    """Press until one more answer stands, for the page turns down a click on what has just changed."""
    answers = page.get_by_text("Starter model")
    before = await answers.count()
    for _ in range(5):
        await button.click()
        with contextlib.suppress(AssertionError):
            await expect(answers).not_to_have_count(before, timeout=10_000)
            return
    pytest.fail("five times no click had an answer")
