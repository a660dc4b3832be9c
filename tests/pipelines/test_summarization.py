from pathlib import Path
from typing import Any

import pytest

from bot.pipelines import pipeline
from tests import models

SENTENCES = "The council met on Thursday. The pool stays open. "


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("t5")
    models.t5(folder)
    return pipeline("summarization", str(folder))


def count_passes(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the model is given from now on."""
    given: list[str] = []
    generate = pipe.model.generate

    def noted(**inputs: Any) -> Any:
        given.append(pipe.tokenizer.decode(inputs["input_ids"][0], skip_special_tokens=True))
        return generate(**inputs)

    monkeypatch.setattr(pipe.model, "generate", noted)
    return given


def test_a_text_within_the_window_is_one_pass_with_the_models_prefix_and_settings(
    pipe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = pipe.tokenizer("summarize: The pool stays open.", return_tensors="pt")["input_ids"]
    expected = pipe.model.generate(tokens, max_length=24, min_length=4, num_beams=2)
    given = count_passes(pipe, monkeypatch)
    (summary,) = pipe("The pool stays open.")
    assert summary == {"summary_text": pipe.tokenizer.decode(expected[0], skip_special_tokens=True).strip()}
    assert given == ["summarize : the pool stays open."]


def test_a_longer_one_is_summed_up_in_parts_and_then_together(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given = count_passes(pipe, monkeypatch)
    (summary,) = pipe(SENTENCES * 30)
    words = "".join(text.removeprefix("summarize : ") for text in given).replace(" ", "")
    assert words.startswith((SENTENCES * 30).lower().replace(" ", "")), "every part was read, in order"
    assert len(given) > 10
    assert set(summary) == {"summary_text"}
    assert len(summary["summary_text"]) < 60


def test_20_000_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models.t5_words(tmp_path)
    pipe = pipeline("summarization", str(tmp_path))
    given = count_passes(pipe, monkeypatch)
    (summary,) = pipe("the shop opens at one . " * 3334, max_new_tokens=60, num_beams=1)
    assert sum(len(text.split()) - 2 for text in given[:40]) == 20_004
    assert 42 <= len(given) < 50
    assert len(summary["summary_text"].split()) <= 60


def test_a_model_that_does_not_shorten_comes_to_an_end(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe.model, "generate", lambda input_ids, **_: input_ids)
    (summary,) = pipe(SENTENCES * 10)
    assert "council" in summary["summary_text"]


def test_a_tokenizer_without_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models.t5_unbounded(tmp_path)
    pipe = pipeline("summarization", str(tmp_path))
    given = count_passes(pipe, monkeypatch)
    pipe("word " * 1000, max_new_tokens=3, num_beams=1)
    assert len(given) == 5, "4,000 letters at 1,024 a part, and then the parts together"


def test_a_list_is_as_many_summaries(pipe: Any) -> None:
    alone = [pipe(text) for text in ("The pool stays open.", "a")]
    assert pipe(["The pool stays open.", "a"]) == alone


def test_a_summary_need_not_be_longer_than_its_text(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def noted(input_ids: Any, min_length: int, **_: Any) -> Any:
        asked.append(min_length)
        return input_ids

    monkeypatch.setattr(pipe.model, "generate", noted)
    for text in ("The pool stays open.", SENTENCES * 2, SENTENCES * 30):
        pipe(text, min_length=40)
    short, *others = asked
    assert short == len(pipe.tokenizer("The pool stays open.")["input_ids"])
    assert set(others) == {40}
