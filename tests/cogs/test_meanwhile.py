"""A starter's answer while the real model is downloaded, and the button that asks the real one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.worker.hub import Models, ModelStore
from tests import models
from tests.conftest import SENTIMENT_MODEL, Simulation, shown
from tests.hub import FakeHub, Repository


@pytest.fixture
def store(hub: FakeHub, model: Callable[..., Path], tmp_path: Path) -> ModelStore:
    """Where the real model for `/sentiment` takes a second or two to arrive."""
    repository = Repository.of(model(models.sentiment), pace=0.1)
    repository.files["padding.json"] = b" " * (12 << 16)
    hub.repositories[SENTIMENT_MODEL] = repository
    return ModelStore(tmp_path / "data", Models.AUTO)


async def test_the_button_brings_the_real_models_answer(simulation: Simulation) -> None:
    first = await simulation.sentiment("I feel that tool is completely inadequate to help us.")
    card = await simulation.answered(first)
    assert "**Starter model**, small: it errs more often than a real one." in card
    assert "starter/text\\-classification" in card.replace("text-", "text\\-")
    assert first.response is not None
    pressed = await simulation.bob.click(first.response, label="Answer with the real model")
    card = await simulation.answered(pressed)
    assert "Starter model" not in card
    assert SENTIMENT_MODEL in card.replace("\\", "")
    third = await simulation.sentiment("I love it.")
    assert "Starter model" not in await simulation.answered(third)
    assert third.response is not None
    with pytest.raises(Exception, match="real model"):
        await simulation.ann.click(third.response, label="Answer with the real model")


async def test_help_says_which_starters_make_sense(simulation: Simulation) -> None:
    overview = shown(await simulation.ann.slash(simulation.channel, "help"))
    assert "**Starter models** answer where a real one can't be had. Those of **/sentiment**" in overview
