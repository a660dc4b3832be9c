"""What the worker does on the device, seen through its door."""

import asyncio
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers.models.bert.modeling_bert import BertForSequenceClassification

from bot.answers import Answer
from bot.errors import Refusal
from bot.request import Asker, Request
from bot.samples import sample
from bot.tasks import CLASSIFY, RECOGNIZE_IMAGE, SENTIMENT, SUMMARIZE, Task
from bot.worker import engine, loading, stages
from bot.worker.door import Done, Failed, Loading, Queued, Running
from bot.worker.hub import Models, ModelStore
from bot.worker.job import Job
from bot.worker.thread import ThreadWorker
from tests import models
from tests.conftest import alike, held_layers, opened, until
from tests.hub import FakeHub, Repository
from tests.worker.test_thread import Folder, busy, done, events, refusal, request

ANN, BOB, CARL = Asker(1, 10), Asker(2, 10), Asker(3, 20)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Models pass their layers only while it is set."""
    with held_layers() as go:
        yield go


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row a pass."""
    monkeypatch.setattr(loading, "LEAST", 1)
    monkeypatch.setattr(loading, "PASS", 0.0)


async def test_a_busy_member_does_not_starve_another(worker: ThreadWorker, gate: threading.Event, alone: None) -> None:
    first = await busy(worker)
    order: list[str] = []

    async def ask(name: str, asker: Asker) -> None:
        await done(worker.submit(request("hello", asker=asker)))
        order.append(name)

    asked = [asyncio.create_task(ask("ann", ANN)) for _ in range(12)]
    await asyncio.sleep(0)
    asked += [asyncio.create_task(ask("bob", BOB)), asyncio.create_task(ask("carl", CARL))]
    await until(lambda: worker.snapshot().waiting == 14)
    await asyncio.sleep(0.2)
    gate.set()
    await asyncio.gather(first, *asked)
    assert {"bob", "carl"} < set(order[:4])


async def test_what_waits_runs_together(worker: ThreadWorker, gate: threading.Event) -> None:
    first = await busy(worker)
    runs = [worker.submit(request(f"number {n}", asker=Asker(n))) for n in range(10)]
    await asyncio.sleep(0.3)
    gate.set()
    answers = [(await done(run)).answer for run in runs]
    await first
    together = worker.snapshot().passes[-1]
    assert (together.rows, together.requests, together.padding) == (10, 10, 0)
    assert together.tokens == sum(len(f"number{n}") + 2 for n in range(10))
    alone = [(await done(worker.submit(request(f"number {n}")))).answer for n in range(10)]
    assert all(map(alike, answers, alone))


async def test_other_labels_share_a_pass(worker: ThreadWorker, gate: threading.Event) -> None:
    asked = [CLASSIFY.request({"text": "hello", "labels": labels}) for labels in ("a, b", "c, d, e")]
    gate.set()
    alone = [(await done(worker.submit(one))).answer for one in asked]
    gate.clear()
    first = await busy(worker)
    runs = [worker.submit(one) for one in asked]
    await asyncio.sleep(0.3)
    gate.set()
    assert all(map(alike, [(await done(run)).answer for run in runs], alone))
    await first
    assert (worker.snapshot().passes[-1].rows, worker.snapshot().passes[-1].requests) == (5, 2)


async def test_a_pass_goes_on_for_those_who_still_want_it(worker: ThreadWorker, gate: threading.Event) -> None:
    first = await busy(worker)
    gone, stays = worker.submit(request("gone")), worker.submit(request("stays"))
    await asyncio.sleep(0.3)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BertForSequenceClassification, "forward", _after(gone.cancel))
        gate.set()
        assert (await refusal(gone)).sentence == "Cancelled."
        await done(stays)
    await first


def _after(step: Callable[[], None]) -> Any:
    forward = BertForSequenceClassification.forward

    def slow(self: Any, *args: Any, **kwargs: Any) -> Any:
        step()
        return forward(self, *args, **kwargs)

    return slow


@pytest.mark.parametrize("step", ["preprocess", "_forward", "postprocess"])
async def test_what_breaks_a_step_ends_its_own_request_only(
    worker: ThreadWorker, gate: threading.Event, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from transformers import TextClassificationPipeline

    plain = getattr(TextClassificationPipeline, step)

    def breaks(self: Any, given: Any, **parameters: Any) -> Any:
        if step == "preprocess":
            broken = given == "broken"
        elif step == "_forward":
            broken = any(len(row[row > 0]) == len("broken") + 2 for row in given["input_ids"])
        else:
            broken = abs(float(given["logits"][0, 0]) - marked) < 1e-4
        if broken:
            raise ValueError("no")
        return plain(self, given, **parameters)

    gate.set()
    await done(worker.submit(request("broken")))
    pipe = next(iter(worker._pool)).pipeline
    marked = float(pipe.forward(pipe.preprocess("broken"))["logits"][0, 0])
    gate.clear()
    first = await busy(worker)
    monkeypatch.setattr(TextClassificationPipeline, step, breaks)
    runs = [worker.submit(request(text)) for text in ("one", "broken", "three", "four")]
    await asyncio.sleep(0.3)
    gate.set()
    ends = [(await events(run))[-1] for run in runs]
    assert [type(end) for end in ends] == [Done, Failed, Done, Done]
    await first


async def test_one_load_for_all_who_wait_for_it(worker: ThreadWorker) -> None:
    seen = await asyncio.gather(*(events(worker.submit(request())) for _ in range(5)))
    assert worker.snapshot().loads == 1
    assert all(any(isinstance(event, Loading) for event in one) for one in seen)


async def test_others_are_answered_while_a_model_is_downloaded(
    hub: FakeHub, worker: ThreadWorker, model: Folder
) -> None:
    hub.repositories["foo/bar"] = Repository.of(model(models.sentiment))
    hub.repositories["foo/bar"].pace = 0.2
    slow = asyncio.create_task(done(worker.submit(request(model="foo/bar"))))
    for _ in range(3):
        await done(worker.submit(request()))
    assert not slow.done()
    await slow


@pytest.fixture
def six(hub: FakeHub, model: Folder) -> list[str]:
    """Models that members may name, all of one size."""
    for number in range(6):
        repository = Repository.of(model(models.sentiment))
        repository.files["number.json"] = str(number).encode()
        hub.repositories[f"foo/bar{number}"] = repository
    return list(hub.repositories)


async def loaded(worker: ThreadWorker, name: str) -> list[str]:
    """What is loaded after a request to the model of that name."""
    await done(worker.submit(request(model=name)))
    return [it.model for it in worker.snapshot().loaded]


async def test_the_least_recently_used_model_leaves(store: ModelStore, six: list[str]) -> None:
    async with opened(store) as worker:
        await loaded(worker, six[0])
        size = worker.snapshot().loaded[0].bytes
    async with opened(store, memory=int(2.5 * size)) as worker:
        await loaded(worker, six[0])
        assert await loaded(worker, six[1]) == six[:2]
        await loaded(worker, six[0])
        assert await loaded(worker, six[2]) == [six[0], six[2]]


async def test_many_models_in_little_memory_all_answer(store: ModelStore, six: list[str]) -> None:
    async with opened(store, memory=1_000_000) as worker:
        asked = [request(f"number {n}", model=six[n % 6], asker=Asker(n % 5)) for n in range(60)]
        answers = await asyncio.gather(*(done(worker.submit(one)) for one in asked))
    assert [answer.source.steps[0].model for answer in answers] == [one.model for one in asked]


async def test_a_pinned_model_stays_and_takes_the_room(store: ModelStore, six: list[str]) -> None:
    async with opened(store, memory=600_000, pinned={SENTIMENT.name}) as worker:
        await done(worker.submit(request()))
        (pinned,) = worker.snapshot().loaded
        assert pinned.pinned
        sentence = (await refusal(worker.submit(CLASSIFY.request({"text": "a", "labels": "a, b"})))).sentence
    assert "beside the models that the host keeps loaded" in sentence


async def test_larger_than_the_budget_is_refused_before_loading(store: ModelStore) -> None:
    async with opened(store, memory=100_000) as worker:
        sentence = (await refusal(worker.submit(request()))).sentence
        assert worker.snapshot().loads == 0
    assert "takes 0.00052 GB of memory; all models together may take 0.0001 GB here" in sentence


@pytest.mark.parametrize("numbers", [{"BF16": 300_000_000}, None])
async def test_larger_than_the_budget_is_refused_before_its_first_byte_travels(
    store: ModelStore, hub: FakeHub, model: Folder, numbers: dict[str, int] | None
) -> None:
    """What the Hub read from its headers counts, for bfloat16 takes twice as much in float32; else its files' sizes."""
    hub.repositories["foo/large"] = Repository.of(model(models.sentiment), numbers=numbers)
    async with opened(store, memory=100_000 if numbers is None else 10**9) as worker:
        sentence = (await refusal(worker.submit(request(model="foo/large")))).sentence
    assert "foo/large takes " in sentence
    assert "GB of memory; all models together may take" in sentence
    assert ("takes 1.2 GB" in sentence) == (numbers is not None)
    assert not any("/resolve/" in path for path in hub.requests)


async def test_no_free_memory_is_refused_before_loading(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "free_memory", lambda _: 100_000)
    async with opened(store) as worker:
        sentence = (await refusal(worker.submit(request()))).sentence
        assert worker.snapshot().loads == 0
    assert "this machine has 0.0001 GB free just now" in sentence


async def test_an_unused_model_leaves(store: ModelStore) -> None:
    async with opened(store, idle=0.5) as worker:
        await done(worker.submit(request()))
        assert worker.snapshot().loaded
        await until(lambda: not worker.snapshot().loaded)
        await done(worker.submit(request()))


async def test_a_batch_that_takes_too_much_memory_is_halved(
    worker: ThreadWorker, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await busy(worker)
    forward = BertForSequenceClassification.forward

    def hungry(self: Any, input_ids: Any, **kwargs: Any) -> Any:
        if len(input_ids) > 3:
            raise torch.OutOfMemoryError
        return forward(self, input_ids=input_ids, **kwargs)

    monkeypatch.setattr(BertForSequenceClassification, "forward", hungry)
    runs = [worker.submit(request(f"number {n}")) for n in range(8)]
    await asyncio.sleep(0.3)
    gate.set()
    for run in runs:
        await done(run)
    await first


async def test_a_request_that_takes_too_much_memory_ends_with_a_sentence(
    worker: ThreadWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await done(worker.submit(request()))
    await done(worker.submit(CLASSIFY.request({"text": "a", "labels": "a, b"})))

    def hungry(self: Any, **kwargs: Any) -> Any:
        raise torch.OutOfMemoryError

    with monkeypatch.context() as patched:
        patched.setattr(BertForSequenceClassification, "forward", hungry)
        assert "more memory than this machine has free" in (await refusal(worker.submit(request()))).sentence
    assert [it.task for it in worker.snapshot().loaded] == [SENTIMENT.name], "what was idle has left"
    await done(worker.submit(request()))


def test_real_out_of_memory_is_survived(tmp_path: Path, model: Folder) -> None:
    """In a process whose address space is limited: a text that takes too much, then one that doesn't."""
    script = Path(__file__).with_name("out_of_memory.py")
    command = [sys.executable, str(script), str(model(models.wide)), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr[-2000:]
    short, long, again = json.loads(ran.stdout)
    assert short == again == "Done"
    assert "more memory than this machine has free" in long


async def test_a_request_has_a_time_limit(
    worker: ThreadWorker, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.set()
    await done(worker.submit(request()))
    gate.clear()
    monkeypatch.setattr(Task, "time_limit", 0.3)
    threading.Timer(0.6, gate.set).start()
    assert "longer than the 0.005 minutes" in (await refusal(worker.submit(request()))).sentence
    await done(worker.submit(request()))


async def test_a_model_that_gives_no_numbers_is_a_sentence(tmp_path: Path, model: Folder) -> None:
    folder = tmp_path / "nan"
    shutil.copytree(model(models.sentiment), folder)
    path = folder / "model.safetensors"
    save_file(load_file(path) | {"classifier.bias": torch.full((3,), torch.nan)}, path, {"format": "pt"})
    async with opened(ModelStore(tmp_path, Models.HUB, overrides={SENTIMENT.name: str(folder)})) as worker:
        assert "nothing that is a number" in (await refusal(worker.submit(request()))).sentence


async def test_the_place_is_told_again_while_waiting(worker: ThreadWorker, gate: threading.Event, alone: None) -> None:
    gate.set()
    await done(worker.submit(request()))
    gate.clear()
    first = await busy(worker)
    second, third = worker.submit(request("two")), worker.submit(request("three"))
    seen = asyncio.create_task(events(third))
    await asyncio.sleep(0.3)
    second.cancel()
    await asyncio.sleep(2.2)
    gate.set()
    places = [(event.place, event.eta) for event in await seen if isinstance(event, Queued)]
    await first
    assert [place for place, _ in places] == [2, 1]
    assert all(eta is not None and eta >= 0 for _, eta in places)


async def test_a_full_queue_says_when_to_come_back(store: ModelStore, gate: threading.Event) -> None:
    async with opened(store, limit=4) as worker:
        gate.set()
        await done(worker.submit(request()))
        gate.clear()
        runs = [worker.submit(request(asker=ANN)) for _ in range(2)]
        with pytest.raises(Refusal, match=r"2 requests of yours are waiting already\. Ask me again in about 1 min"):
            worker.submit(request(asker=ANN))
        runs += [worker.submit(request(asker=BOB)), worker.submit(request(asker=CARL))]
        with pytest.raises(Refusal, match=r"4 requests are waiting already\. Ask me again in about 1 min"):
            worker.submit(request(asker=Asker(4)))
        gate.set()
        for run in runs:
            await done(run)


async def test_a_generation_stops_within_a_step(tmp_path: Path, model: Folder) -> None:
    store = ModelStore(tmp_path, Models.HUB, overrides={SUMMARIZE.name: str(model(models.t5_unbounded))})
    async with opened(store) as worker:
        run = worker.submit(SUMMARIZE.request({"text": "The pool stays open. " * 20, "length": "long"}))
        async for event in run:
            if isinstance(event, Running):
                run.cancel()
        assert isinstance(event, Failed)
        await until(lambda: bool(worker.snapshot().passes))
        assert worker.snapshot().passes[-1].seconds < 1


async def test_writers_share_a_pass(worker: ThreadWorker, gate: threading.Event) -> None:
    texts = ("The pool stays open", "The shop stays shut", "The pool stays shut")
    asked = [SUMMARIZE.request({"text": text}) for text in texts]
    gate.set()
    alone: list[Answer] = [(await done(worker.submit(one))).answer for one in asked]
    gate.clear()
    first = await busy(worker)
    runs = [worker.submit(Request(one.task, one.inputs, one.options)) for one in asked]
    await asyncio.sleep(0.3)
    gate.set()
    assert [(await done(run)).answer for run in runs] == alone
    await first
    assert worker.snapshot().passes[-1].requests == 3


async def test_pictures_are_not_all_prepared_at_once(worker: ThreadWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "MOST_HELD", 1)
    request = partial(RECOGNIZE_IMAGE.request, {"image": sample("street.jpg")})
    held: list[int] = []
    answer = stages.Stages._answer

    def watched(self: stages.Stages, job: Job, loaded: loading.Loaded) -> None:
        held.append(sum(other.rows is not None for other in self._queue.jobs()))
        answer(self, job, loaded)

    monkeypatch.setattr(stages.Stages, "_answer", watched)
    runs = [worker.submit(request()) for _ in range(12)]
    runs[5].cancel()
    ends = [(await events(run))[-1] for run in runs]
    assert [isinstance(end, Done) for end in ends] == [number != 5 for number in range(12)]
    assert max(held) <= stages.HANDS + 1
