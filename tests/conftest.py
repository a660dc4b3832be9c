"""What the tests share: tiny models, a Hub, a worker, and the bot on a simulated Discord."""

import asyncio
import logging
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from tests.hub import FakeHub

# Before anything imports huggingface_hub, which reads them once.
_HUB = FakeHub()
_HOME = tempfile.TemporaryDirectory(prefix="hf-home-")
os.environ.update(HF_ENDPOINT=_HUB.url, HF_HOME=_HOME.name, HF_HUB_DISABLE_XET="1")
# The last digits of a sum depend on how many threads make it: the worker's and the tests' own are to be the same.
os.environ["OMP_NUM_THREADS"] = "1"
# What a pipeline called directly computes in, whatever this CPU could do.
os.environ["DTYPE"] = "float32"
for _name in "DISCORD_TOKEN MODELS DEVICE TASK_MODELS MEMBER_MODELS HF_TOKEN DATA_DIR HF_HUB_OFFLINE".split():
    os.environ.pop(_name, None)

import discord  # noqa: E402
import pytest  # noqa: E402
import simcord  # noqa: E402
from transformers.models.bert.modeling_bert import BertLayer  # noqa: E402
from transformers.models.modernbert.modeling_modernbert import ModernBertEncoderLayer  # noqa: E402

from bot.answers import Answer  # noqa: E402
from bot.client import PipelineBot  # noqa: E402
from bot.playground.waiting import SimulatedWaits  # noqa: E402
from bot.request import Request  # noqa: E402
from bot.storage.storage import Storage, fleeting_storage  # noqa: E402
from bot.tasks import TASKS, Task  # noqa: E402
from bot.worker import engine, trial  # noqa: E402
from bot.worker.hub import Models, ModelStore  # noqa: E402
from bot.worker.loading import Loaded  # noqa: E402
from bot.worker.starters import starter_model  # noqa: E402
from bot.worker.thread import ThreadWorker  # noqa: E402
from tests import models  # noqa: E402
from tests.direct import called_directly, example  # noqa: E402

SENTIMENT_MODEL = "lxyuan/distilbert-base-multilingual-cased-sentiments-student"


@pytest.fixture(autouse=True)
def _away_from_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the developer's .env or writes into the project."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _logs_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test changes for the whole process, as `run` does, ends with it."""
    changed = [(logging, "_logRecordFactory"), (logging, "raiseExceptions"), (warnings, "showwarning")]
    changed += [(sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")]
    for module, name in changed:
        monkeypatch.setattr(module, name, getattr(module, name))


@pytest.fixture(autouse=True, scope="session")
def _words_without_tesseract() -> Iterator[None]:
    """Where Tesseract isn't installed, every page has the same few words."""
    boxes = [(100 * n, 50, 100 * n + 80, 80) for n in range(4)]
    with pytest.MonkeyPatch.context() as patched:
        if shutil.which("tesseract") is None:
            read = "bot.pipelines.document_question_answering.read_words"
            patched.setattr(read, lambda _: (["Total:", "84.50", "Date:", "May"], boxes))
        yield


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[Path], None]], Path]:
    """The folder of a model of `tests.models`, built once a session."""
    built: dict[Callable[[Path], None], Path] = {}

    def folder(build: Callable[[Path], None]) -> Path:
        if build not in built:
            built[build] = tmp_path_factory.mktemp(build.__name__)
            build(built[build])
        return built[build]

    return folder


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    """An empty Hub, and an empty cache of what was downloaded from it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub._snapshot_download.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    _HUB.clear()
    yield _HUB
    _HUB.clear()


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> int:
    """A download looks up after each piece of so many bytes, rather than of 10 MB, which no tiny model has."""
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1 << 16)
    return 1 << 16


TINY = {
    "text-classification": models.sentiment,
    "zero-shot-classification": models.entailment,
    "token-classification": models.entities,
    "question-answering": models.answers,
    "summarization": models.t5,
    "translation": models.m2m100,
}


@pytest.fixture(scope="session")
def tiny(model: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The folder of a tiny model for each task: of `TINY`, or the starter."""
    parent = tmp_path_factory.mktemp("starters")
    return {
        task.name: str(model(TINY[task.name]) if task.name in TINY else starter_model(task, parent)) for task in TASKS
    }


Direct = Callable[[Task], tuple[str, Request, Answer]]


@pytest.fixture(scope="session")
def direct(tiny: dict[str, str]) -> Direct:
    """The folder of a task's tiny model, the request of an example, and the answer of its pipeline called directly."""
    answers: dict[str, tuple[str, Request, Answer]] = {}

    def call(task: Task) -> tuple[str, Request, Answer]:
        if task.name not in answers:
            answers[task.name] = tiny[task.name], *called_directly(task, tiny[task.name], example(task))
        return answers[task.name]

    return call


@pytest.fixture
def store(tiny: dict[str, str], tmp_path: Path) -> ModelStore:
    """Models from this disk alone: the host has put a tiny one in each default's place."""
    return ModelStore(tmp_path / "data", Models.HUB, overrides=tiny, nameable="any")


@asynccontextmanager
async def opened(store: ModelStore, **options: Any) -> AsyncIterator[ThreadWorker]:
    worker = ThreadWorker(store, device="cpu", **options)
    await worker.open()
    try:
        yield worker
    finally:
        await worker.close()


@pytest.fixture
async def worker(store: ModelStore) -> AsyncIterator[ThreadWorker]:
    async with opened(store) as worker:
        yield worker


@dataclass
class Simulation:
    """The bot in a server with two members; Ann is a moderator."""

    env: simcord.Env
    bot: PipelineBot
    worker: ThreadWorker
    channel: simcord.ChannelHandle
    ann: simcord.MemberActor
    bob: simcord.MemberActor

    async def sentiment(self, text: str, **options: Any) -> simcord.InteractionResult:
        """Ann's `/sentiment`, as it stands when the bot waits for the worker or is done."""
        return await self.ann.slash(self.channel, "sentiment", text=text, **options)

    async def answered(self, result: simcord.InteractionResult) -> str:
        """All the text of `result` once it is an answer."""
        await until(lambda: " on cpu" in shown(result))
        return shown(result)


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    async with fleeting_storage() as storage:
        yield storage


@pytest.fixture
async def simulation(worker: ThreadWorker, storage: Storage) -> AsyncIterator[Simulation]:
    waits = SimulatedWaits(worker)
    bot = PipelineBot(waits, storage, commands_record=None)
    # simcord.run() would want to end in the context it began in, which a fixture doesn't.
    waits.env = env = simcord.Env(bot)
    await env.start()
    try:
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
        ann = guild.add_member(env.create_user("ann"), roles=[moderators])
        bob = guild.add_member(env.create_user("bob"))
        yield Simulation(env, bot, worker, channel, ann, bob)
    finally:
        await env.shutdown()
    env.raise_errors()


@contextmanager
def held_layers() -> Iterator[threading.Event]:
    """Forward passes begin, and go on only once the event is set; those that belong to loading go on at once."""
    go, loading = threading.Event(), threading.Event()
    bring_in = trial.bring_in

    def held(forward: Callable[..., object]) -> Callable[..., object]:
        def hold(*args: object, **kwargs: object) -> object:
            if not loading.is_set():
                go.wait(20)
            return forward(*args, **kwargs)

        return hold

    def unheld(*args: Any) -> Loaded:
        loading.set()
        try:
            return bring_in(*args)
        finally:
            loading.clear()

    with pytest.MonkeyPatch.context() as patched:
        for layer in (BertLayer, ModernBertEncoderLayer):
            patched.setattr(layer, "forward", held(layer.forward))
        patched.setattr(engine, "bring_in", unheld)
        try:
            yield go
        finally:
            go.set()


def alike(one: Any, other: Any) -> bool:
    """Two answers, or their JSON, but for the last digits of numbers, which depend on what is computed beside."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(value, other[name]) for name, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if is_dataclass(one) and not isinstance(one, type):
        return alike(asdict(one), asdict(other))
    return bool(one == pytest.approx(other, rel=1e-5)) if isinstance(one, float) else bool(one == other)


def shown(result: simcord.InteractionResult | simcord.ResponseMessage) -> str:
    """All the text of a reply, a line a component."""
    message = result.response if isinstance(result, simcord.InteractionResult) else result
    return "" if message is None else "\n".join(texts(message.components))


def texts(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        if content := component.get("content") or component.get("label"):
            yield content
        yield from texts(component.get("components", []))


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until `condition` holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it looks at other threads and at Discord
            await asyncio.sleep(0.01)
