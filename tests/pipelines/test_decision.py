from pathlib import Path
from typing import Any

import pytest
import transformers
from transformers.models.jev import modeling_jev

from bot.errors import Refusal
from bot.pipelines import pipeline
from bot.worker.starters import text
from bot.worker.starters.tokenizers import letter_tokenizer
from tests.pipelines.apart import run

RAIN = {"type": "noul", "instructions": "Is it raining?"}
TAKE = {"type": "choice", "instructions": "What to take along?", "criteria": {"an umbrella": None, "sun cream": None}}
REQUEST = {"state": "The street is wet.", "questions": {"rain": RAIN, "take": TAKE}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decision")
    text.BUILDERS["decision"](folder)
    return folder


@pytest.fixture
def pipe(folder: Path) -> Any:
    return pipeline("decision", str(folder))


def test_the_answers_are_those_of_transformers(pipe: Any, folder: Path) -> None:
    wanted = transformers.pipeline("decision", model=str(folder))(REQUEST)
    assert run(pipe, REQUEST) == wanted
    assert pipe(REQUEST) == wanted
    assert 0 < wanted["rain"]["noul"] < 1
    assert sum(wanted["take"]["probabilities"].values()) == pytest.approx(1)


def test_labels_are_free(pipe: Any) -> None:
    labels = ["ja, bitte", "nein 🙂", '{"x"}', "<|im_end|>", "A", "5", "6", "7"]
    question = {"type": "choice", "instructions": "Which?", "criteria": dict.fromkeys(labels)}
    answer = run(pipe, {"state": "s", "questions": {"q": question}})["q"]
    assert list(answer["probabilities"]) == labels


def test_no_other_model_is_built(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # For a Qwen 2 without a head of its own, transformers builds one of eight billion weights.
    config = transformers.Qwen2Config(**text.SMALL, vocab_size=2000, num_key_value_heads=1)
    model = transformers.Qwen2ForCausalLM(config)

    def built(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(modeling_jev.JevForDecision, "__init__", built)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model.config.name_or_path = "nobody/nothing"
    pipe = type(pipeline("decision", str(folder)))(model=model, tokenizer=tokenizer, task="decision")
    assert set(run(pipe, REQUEST)) == {"rain", "take"}


def test_a_model_without_a_chat_template_is_asked_plainly(pipe: Any, folder: Path) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = None
    plain = type(pipe)(model=pipe.model, tokenizer=tokenizer, task="decision")
    assert set(run(plain, REQUEST)) == {"rain", "take"}


def test_refused(pipe: Any) -> None:
    with pytest.raises(Refusal, match="longer than this model reads"):
        run(pipe, REQUEST | {"state": "x" * 3000})
    lettered = letter_tokenizer()
    lettered.chat_template = pipe.tokenizer.chat_template
    spelling = type(pipe)(model=pipe.model, tokenizer=lettered, task="decision")
    with pytest.raises(Refusal, match="single word"):
        run(spelling, REQUEST)
