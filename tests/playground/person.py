"""What a person does in the playground's page: type a command, attach a file, press a button, and look."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from playwright.async_api import Locator, Page, Response, expect
from playwright.async_api import TimeoutError as TimedOut

STARTER = "Starter model"
"""Stands below every answer here."""

SOON = 60_000

_ACTIONS = (b"click", b"run_command", b"modal_submit")
"""Of what the page asks its server, what people do on purpose."""


async def choose(page: Page, command: str) -> None:
    """Type a slash command as far as its options."""
    composer = page.locator("#channel-composer-input")
    await composer.click()
    await composer.press_sequentially(f"/{command}")
    await page.get_by_role("option", name=command).first.wait_for(timeout=10_000)
    await page.keyboard.press("Enter")


async def type_command(
    page: Page, command: str, texts: Mapping[str, str] | None = None, files: Mapping[str, Path] | None = None
) -> Locator:
    """Give a slash command with its options, and send it. The message that answers it."""
    await choose(page, command)
    for name, text in (texts or {}).items():
        await page.get_by_label(f"{name}, required").fill(text)
    for name, path in (files or {}).items():
        await add_option(page, name)
        await page.get_by_label(f"{name} attachment").set_input_files(path)
        await expect(page.locator(".command-file-choose").filter(has_text=path.name)).to_be_visible()
    send = page.get_by_role("button", name="Send")
    return await replied(page, send.click)


async def add_option(page: Page, name: str) -> None:
    """Choose an option that may be left out."""
    await page.locator(".command-ghost").click()
    await page.get_by_role("option", name=name).first.click()


async def press(page: Page, button: Locator) -> Locator:
    """The message that answers a button."""
    return await replied(page, button.click)


async def replied(page: Page, act: Callable[[], Awaitable[None]]) -> Locator:
    """The message that comes after what `act` does."""
    newest = messages(page).last
    before = await newest.get_attribute("data-message-id")
    await accepted(page, act)
    await expect(newest).not_to_have_attribute("data-message-id", before or "", timeout=SOON)
    return page.locator(f'[data-message-id="{await newest.get_attribute("data-message-id")}"]').last


async def accepted(page: Page, act: Callable[[], Awaitable[None]]) -> None:
    """Do it until the page takes it, which turns down what comes before it has seen the latest change."""
    for _ in range(10):
        try:
            async with page.expect_response(_is_action, timeout=5_000) as sent:
                await act()
            if not (await (await sent.value).json())["rejected"]:
                return
        except TimedOut:
            continue
        # Turned down, it looks at once.
        await page.wait_for_timeout(100)
    raise AssertionError("ten times the page turned it down")


def messages(page: Page) -> Locator:
    return page.locator(".channel-message")


async def answered(message: Locator) -> Locator:
    """`message` once it is an answer."""
    await expect(message.get_by_text(STARTER)).to_be_visible(timeout=SOON)
    return message


def _is_action(response: Response) -> bool:
    request = response.request
    # What is sent with files isn't shown here; only commands are.
    with_files = request.headers.get("content-type", "").startswith("multipart/")
    sent = request.post_data_buffer or b""
    return request.url.endswith("/api/action") and (
        with_files or any(b'"kind":"%s"' % kind in sent for kind in _ACTIONS)
    )
