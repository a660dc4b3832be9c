"""What people attach, typed and chosen as a person does it, and what they see of the answer."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.samples import sample
from tests.playground.person import answered, press, type_command

pytestmark = pytest.mark.browser


@pytest.fixture
def attached(tmp_path: Path) -> Callable[[str], Path]:
    """Puts a sample on the disk, where a person would choose it."""

    def written(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(sample(name).data)
        return path

    return written


async def picture(card: Locator, described: str, width: int | None = None) -> None:
    """`card` shows a picture, described so, and it is there and `width` pixels wide."""
    shown = card.get_by_role("img", name=re.compile(described)).first
    await expect(shown).to_be_visible(timeout=10_000)
    await shown.scroll_into_view_if_needed()
    await expect(shown).to_have_js_property("complete", value=True, timeout=10_000)
    natural = await shown.evaluate("picture => picture.naturalWidth")
    assert natural == width if width else natural > 100


async def test_a_picture_is_described(page: Page, attached: Callable[[str], Path]) -> None:
    message = await type_command(page, "image describe", files={"image": attached("street.jpg")})
    card = await answered(message)
    await picture(card, "street.jpg|What this is about")


async def test_things_in_a_picture_are_boxed(page: Page, attached: Callable[[str], Path]) -> None:
    message = await type_command(page, "image objects", files={"image": attached("street.jpg")})
    await picture(await answered(message), r"Boxes around \d × ", 800)


async def test_a_voice_message_is_written_down(page: Page, attached: Callable[[str], Path]) -> None:
    message = await type_command(page, "transcribe", files={"audio": attached("voice.ogg")})
    card = await answered(message)
    print(await card.inner_text())


async def test_an_mp3_is_named(page: Page, attached: Callable[[str], Path]) -> None:
    message = await type_command(page, "audio recognize", files={"audio": attached("street.mp3")})
    await picture(await answered(message), "Bar chart:")


async def test_a_video_is_named(page: Page, attached: Callable[[str], Path]) -> None:
    message = await type_command(page, "video recognize", files={"video": attached("clip.mp4")})
    await picture(await answered(message), "Bar chart:")


async def test_a_table_answers(page: Page, attached: Callable[[str], Path]) -> None:
    message = await type_command(
        page, "document table", {"question": "What does the kettle cost?"}, {"file": attached("shop.csv")}
    )
    card = await answered(message)
    print(await card.inner_text())


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="no tesseract is installed here, which reads scans")
async def test_a_scanned_page_answers(page: Page, attached: Callable[[str], Path]) -> None:
    message = await type_command(
        page, "document ask", {"question": "What is the total?"}, {"file": attached("letter.png")}
    )
    card = await answered(message)
    print(await card.inner_text())
    await picture(card, "The page, with the place of the answer marked")


async def test_the_newest_picture_is_offered(page: Page) -> None:
    offer = await type_command(page, "image depth")
    await expect(offer.get_by_text("Use this? 📎 street.jpg")).to_be_visible()
    await picture(offer, "street")
    print(await offer.inner_html())
    await offer.get_by_role("button", name="Use it", exact=True).click()
    card = await answered(offer)
    await picture(card, "bright is near")


async def test_a_text_is_said_aloud(page: Page) -> None:
    message = await type_command(page, "speak", {"text": "Good morning!"})
    card = await answered(message)
    await page.wait_for_timeout(3000)
    print(await page.locator(".channel-message").last.inner_html())
    print(await card.inner_html())
