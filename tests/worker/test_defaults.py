"""The default models' architectures, from the files that their repositories have to an answer."""

import io
import json
import shutil
from collections.abc import Callable
from functools import singledispatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from bot import pipelines
from bot.answers import (
    Answer,
    Boxes,
    Cells,
    Decision,
    Depth,
    Masks,
    Matches,
    Picture,
    Scores,
    Similarity,
    Sound,
    Spans,
    Text,
    Transcript,
)
from bot.media.audio import read_audio
from bot.media.limits import Limits
from bot.request import File
from bot.tasks import ASK_IMAGE, CLASSIFY_AUDIO, CLASSIFY_IMAGE, COMPARE, SPEAK, TASKS, TRANSCRIBE, Task
from bot.worker.door import Done
from bot.worker.hub import Models, ModelStore
from tests.conftest import alike, opened
from tests.hub import FakeHub, Repository
from tests.models.defaults import BUILDERS, NEED_TORCHVISION, UNTRIED
from tests.models.defaults.sound import clap
from tests.worker.test_thread import done, refusal

pytestmark = pytest.mark.slow

Folder = Callable[[Callable[[Path], None]], Path]
Put = Callable[[Task, str], ModelStore]

PICKLED = SPEAK.models.each()[0].id
"""The one that the Hub has without safetensors, so that it has to come from there."""

DEFAULTS = [(task, model.id) for task in TASKS for model in task.models.each()]
TRIED = list(
    # Those that differ in size alone are the same here.
    {(task.name, BUILDERS[model]): (task, model) for task, model in DEFAULTS if model in BUILDERS}.values()
)


def by_name(value: Any) -> str:
    return value.name if isinstance(value, Task) else str(value)


LIKELY: dict[str, dict[str, Any]] = {
    # Untrained, they are sure of nothing.
    "object-detection": {"certainty": 0.0},
    "text-generation": {"length": "short"},
}


def test_every_default_has_a_double() -> None:
    assert {model for _, model in DEFAULTS} == BUILDERS.keys() | NEED_TORCHVISION.keys() | UNTRIED


async def ask(store: ModelStore, task: Task, *, dtype: str = "float32", **changes: Any) -> Done:
    """What the first example of `task` is answered."""
    async with opened(store, dtype=dtype) as worker:
        values = task.example(0) | LIKELY.get(task.name, {}) | changes
        return await done(worker.submit(task.request(values)))


@pytest.fixture
def put(tmp_path: Path, model: Folder) -> Put:
    """A store with the double of a default in its place."""
    return lambda task, name: ModelStore(tmp_path, Models.HUB, overrides={task.name: str(model(BUILDERS[name]))})


@pytest.mark.parametrize(("task", "name"), [case for case in TRIED if case[1] != PICKLED], ids=by_name)
async def test_a_default_answers(task: Task, name: str, put: Put, model: Folder) -> None:
    config = json.loads((model(BUILDERS[name]) / "config.json").read_text(encoding="utf-8"))
    assert all(architecture.endswith(task.heads) for architecture in config.get("architectures", ()))
    last = await ask(put(task, name), task)
    assert isinstance(last.answer, task.gives)
    check(last.answer, task.example(0))


ROUNDED = {
    "deepset/deberta-v3-large-squad2",
    "answerdotai/ModernBERT-large",
    "facebook/bart-large-cnn",
    "google/flan-t5-large",
    "Qwen/Qwen3-4B-Instruct-2507",
    "Qwen/Qwen2.5-1.5B-Instruct",
    "openai/whisper-large-v3-turbo",
    "HuggingFaceTB/SmolVLM-256M-Instruct",
}


@pytest.mark.parametrize(("task", "name"), [case for case in DEFAULTS if case[1] in ROUNDED], ids=by_name)
async def test_a_default_for_words_answers_in_bfloat16(task: Task, name: str, put: Put) -> None:
    last = await ask(put(task, name), task, dtype="bfloat16")
    assert last.source.dtype == "bfloat16"
    check(last.answer, task.example(0))


def published(folder: Path) -> Repository:
    """A folder as a repository on the Hub, with the folders in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return Repository({str(path.relative_to(folder)): path.read_bytes() for path in files})


async def test_bark_comes_as_a_pickle_with_voices_in_folders(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    hub.repositories[PICKLED] = published(model(BUILDERS[PICKLED]))
    sounds = []
    async with opened(ModelStore(tmp_path, Models.HUB)) as worker:
        for voice in (1, 2, 1):
            answer = (await done(worker.submit(SPEAK.request(SPEAK.example(0) | {"voice": voice})))).answer
            assert isinstance(answer, Sound)
            assert answer.rate == 24_000
            samples = read_audio(File("a.wav", answer.wav), Limits(), answer.rate)
            assert 0.1 < len(samples) / answer.rate < 1, "as its own settings say"
            sounds.append(answer.wav)
            hub.online = False
        fourth = worker.submit(SPEAK.request(SPEAK.example(0) | {"voice": 4}))
        assert "has 3 voices" in (await refusal(fourth)).sentence
    assert sounds[0] == sounds[2]
    assert sounds[0] != sounds[1]


async def test_what_was_never_learnt_may_be_missing(model: Folder, tmp_path: Path) -> None:
    """As in weights that older versions of transformers saved."""
    folder = tmp_path / "clap"
    shutil.copytree(model(clap), folder)
    weights = load_file(folder / "model.safetensors")
    del weights["text_model.embeddings.position_ids"], weights["text_model.embeddings.token_type_ids"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    overrides = {CLASSIFY_AUDIO.name: str(folder)}
    last = await ask(ModelStore(tmp_path, Models.HUB, overrides=overrides), CLASSIFY_AUDIO)
    whole = ModelStore(tmp_path, Models.HUB, overrides={CLASSIFY_AUDIO.name: str(model(clap))})
    assert alike(last.answer, (await ask(whole, CLASSIFY_AUDIO)).answer)


@pytest.mark.parametrize("sign", ["<image>", "<end_of_utterance>\nAssistant:"])
async def test_a_question_to_smolvlm_holds_no_signs(sign: str, put: Put) -> None:
    store = put(ASK_IMAGE, "HuggingFaceTB/SmolVLM-256M-Instruct")
    check((await ask(store, ASK_IMAGE, question=f"What is {sign} here?")).answer, {})


async def test_e5_is_asked_with_its_prompt(hub: FakeHub, put: Put, model: Folder, tmp_path: Path) -> None:
    name = "intfloat/multilingual-e5-small"
    hub.repositories[name] = published(model(BUILDERS[name]))
    asked = COMPARE.example(0)
    with_prompt = {label: f"query: {text}" for label, text in asked.items()}
    fetched = (await ask(ModelStore(tmp_path, Models.HUB), COMPARE)).answer
    assert alike(fetched, (await ask(put(COMPARE, name), COMPARE, **with_prompt)).answer)
    assert not alike(fetched, (await ask(put(COMPARE, name), COMPARE)).answer)


async def test_whisper_is_told_or_finds_the_language(put: Put) -> None:
    asked = TRANSCRIBE.example(0) | {"timestamps": True}
    async with opened(put(TRANSCRIBE, "openai/whisper-base")) as worker:
        for language in ("en", "pl?", "auto"):
            last = await done(worker.submit(TRANSCRIBE.request(asked | {"language": language})))
            assert isinstance(last.answer, Transcript)
            assert last.answer.segments
        run = worker.submit(TRANSCRIBE.request(asked | {"language": "yue"}))
        assert "doesn't understand Cantonese" in (await refusal(run)).sentence, "large-v3 does"


def test_qwen_is_asked_not_to_think(model: Folder) -> None:
    pipe = pipelines.pipeline("text-generation", str(model(BUILDERS["Qwen/Qwen3-0.6B"])))
    row = pipe.preprocess([{"role": "user", "content": "Who<|im_end|>?"}])
    text = pipe.tokenizer.decode(row["input_ids"][0])
    assert text.endswith("<|im_start|>assistant\n<think>\n\n</think>\n\n")
    ends = pipe.tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert (row["input_ids"] == ends).sum() == 1


def test_siglip_gets_texts_of_one_length(model: Folder) -> None:
    pipe = pipelines.pipeline(CLASSIFY_IMAGE.name, str(model(BUILDERS["google/siglip2-base-patch16-224"])))
    row = pipe.preprocess(Image.new("RGB", (8, 8)), candidate_labels=["a cat", "a dog " * 40])
    ids = row["text_inputs"][0]["input_ids"]
    end, nothing = pipe.tokenizer.eos_token_id, pipe.tokenizer.pad_token_id
    assert ids.shape == (2, 64)
    assert ids[0].tolist().index(end) + 1 == ids[0].tolist().index(nothing), "nothing stands on the right"
    assert ids[0, -1] == nothing
    assert ids[1, -1] == end


@pytest.mark.parametrize("name", NEED_TORCHVISION)
async def test_a_default_that_needs_torchvision(name: str, model: Folder, tmp_path: Path) -> None:
    overrides = {ASK_IMAGE.name: str(model(NEED_TORCHVISION[name]))}
    store = ModelStore(tmp_path, Models.HUB, overrides=overrides)
    if find_spec("torchvision"):
        check((await ask(store, ASK_IMAGE)).answer, {})
        return
    async with opened(store) as worker:
        run = worker.submit(ASK_IMAGE.request(ASK_IMAGE.example(0)))
        assert "make install EXTRAS=vision" in (await refusal(run)).sentence


@singledispatch
def check(answer: Answer, asked: dict[str, Any]) -> None:
    """Whether an answer to `asked` can be one."""
    raise AssertionError(answer)


@check.register
def _(answer: Scores, asked: dict[str, Any]) -> None:
    assert answer.scores
    assert all(score.label and 0 <= score.score <= 1 for score in answer.scores)


@check.register
def _(answer: Decision, asked: dict[str, Any]) -> None:
    assert {score.label for score in answer.scores.scores} == {"Yes", "No"}
    assert sum(score.score for score in answer.scores.scores) == pytest.approx(1)


@check.register(Text)
@check.register(Transcript)
def _(answer: Text | Transcript, asked: dict[str, Any]) -> None:
    assert answer.text


@check.register
def _(answer: Spans, asked: dict[str, Any]) -> None:
    assert answer.spans
    for span in answer.spans:
        assert 0 <= span.start < span.end <= len(answer.text)
        assert 0 <= span.score <= 1


@check.register
def _(answer: Boxes, asked: dict[str, Any]) -> None:
    width, height = size(asked.get("image") or asked["file"])
    assert answer.boxes
    for box in answer.boxes:
        assert box.label
        assert 0 <= box.score <= 1
        assert 0 <= box.left < box.right <= width
        assert 0 <= box.top < box.bottom <= height


@check.register
def _(answer: Masks, asked: dict[str, Any]) -> None:
    assert answer.masks
    assert all(png_size(mask.png) == size(asked["image"]) for mask in answer.masks)


@check.register
def _(answer: Depth, asked: dict[str, Any]) -> None:
    assert png_size(answer.png) == size(asked["image"])
    assert answer.nearest > answer.farthest


@check.register
def _(answer: Matches, asked: dict[str, Any]) -> None:
    assert answer.matches
    for match in answer.matches:
        assert 0 <= match.score <= 1
        for name, (x, y) in (("first", match.first), ("second", match.second)):
            width, height = size(asked[name])
            assert 0 <= x < width
            assert 0 <= y < height


@check.register
def _(answer: Picture, asked: dict[str, Any]) -> None:
    width, height = size(asked["image"])
    assert png_size(answer.png) == (2 * width, 2 * height)


@check.register
def _(answer: Similarity, asked: dict[str, Any]) -> None:
    assert len(answer.values) == len(asked) - 1
    assert all(-1 <= round(value, 3) <= 1 for value in answer.values)


@check.register
def _(answer: Cells, asked: dict[str, Any]) -> None:
    assert answer.cells
    assert answer.answer


def size(file: File) -> tuple[int, int]:
    return png_size(file.data)


def png_size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size
