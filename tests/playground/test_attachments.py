"""What people attach, typed and chosen as a person does it, and what they see of the answer."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.samples import sample
from tests.playground.person import accepted, answered, messages, type_command

pytestmark = pytest.mark.browser


@pytest.fixture
def attached(tmp_path: Path) -> Callable[[str], Path]:
    """Puts a sample on the disk, where a person would choose it."""

    def written(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(sample(name).data)
        return path

    return written


async def picture(card: Locator, described: str) -> None:
    """`card` shows a picture that is described so, and it is there."""
    shown = card.get_by_role("img", name=re.compile(described)).first
    await expect(shown).to_be_visible(timeout=10_000)
    await shown.scroll_into_view_if_needed()
    await expect(shown).not_to_have_js_property("naturalWidth", 0, timeout=10_000)


async def test_a_picture_is_described(page: Page, attached: Callable[[str], Path]) -> None:
    card = await answered(await type_command(page, "image describe", files={"image": attached("street.jpg")}))
    await picture(card, "What this is about")
    assert re.search(r"street\.jpg\s+\w+ \w+ \w+", await card.inner_text())


async def test_things_in_a_picture_have_boxes(page: Page, attached: Callable[[str], Path]) -> None:
    card = await answered(await type_command(page, "image objects", files={"image": attached("street-later.jpg")}))
    await picture(card, r"Boxes around \d × ")


async def test_a_voice_message_is_written_down(page: Page, attached: Callable[[str], Path]) -> None:
    card = await answered(await type_command(page, "transcribe", files={"audio": attached("voice.ogg")}))
    assert re.search(r"voice\.ogg\s+\w+ \w+ \w+", await card.inner_text())


async def test_an_mp3_is_named(page: Page, attached: Callable[[str], Path]) -> None:
    card = await answered(await type_command(page, "audio recognize", files={"audio": attached("street.mp3")}))
    await picture(card, r"Bar chart: \w+")


async def test_a_video_is_named(page: Page, attached: Callable[[str], Path]) -> None:
    card = await answered(await type_command(page, "video recognize", files={"video": attached("clip.mp4")}))
    await picture(card, r"Bar chart: \w+")


async def test_a_table_answers(page: Page, attached: Callable[[str], Path]) -> None:
    asked, shop = {"question": "What does the kettle cost?"}, {"file": attached("shop.csv")}
    card = await answered(await type_command(page, "document table", asked, shop))
    await expect(card.get_by_role("img", name=re.compile("A table with 10 rows"))).to_be_visible()


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="no tesseract is installed here, which reads scans")
async def test_a_scanned_page_answers(page: Page, attached: Callable[[str], Path]) -> None:
    asked, letter = {"question": "What is the total?"}, {"file": attached("letter.png")}
    card = await answered(await type_command(page, "document ask", asked, letter))
    await expect(card.get_by_text(re.compile(r"\d%? sure"))).to_be_visible()
    await picture(card, "with the place of the answer marked")


async def test_the_newest_picture_is_offered(page: Page) -> None:
    offer = await type_command(page, "image depth")
    await expect(offer.get_by_text("Use this? 📎 street.jpg")).to_be_visible()
    await picture(offer, "")
    await accepted(page, offer.get_by_role("button", name="Use it", exact=True).click)
    await picture(await answered(offer), "bright is near")


async def test_a_text_is_said_aloud(page: Page) -> None:
    card = await answered(await type_command(page, "speak", {"text": "Good morning!"}))
    played = messages(page).last.get_by_role("group", name="voice-message.ogg player")
    await expect(played.or_(card.get_by_text("speak.ogg"))).to_be_visible(timeout=10_000)
