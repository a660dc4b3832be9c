"""The playground in a real browser, started as people start it."""

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
from playwright.async_api import Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`python -m bot run` without a token and without a Hub, and the address it prints.

    One a module: the page shows the newest fifty messages, and the welcome card is the seventh.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here")
    folder = tmp_path_factory.mktemp("playground")
    # Nobody tries thirty commands within a minute, but for these tests.
    unlimited = {"MEMBER_A_MINUTE": "0", "MEMBER_AT_ONCE": "0"}
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(folder / "hf"), "PYTHONFAULTHANDLER": "1"}
    environment = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"} | unlimited | nowhere
    command = [sys.executable, "-m", "bot", "run", "--no-browser"]
    log = folder / "log"
    # A shell's background job ignores Ctrl+C, and so would what it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    signal.signal(signal.SIGINT, before)
    try:
        yield _printed(log, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            ended = process.wait(60)
        except subprocess.TimeoutExpired:
            # Where it hangs, it writes into its log.
            process.send_signal(signal.SIGABRT)
            ended = process.wait(10)
        assert ended == 0, log.read_text()
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
        # Left as people leave it; else it would be kept up to date for ten minutes more.
        await page.goto("about:blank")
        await browser.close()
