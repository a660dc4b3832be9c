import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from transformers import pipeline
from transformers.models.bert.modeling_bert import BertLayer

from bot.answers import Scores
from bot.errors import Cancelled, HostError, Refusal
from bot.request import Request
from bot.worker.door import Done, Event, Failed, Loading, Queued, Running, Step
from bot.worker.hub import Models, ModelStore
from bot.worker.run import ThreadRun
from bot.worker.thread import KEPT, ThreadWorker
from tests import models
from tests.conftest import held_layers, opened
from tests.hub import FakeHub, Repository

Folder = Callable[[Callable[[Path], None]], Path]

TEXTS = ("I love it", "Nobody answered my report.", "שלום עולם", "a", "@everyone **look**", "word " * 2000)


def request(text: str = "hello", **changes: object) -> Request:
    return Request("text-classification", {"text": text}, **changes)  # type: ignore[arg-type]


async def events(run: ThreadRun) -> list[Event]:
    async with asyncio.timeout(30):
        return [event async for event in run]


async def done(run: ThreadRun) -> Done:
    last = (await events(run))[-1]
    assert isinstance(last, Done), last
    return last


async def refusal(run: ThreadRun) -> Refusal:
    last = (await events(run))[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, Refusal)
    return last.error


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Models pass their layers only while it is set."""
    with held_layers() as go:
        yield go


@pytest.mark.parametrize("text", TEXTS)
async def test_the_answer_equals_the_pipeline_called_directly(worker: ThreadWorker, model: Folder, text: str) -> None:
    direct = pipeline("text-classification", model=str(model(models.sentiment)), device="cpu")
    raw = direct(text, top_k=None, truncation=True)
    assert (await done(worker.submit(request(text)))).answer == Scores.of(raw)


async def test_the_stages_in_order(worker: ThreadWorker) -> None:
    kinds = [type(event) for event in await events(worker.submit(request()))]
    assert kinds == [Queued, Loading, Running, Done]
    kinds = [type(event) for event in await events(worker.submit(request()))]
    assert kinds == [Queued, Running, Done], "it is loaded now"


async def test_where_an_answer_came_from(worker: ThreadWorker, model: Folder) -> None:
    source = (await done(worker.submit(request()))).source
    assert source.steps == (Step(str(model(models.sentiment)), None),)
    assert (source.starter, source.device, source.dtype) == (False, "cpu", "float32")
    assert 0 < source.seconds < 10
    assert source.notes == ()


async def test_a_cut_text_is_said(worker: ThreadWorker) -> None:
    (note,) = (await done(worker.submit(request("word " * 1000)))).source.notes
    # 510 letters beside the two special tokens: 127 words of 4 letters and 2 letters more.
    assert note == "Longer than this model reads at once: the answer is about the first 637 characters."


async def test_a_window_that_the_tokenizer_does_not_know(tmp_path: Path, model: Folder) -> None:
    store = ModelStore(tmp_path, Models.HUB, overrides={"text-classification": str(model(models.unbounded))})
    async with opened(store) as worker:
        answer = await done(worker.submit(request("word " * 100)))
    assert "first" in answer.source.notes[0]


async def test_only_unknown_characters_are_refused(worker: ThreadWorker) -> None:
    assert "knows none of the characters" in (await refusal(worker.submit(request("😀🎉")))).sentence


async def test_first_come_first_served_with_place_and_time(worker: ThreadWorker, gate: threading.Event) -> None:
    gate.set()
    await done(worker.submit(request()))
    gate.clear()
    runs = [worker.submit(request()) for _ in range(3)]
    readers = [asyncio.create_task(events(run)) for run in runs]
    await asyncio.sleep(0.1)
    gate.set()
    seen = await asyncio.gather(*readers)
    firsts = [events[0] for events in seen]
    assert [first.place for first in firsts if isinstance(first, Queued)] == [0, 1, 2]
    assert all(first.eta is not None for first in firsts if isinstance(first, Queued))


async def test_cancelled_while_waiting_ends_at_once(worker: ThreadWorker, gate: threading.Event) -> None:
    running = worker.submit(request())
    waiting = worker.submit(request())
    waiting.cancel()
    assert isinstance(await refusal(waiting), Cancelled)
    gate.set()
    await done(running)


async def test_cancelled_while_running_ends_before_the_next_layer(worker: ThreadWorker, gate: threading.Event) -> None:
    run = worker.submit(request())
    async for event in run:
        if isinstance(event, Running):
            run.cancel()
            gate.set()
    assert isinstance(event, Failed)
    assert isinstance(event.error, Cancelled)
    await done(worker.submit(request()))


async def test_full_is_refused_at_once(store: ModelStore, gate: threading.Event) -> None:
    async with opened(store, limit=2) as worker:
        runs = [worker.submit(request()), worker.submit(request())]
        with pytest.raises(Refusal, match="2 requests are waiting already"):
            worker.submit(request())
        gate.set()
        for run in runs:
            await done(run)
        await done(worker.submit(request()))


async def test_a_defect_ends_its_own_run_only(worker: ThreadWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: BertLayer, *args: object, **kwargs: object) -> object:
        raise ValueError("no")

    with monkeypatch.context() as patched:
        patched.setattr(BertLayer, "forward", broken)
        last = (await events(worker.submit(request())))[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, ValueError)
    await done(worker.submit(request()))


async def test_a_folder_with_another_tasks_model_is_refused(tmp_path: Path, model: Folder) -> None:
    store = ModelStore(tmp_path, Models.HUB, overrides={"text-classification": str(model(models.masked))})
    async with opened(store) as worker:
        assert "answers would be random" in (await refusal(worker.submit(request()))).sentence


async def test_a_folder_with_broken_weights_is_refused(tmp_path: Path, model: Folder) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(model(models.sentiment), broken)
    (broken / "model.safetensors").write_bytes(b"cut off")
    store = ModelStore(tmp_path, Models.HUB, overrides={"text-classification": str(broken)})
    async with opened(store) as worker:
        assert "its weights are broken" in (await refusal(worker.submit(request()))).sentence


async def test_a_members_model_is_downloaded_and_answers(hub: FakeHub, worker: ThreadWorker, model: Folder) -> None:
    hub.repositories["foo/bar"] = Repository.of(model(models.sentiment))
    source = (await done(worker.submit(request(model="foo/bar")))).source
    assert source.steps == (Step("foo/bar", hub.repositories["foo/bar"].sha),)


async def test_only_so_many_models_stay_loaded(hub: FakeHub, worker: ThreadWorker, model: Folder) -> None:
    for number in range(KEPT + 1):
        repository = Repository.of(model(models.sentiment))
        repository.files["number.json"] = str(number).encode()
        hub.repositories[f"foo/bar{number}"] = repository
        await done(worker.submit(request(model=f"foo/bar{number}")))
    loaded = [entry.model for entry in worker.snapshot().loaded]
    assert loaded == [f"foo/bar{number}" for number in range(1, KEPT + 1)]


async def test_snapshot(worker: ThreadWorker, gate: threading.Event) -> None:
    first = worker.submit(request())
    async for event in first:
        if isinstance(event, Running):
            second = worker.submit(request())
            snapshot = worker.snapshot()
            gate.set()
    assert (snapshot.device, snapshot.running, snapshot.waiting) == ("cpu", 1, 1)
    (loaded,) = snapshot.loaded
    assert loaded.task == "text-classification"
    assert loaded.bytes > 100_000
    await done(second)


async def test_drain_refuses_newcomers_and_returns_the_unfinished(worker: ThreadWorker, gate: threading.Event) -> None:
    asked = request()
    run = worker.submit(asked)
    assert await worker.drain(0.1) == [asked]
    with pytest.raises(Refusal, match="shutting down"):
        worker.submit(request())
    gate.set()
    await done(run)
    assert await worker.drain(1) == []


async def test_close_ends_what_is_under_way(store: ModelStore, gate: threading.Event) -> None:
    async with opened(store) as worker:
        runs = [worker.submit(request()) for _ in range(3)]
        threading.Timer(0.5, gate.set).start()
    for run in runs:
        assert (await refusal(run)).sentence.startswith("I had to stop")


async def test_a_device_that_is_not_there_is_told_at_opening(store: ModelStore) -> None:
    with pytest.raises(HostError):
        await ThreadWorker(store, device="mps").open()


async def test_a_starter_answer_is_marked(tmp_path: Path) -> None:
    async with opened(ModelStore(tmp_path, Models.STARTER)) as worker:
        source = (await done(worker.submit(request()))).source
    assert source.starter
    assert source.steps == (Step("starter/text-classification", None),)
