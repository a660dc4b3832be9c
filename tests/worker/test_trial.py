from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AlbertConfig,
    AlbertForSequenceClassification,
    BertForSequenceClassification,
    BertForTokenClassification,
    ModernBertConfig,
    ModernBertForSequenceClassification,
    PreTrainedModel,
)

from bot.answers import Scores
from bot.errors import Refusal
from bot.tasks import ENTITIES, SENTIMENT, SUMMARIZE, TRANSLATE, Task
from bot.worker import trial
from bot.worker.batches import forward
from bot.worker.device import Device
from bot.worker.hub import ModelFiles
from bot.worker.loading import Loaded, load
from bot.worker.rows import Rows
from bot.worker.starters.tokenizers import letter_tokenizer
from bot.worker.trial import bring_in
from tests import models
from tests.worker.test_batches import deberta

Folder = Callable[[Callable[[Path], None]], Path]
Build = Callable[[Path], None]
CPU = Device("cpu", "a test's")


def _save(folder: Path, build: Callable[[int], PreTrainedModel]) -> None:
    torch.manual_seed(1)
    tokenizer = letter_tokenizer()
    build(len(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _albert(folder: Path, **settings: Any) -> None:
    config = {"embedding_size": 16, "initializer_range": 0.2, **models.SIZE, **settings}
    _save(folder, lambda words: AlbertForSequenceClassification(AlbertConfig(vocab_size=words, **config)))


def albert(folder: Path) -> None:
    """It finds positions in another way, which packing doesn't know of."""
    _albert(folder, id2label=models.LABELS)


def albert_with_one_score(folder: Path) -> None:
    _albert(folder, num_labels=1)


def modernbert(folder: Path) -> None:
    """Some of its layers look at a part of the text only."""
    special = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3, "cls_token_id": 2, "sep_token_id": 3}
    config = {**special, **models.SIZE, "initializer_range": 0.2}
    _save(folder, lambda words: ModernBertForSequenceClassification(ModernBertConfig(vocab_size=words, **config)))


def mute(folder: Path) -> None:
    """It sees no name anywhere in the examples."""
    models.entities(folder)
    model = BertForTokenClassification.from_pretrained(folder)
    model.classifier.weight.data /= 1e6
    model.classifier.bias.data[0] = 12.0
    model.save_pretrained(folder)


def wild(folder: Path) -> None:
    """Of the first example it says what the last digits decide."""
    models.sentiment(folder)
    model = BertForSequenceClassification.from_pretrained(folder)
    model.classifier.weight.data *= 30
    with torch.no_grad():
        model.classifier.bias -= model(**letter_tokenizer()(SENTIMENT.examples[0]["text"], return_tensors="pt")).logits[
            0
        ]
    model.save_pretrained(folder)


def no_numbers(folder: Path) -> None:
    models.sentiment(folder)
    model = BertForSequenceClassification.from_pretrained(folder)
    model.classifier.bias.data[1] = torch.nan
    model.save_pretrained(folder)


def files(folder: Path) -> ModelFiles:
    return ModelFiles(folder, folder.name, None)


def logits(loaded: Loaded, texts: tuple[str, ...]) -> torch.Tensor:
    """Of all of `texts` in one pass."""
    rows = [row for text in texts for row in Rows(loaded, {"text": text}, {}).rows]
    return torch.cat([output["logits"] for output in forward(loaded.pipeline, rows, {})])


TEXTS = ("I love it.", "Nobody answered my report about the broken build.", "a")


@pytest.mark.parametrize(
    ("task", "build", "packs"),
    [
        (SENTIMENT, models.sentiment, True),
        (SENTIMENT, models.unbounded, True),
        (ENTITIES, models.entities, True),
        (SENTIMENT, deberta, False),
        (SENTIMENT, albert, False),
        (SENTIMENT, albert_with_one_score, False),
        (SENTIMENT, modernbert, False),
    ],
    ids=lambda it: getattr(it, "__name__", ""),
)
def test_how_a_model_that_reads_may_be_run(model: Folder, task: Task, build: Build, packs: bool) -> None:
    loaded = bring_in(task, files(model(build)), CPU, "float32")
    assert (loaded.packs, loaded.alone) == (packs, False)
    if task is SENTIMENT:
        plain = load(task, files(model(build)), CPU, torch.float32)
        alone = torch.cat([logits(plain, (text,)) for text in TEXTS])
        torch.testing.assert_close(logits(loaded, TEXTS), alone, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("task", "build"), [(SUMMARIZE, models.t5), (TRANSLATE, models.marian)])
def test_a_model_that_writes_may_have_company(model: Folder, task: Task, build: Build) -> None:
    loaded = bring_in(task, files(model(build)), CPU, "float32")
    assert (loaded.packs, loaded.alone) == (False, False)


def test_a_head_that_says_the_same_of_every_token_is_still_handed_all(model: Folder) -> None:
    loaded = bring_in(ENTITIES, files(model(mute)), CPU, "float32")
    rows = [Rows(loaded, {"text": text}, {}).rows[0] for text in TEXTS]
    for row, output in zip(rows, forward(loaded.pipeline, rows, {}), strict=True):
        assert output["logits"].shape[1] >= row["input_ids"].shape[1]


@pytest.mark.parametrize(("task", "build"), [(SENTIMENT, models.sentiment), (SUMMARIZE, models.t5)])
def test_a_model_whose_answers_depend_on_its_company_runs_alone(
    model: Folder, monkeypatch: pytest.MonkeyPatch, task: Task, build: Build
) -> None:
    def mixed(_module: Any, _args: Any, output: Any) -> Any:
        output.logits = output.logits + output.logits.mean(0, keepdim=True)
        return output

    def load_mixed(*args: Any) -> Loaded:
        loaded = load(*args)
        loaded.pipeline.model.register_forward_hook(mixed)
        return loaded

    monkeypatch.setattr(trial, "load", load_mixed)
    loaded = bring_in(task, files(model(build)), CPU, "float32")
    assert (loaded.packs, loaded.alone) == (False, True)


def test_a_model_without_numbers_runs_alone_and_its_answers_are_refused(model: Folder) -> None:
    loaded = bring_in(SENTIMENT, files(model(no_numbers)), CPU, "float32")
    assert (loaded.packs, loaded.alone) == (False, True)
    rows = Rows(loaded, {"text": "a"}, {})
    rows.outputs = forward(loaded.pipeline, rows.rows, rows.parameters)
    with pytest.raises(Refusal, match="nothing that is a number"):
        rows.finish(loaded)


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU that computes bfloat16 itself."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True}, raising=False)


@pytest.mark.usefixtures("native")
def test_where_the_cpu_computes_bfloat16_a_model_that_bears_it_does_too(model: Folder) -> None:
    loaded = bring_in(SENTIMENT, files(model(models.unbounded)), CPU, "auto")
    assert (loaded.dtype, loaded.packs, loaded.alone) == ("bfloat16", True, False)
    plain = load(SENTIMENT, files(model(models.unbounded)), CPU, torch.float32)
    wanted = torch.cat([logits(plain, (text,)) for text in TEXTS]).softmax(-1)
    assert float((logits(loaded, TEXTS).float().softmax(-1) - wanted).abs().max()) < 0.02
    rows = Rows(loaded, {"text": TEXTS[0]}, {})
    rows.outputs = forward(loaded.pipeline, rows.rows, rows.parameters)
    assert isinstance(rows.finish(loaded), Scores)


@pytest.mark.usefixtures("native")
def test_a_model_that_answers_differently_in_bfloat16_stays_in_float32(model: Folder) -> None:
    loaded = bring_in(SENTIMENT, files(model(wild)), CPU, "auto")
    assert loaded.dtype == "float32"
    plain = load(SENTIMENT, files(model(wild)), CPU, torch.float32)
    wanted = logits(plain, TEXTS[:1])
    torch.testing.assert_close(logits(loaded, TEXTS[:1]), wanted, rtol=1e-5, atol=1e-5 * float(wanted.abs().max()))


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("wanted", ["float32", "bfloat16"])
def test_what_the_host_wants_is_taken(model: Folder, wanted: str) -> None:
    for build in (models.unbounded, wild):
        assert bring_in(SENTIMENT, files(model(build)), CPU, wanted).dtype == wanted


def test_other_cpus_compute_in_float32(model: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True}, raising=False)
    assert bring_in(SENTIMENT, files(model(models.unbounded)), CPU, "auto").dtype == "float32"
