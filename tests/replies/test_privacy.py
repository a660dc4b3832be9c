"""The cards of /privacy are within Discord's limits, whatever the host set and whatever is held."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.keeping import Held
from bot.replies.fitting import objections
from bot.replies.privacy import held_card, privacy_card
from bot.storage.storage import Storage
from tests.replies.test_about import buttons, text

LIMIT = 10 * 2**20


@pytest.mark.parametrize(
    ("seconds", "words"), [(3600.0, "For 60 minutes"), (86_400.0, "For 1440"), (0.0, "nothing of it")]
)
async def test_the_card(storage: Storage, seconds: float, words: str) -> None:
    client: Any = SimpleNamespace(recent=SimpleNamespace(kept_for=seconds), storage=storage)
    for toggle in ("opt-out", "opt-in"):
        card = privacy_card(client, 1)
        assert objections(card.view, card.files, LIMIT) == []
        assert words in text(card)
        assert buttons(card) == ["privacy:show", "privacy:delete", f"privacy:{toggle}"]
        await storage.members.opt_out(1)


def test_what_is_held() -> None:
    held = [
        Held(f"keeper {number}", "4,321 requests of one kind or another" * 2, {"é": "x" * 10}) for number in range(12)
    ]
    card = held_card(held, 1)
    assert objections(card.view, card.files, LIMIT) == []
    (file,) = card.files
    written = file.fp.read().decode()
    assert "é" in written
    assert all(f"keeper {number}" in written for number in range(12))
    assert objections((nothing := held_card([], 1)).view, nothing.files, LIMIT) == []
