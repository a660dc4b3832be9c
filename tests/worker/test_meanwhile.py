"""While a real model is downloaded for the first time, its trained starter may answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.errors import ModelUnreachable, Refusal
from bot.request import Address, MessageAddress, Request
from bot.tasks import TRANSLATE, Task, find
from bot.worker.door import Done, Failed, Loading
from bot.worker.downloads import Watch
from bot.worker.hub import Models, ModelStore
from bot.worker.thread import ThreadWorker
from tests import models
from tests.conftest import SENTIMENT_MODEL, opened, until
from tests.hub import FakeHub, Repository

STARTER = "starter/text-classification"
MESSAGE = MessageAddress(1, 2)


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[ThreadWorker]:
    """With real models, and starters where there are none."""
    async with opened(ModelStore(tmp_path / "data", Models.AUTO)) as worker:
        yield worker


@pytest.fixture
def slow(hub: FakeHub, model: Callable[..., Path]) -> Repository:
    """The real model, which is long on its way."""
    repository = Repository.of(model(models.sentiment), pace=0.3)
    repository.files["padding.json"] = b" " * (20 << 16)
    hub.repositories[SENTIMENT_MODEL] = repository
    return repository


def asked(*, real: bool = False, address: Address | None = MESSAGE) -> Request:
    return Request("text-classification", {"text": "I love it."}, real=real, address=address)


async def answer(worker: ThreadWorker, request: Request, told: list[Loading] | None = None) -> Done:
    async for event in worker.submit(request):
        match event:
            case Loading() if told is not None:
                told.append(event)
            case Done():
                return event
            case Failed(error):
                raise error
    raise AssertionError("it ended without an answer")


async def test_the_starter_answers_first_and_then_the_real_one(patient: ThreadWorker, slow: Repository) -> None:
    first = await answer(patient, asked())
    assert first.source.starter
    assert first.source.meanwhile
    assert [step.model for step in first.source.steps] == [STARTER]
    told: list[Loading] = []
    second = await answer(patient, asked(real=True), told)
    assert not second.source.starter
    assert [step.model for step in second.source.steps] == [SENTIMENT_MODEL]
    assert any(event.size for event in told), "who waits for it sees how far it is"
    third = await answer(patient, asked())
    assert not third.source.starter, "once it is here, it answers"


async def test_who_has_no_message_waits_for_the_real_one(patient: ThreadWorker, slow: Repository) -> None:
    slow.pace = 0.02
    done = await answer(patient, asked(address=None))
    assert not done.source.starter


async def test_closing_does_not_wait_for_the_download(tmp_path: Path, slow: Repository) -> None:
    slow.pace = 0.02
    slow.files["more.json"] = b" " * (1500 << 16)
    began = time.monotonic()
    async with opened(ModelStore(tmp_path / "data", Models.AUTO)) as worker:
        assert (await answer(worker, asked())).source.meanwhile
    assert time.monotonic() - began < 15, "all of it would take half a minute"


async def test_it_is_downloaded_once_though_nobody_waits(patient: ThreadWorker, slow: Repository, hub: FakeHub) -> None:
    slow.pace = 0.02
    assert all([(await answer(patient, asked())).source.meanwhile for _ in range(3)])

    async def arrived() -> bool:
        return not (await answer(patient, asked())).source.starter

    while not await arrived():  # noqa: ASYNC110 - only another answer shows it
        await asyncio.sleep(0.1)
    assert sum(path.endswith("/model.safetensors") for path in hub.requests) <= 2  # one HEAD, one GET


async def test_where_the_hub_cannot_be_reached_there_is_nothing_to_wait_for(
    patient: ThreadWorker, hub: FakeHub
) -> None:
    hub.online = False
    done = await answer(patient, asked())
    assert done.source.starter
    assert not done.source.meanwhile
    with pytest.raises(ModelUnreachable):
        await answer(patient, asked(real=True))


async def test_a_download_that_breaks_off_leaves_the_answer(
    patient: ThreadWorker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks_off(
        self: ModelStore, task: Task, model: str, revision: str | None, watch: Watch, limit: int | None
    ) -> Path:
        watch.progress(0.0, 10**9)
        raise Refusal("The disk is full.")

    monkeypatch.setattr(ModelStore, "_download", breaks_off)
    assert (await answer(patient, asked())).source.meanwhile
    await until(lambda: "did not arrive: The disk is full." in caplog.text)
    with pytest.raises(Refusal, match="disk is full"):
        await answer(patient, asked(real=True))


@pytest.mark.parametrize("source", [Models.HUB, Models.STARTER])
def test_only_where_both_may_answer(source: Models, slow: Repository, tmp_path: Path) -> None:
    task = find("text-classification")
    assert ModelStore(tmp_path, source).meanwhile(task) is None
    assert ModelStore(tmp_path, Models.AUTO).meanwhile(task) is not None


def test_not_where_the_model_is_here_or_the_starter_knows_too_little(slow: Repository, tmp_path: Path) -> None:
    slow.pace = 0.0
    store = ModelStore(tmp_path, Models.AUTO)
    task = find("text-classification")
    store.find(task, None, Watch(lambda *_: None))
    assert store.meanwhile(task) is None
    assert store.meanwhile(TRANSLATE) is None
    assert store.meanwhile(find("image-classification")) is None, "its starter is untrained"
