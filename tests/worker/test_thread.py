import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from transformers import pipeline
from transformers.models.bert.modeling_bert import BertForSequenceClassification, BertLayer

from bot import pipelines
from bot.answers import Scores, Text
from bot.errors import Cancelled, HostError, Interrupted, Refusal
from bot.request import File, Request
from bot.tasks import SUMMARIZE, TRANSLATE
from bot.tasks.task import Modelset
from bot.worker import choosing, engine, thread
from bot.worker.device import Device
from bot.worker.door import Done, Event, Failed, Loading, Queued, Running, Step
from bot.worker.hub import Models, ModelStore
from bot.worker.run import ThreadRun
from bot.worker.thread import ThreadWorker
from tests import models
from tests.conftest import alike, held_layers, opened
from tests.hub import FakeHub, Repository
from tests.worker.test_hub import pickled

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


async def busy(worker: ThreadWorker) -> Any:
    """A request that is running."""
    run = worker.submit(request("the first"))
    async for event in run:
        if isinstance(event, Running):
            return asyncio.create_task(done(run))
    raise AssertionError


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
        sentence = (await refusal(worker.submit(request()))).sentence
    assert sentence.startswith("broken can't be loaded: its weights are broken"), "no path of the host's"


async def test_a_members_model_is_downloaded_and_answers(hub: FakeHub, worker: ThreadWorker, model: Folder) -> None:
    hub.repositories["foo/bar"] = Repository.of(model(models.sentiment))
    source = (await done(worker.submit(request(model="foo/bar")))).source
    assert source.steps == (Step("foo/bar", hub.repositories["foo/bar"].sha),)


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
    with pytest.raises(Interrupted):
        worker.submit(request())
    gate.set()
    await done(run)
    assert await worker.drain(1) == []


async def test_close_ends_what_is_under_way(store: ModelStore, gate: threading.Event) -> None:
    async with opened(store) as worker:
        runs = [worker.submit(request()) for _ in range(3)]
        threading.Timer(0.5, gate.set).start()
    for run in runs:
        assert isinstance(await refusal(run), Interrupted)


async def test_a_device_that_is_not_there_is_told_at_opening(store: ModelStore) -> None:
    with pytest.raises(HostError):
        await ThreadWorker(store, device="mps").open()


async def test_a_starter_answer_is_marked(tmp_path: Path) -> None:
    async with opened(ModelStore(tmp_path, Models.STARTER)) as worker:
        source = (await done(worker.submit(request()))).source
    assert source.starter
    assert source.steps == (Step("starter/text-classification", None),)


async def test_two_models_translate_one_after_the_other(hub: FakeHub, tmp_path: Path, model: Folder) -> None:
    hub.repositories["Helsinki-NLP/opus-mt-pl-en"] = pickled(model(models.marian))
    hub.repositories["Helsinki-NLP/opus-mt-en-nl"] = pickled(model(models.marian))
    text = "Ostrzegam: jutro od ósmej do dziesiątej serwer będzie wyłączony."
    async with opened(ModelStore(tmp_path, Models.HUB)) as worker:
        asked = TRANSLATE.request({"text": text, "to": "nl"})
        last = await done(worker.submit(asked))
        assert len(worker.snapshot().loaded) == 2
    pipe = pipelines.pipeline("translation", str(model(models.marian)))
    english = pipe(text, src_lang="pl", tgt_lang="en")[0]["translation_text"]
    assert last.answer == Text(pipe(english, src_lang="en", tgt_lang="nl")[0]["translation_text"])
    assert [step.model for step in last.source.steps] == ["Helsinki-NLP/opus-mt-pl-en", "Helsinki-NLP/opus-mt-en-nl"]
    assert last.source.notes == ("Polish (detected) → English → Dutch",)


async def test_without_a_hub_the_stand_in_translates_what_it_has_learned(hub: FakeHub, tmp_path: Path) -> None:
    hub.online = False
    async with opened(ModelStore(tmp_path, Models.AUTO)) as worker:
        for _ in range(2):
            asked = TRANSLATE.request({"text": "Where is the station?", "to": "fr", "from": "en"})
            answered = await done(worker.submit(asked))
            assert answered.answer == Text("Où est la gare ?")
            assert [step.options for step in answered.source.steps] == [{"from": "en", "to": "fr"}]
            assert answered.source.starter
        other = await refusal(worker.submit(TRANSLATE.request({"text": "hej", "to": "nl", "from": "pl"})))
    assert "From Polish to Dutch I need a real model" in other.sentence


async def test_a_text_file_is_decoded_and_measured(worker: ThreadWorker) -> None:
    asked = SUMMARIZE.request({"file": File("a.txt", "The pool stays open.".encode("utf-16"))})
    typed = SUMMARIZE.request({"text": "The pool stays open."})
    assert (await done(worker.submit(asked))).answer == (await done(worker.submit(typed))).answer
    long = SUMMARIZE.request({"file": File("a.txt", b"x" * 300_000)})
    assert "I take up to 200,000" in (await refusal(worker.submit(long))).sentence


async def test_parts_are_counted_while_they_run(worker: ThreadWorker) -> None:
    seen = await events(worker.submit(SUMMARIZE.request({"text": "The pool stays open. " * 14})))
    running = [event for event in seen if isinstance(event, Running)]
    assert running[0].rows > 1
    assert all(1 <= event.row <= event.rows for event in running)


async def test_many_at_once_share_a_tokenizer_safely(worker: ThreadWorker) -> None:
    """Each sets the tokenizer to its own languages."""
    pairs = [("pl", "de"), ("de", "fr"), ("fr", "pl"), ("en", "cs")] * 4
    asked = [TRANSLATE.request({"text": "hello you", "from": source, "to": target}) for source, target in pairs]
    answers = [(await done(run)).answer for run in [worker.submit(request) for request in asked]]
    for index, request in enumerate(asked[:4]):
        alone = (await done(worker.submit(request))).answer
        assert answers[index::4] == [alone] * 4


async def test_long_texts_at_once_are_all_cut_to_the_window(worker: ThreadWorker) -> None:
    texts = [f"{number} " + "word " * (400 if number % 2 else 2) for number in range(60)]
    answers = [(await done(run)).answer for run in [worker.submit(request(text)) for text in texts]]
    alone = [(await done(worker.submit(request(text)))).answer for text in texts[-4:]]
    assert all(map(alike, answers[-4:], alone))


async def test_a_first_model_that_writes_nothing_leaves_the_second_nothing_to_do(
    hub: FakeHub, tmp_path: Path, model: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.repositories["Helsinki-NLP/opus-mt-pl-en"] = pickled(model(models.marian))
    nothing = [{"translation_text": " "}]
    monkeypatch.setattr("bot.pipelines.translation.TranslationPipeline.postprocess", lambda *_, **__: nothing)
    async with opened(ModelStore(tmp_path, Models.HUB)) as worker:
        last = await done(worker.submit(TRANSLATE.request({"text": "hej", "to": "nl", "from": "pl"})))
    assert last.answer == Text(" ")
    assert [step.model for step in last.source.steps] == ["Helsinki-NLP/opus-mt-pl-en"]


async def test_a_model_of_another_kind_is_refused(tmp_path: Path, model: Folder) -> None:
    store = ModelStore(tmp_path, Models.HUB, overrides={"summarization": str(model(models.sentiment))})
    async with opened(store) as worker:
        assert "answers would be random" in (await refusal(worker.submit(SUMMARIZE.request({"text": "a"})))).sentence


async def test_a_model_with_a_broken_tokenizer_is_refused(tmp_path: Path, model: Folder) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(model(models.t5), bare)
    (bare / "tokenizer.json").write_text("{}")
    async with opened(ModelStore(tmp_path, Models.HUB, overrides={"summarization": str(bare)})) as worker:
        assert "without a tokenizer" in (await refusal(worker.submit(SUMMARIZE.request({"text": "a"})))).sentence


async def test_cancelled_between_two_models(hub: FakeHub, tmp_path: Path, model: Folder) -> None:
    hub.repositories["Helsinki-NLP/opus-mt-pl-en"] = pickled(model(models.marian))
    hub.repositories["Helsinki-NLP/opus-mt-en-nl"] = pickled(model(models.marian))
    hub.repositories["Helsinki-NLP/opus-mt-en-nl"].pace = 0.2
    async with opened(ModelStore(tmp_path, Models.HUB)) as worker:
        run = worker.submit(TRANSLATE.request({"text": "hej", "to": "nl", "from": "pl"}))
        ran = False
        async for event in run:
            ran = ran or isinstance(event, Running)
            if ran and isinstance(event, Loading):
                run.cancel()
        assert isinstance(event, Failed)
        assert isinstance(event.error, Cancelled)


async def test_a_failure_of_the_workers_own_ends_nobody_elses_request(
    worker: ThreadWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose, failures = choosing.choose, iter([True])

    def failing(*args: Any) -> Any:
        if next(failures, False):
            raise RuntimeError("a defect")
        return choose(*args)

    before = worker._thread
    monkeypatch.setattr(engine, "choose", failing)
    await done(worker.submit(request()))
    assert worker._thread is not before


async def test_a_worker_that_fails_again_and_again_gives_up(
    worker: ThreadWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> Any:
        raise RuntimeError("a defect")

    monkeypatch.setattr(engine, "choose", failing)
    run = worker.submit(request())
    assert "fails again and again" in await asyncio.wait_for(worker.broken, 20)
    assert isinstance(await refusal(run), Interrupted)


async def test_a_broken_device_is_told(worker: ThreadWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, **kwargs: Any) -> Any:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    await done(worker.submit(request()))
    monkeypatch.setattr(BertForSequenceClassification, "forward", broken)
    run = worker.submit(request())
    assert "can't be used by this process any more" in await asyncio.wait_for(worker.broken, 20)
    assert isinstance(await refusal(run), Interrupted)
    with pytest.raises(Refusal):
        worker.submit(request())


async def test_a_hung_pass_is_told(
    worker: ThreadWorker, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "HUNG", 0.5)
    run = await busy(worker)
    assert "hung" in await asyncio.wait_for(worker.broken, 20)
    gate.set()
    with pytest.raises(AssertionError, match="It isn't lost"):
        await run


async def test_closing_does_not_wait_for_a_pass_that_hangs(
    store: ModelStore, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "LAST_PASS", 0.3)
    async with opened(store) as worker:
        run = await busy(worker)
        await asyncio.sleep(0.3)
    assert "still busy" in worker.broken.result()
    gate.set()
    with pytest.raises(AssertionError, match="It isn't lost"):
        await run


@pytest.mark.parametrize(
    ("device", "gigabytes", "wanted", "chosen"),
    [
        ("cpu", 500, None, Modelset.SMALL),
        ("cuda", 12, None, Modelset.SMALL),
        ("cuda", 24, None, Modelset.GPU),
        ("cuda", 24, Modelset.SMALL, Modelset.SMALL),
        ("cpu", 8, Modelset.GPU, Modelset.GPU),
    ],
)
async def test_the_set_of_models_is_chosen_by_the_device_and_its_memory(
    store: ModelStore,
    monkeypatch: pytest.MonkeyPatch,
    device: str,
    gigabytes: int,
    wanted: Modelset | None,
    chosen: Modelset,
) -> None:
    monkeypatch.setattr("bot.worker.device.choose_device", lambda _: Device(device, "a device"))
    monkeypatch.setattr("bot.worker.memory.total_memory", lambda _: gigabytes * 10**9)
    async with opened(store, modelset=wanted) as worker:
        assert store.modelset is chosen
        assert f"the {chosen} set" in worker.chosen_models
        assert ("as MODELSET says" in worker.chosen_models) == (wanted is not None)
