from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Refusal
from bot.pipelines import pipeline
from tests import models

Pipe = Callable[[Callable[[Path], None]], Any]


@pytest.fixture(scope="module")
def pipe(tmp_path_factory: pytest.TempPathFactory) -> Pipe:
    loaded: dict[Callable[[Path], None], Any] = {}

    def load(build: Callable[[Path], None]) -> Any:
        if build not in loaded:
            folder = tmp_path_factory.mktemp(build.__name__)
            build(folder)
            loaded[build] = pipeline("translation", str(folder))
        return loaded[build]

    return load


def given(pipe: Any, text: str, **languages: str) -> list[str]:
    """What the model is given, special tokens and all."""
    return [pipe.tokenizer.decode(row["input_ids"][0]) for row in pipe.preprocess(text, **languages)]


@pytest.mark.parametrize(
    ("build", "own", "target"),
    [
        (models.m2m100, "__pl__", "__de__"),
        (models.nllb, "pol_Latn", "deu_Latn"),
        (models.mbart, "pl_PL", "de_DE"),
    ],
)
def test_models_of_many_languages_are_told_both_in_their_own_codes(
    pipe: Pipe, build: Callable[[Path], None], own: str, target: str
) -> None:
    translate = pipe(build)
    (row,) = translate.preprocess("To jest", src_lang="pl", tgt_lang="de")
    tokens = translate.tokenizer.convert_ids_to_tokens(row["input_ids"][0].tolist())
    assert own in {tokens[0], tokens[-1]}
    assert translate.tokenizer.convert_ids_to_tokens(row["configured"]["forced_bos_token_id"]) == target
    (translation,) = translate("To jest", src_lang="pl", tgt_lang="de", max_new_tokens=10)
    assert target not in translation["translation_text"]


def test_their_own_codes_are_taken_too(pipe: Pipe) -> None:
    translate = pipe(models.nllb)
    by_code = translate("To jest", src_lang="pol_Latn", tgt_lang="deu_Latn", max_new_tokens=10)
    assert translate("To jest", src_lang="pl", tgt_lang="de", max_new_tokens=10) == by_code


@pytest.mark.parametrize(
    ("build", "languages", "sentence"),
    [
        (models.m2m100, {"src_lang": "tlh", "tgt_lang": "de"}, "doesn't know Klingon"),
        (models.mbart, {"src_lang": "de", "tgt_lang": "eu"}, "doesn't know Basque"),
        (models.m2m100, {"tgt_lang": "de"}, "has to be told both"),
        (models.t5, {"src_lang": "en", "tgt_lang": "de"}, "translates en → fr, and nothing else"),
    ],
)
def test_a_language_it_does_not_know(
    pipe: Pipe, build: Callable[[Path], None], languages: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        pipe(build)("hello", **languages)


def test_t5_is_told_by_a_prefix(pipe: Pipe) -> None:
    by_config = given(pipe(models.t5), "hello", src_lang="en", tgt_lang="fr")
    assert by_config == ["[CLS] translate english to french : hello [SEP]"]
    by_name = given(pipe(models.t5_pairs), "hello", src_lang="pl", tgt_lang="de")
    assert by_name == ["[CLS] translate polish to german : hello [SEP]"]
    (row,) = pipe(models.t5).preprocess("hello", src_lang="en", tgt_lang="fr")
    assert row["configured"] == {"max_length": 20, "num_beams": 2}


def test_a_marian_model_of_several_targets_is_told_by_a_token(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    translate = pipe(models.marian)
    codes = [">>fra<<", ">>pt_BR<<", ">>deu<<"]
    monkeypatch.setattr(translate.tokenizer, "supported_language_codes", codes)
    assert translate._tell("en", "fr") == (">>fra<< ", {})
    assert translate._tell("en", "pt") == (">>pt_BR<< ", {})
    with pytest.raises(Refusal, match="doesn't know Polish"):
        translate._tell("en", "pl")


def test_a_model_of_one_pair_is_told_nothing(pipe: Pipe) -> None:
    assert given(pipe(models.marian), "hello", src_lang="pl", tgt_lang="de") == ["hello</s>"]


@pytest.mark.parametrize("build", [models.marian, models.mbart])
def test_it_ends_where_the_models_positions_do(pipe: Pipe, build: Callable[[Path], None]) -> None:
    (translation,) = pipe(build)("hello", src_lang="pl", tgt_lang="de", max_new_tokens=400, num_beams=1)
    assert translation.keys() == {"translation_text"}


def test_lines_stay_lines(pipe: Pipe) -> None:
    translate = pipe(models.marian)
    lines = [translate(line, max_new_tokens=8)[0]["translation_text"] for line in ("one", "two")]
    (translation,) = translate("one\n\n  \ntwo", max_new_tokens=8)
    assert translation["translation_text"].split("\n") == [lines[0], "", "", lines[1]]


def test_a_long_line_goes_in_parts(pipe: Pipe) -> None:
    translate = pipe(models.marian)
    text = "The shop is open. It closes at one. " * 20
    parts = given(translate, text)
    assert len(parts) > 4
    assert all(part.removesuffix("</s>").strip().endswith(".") for part in parts), "cut between sentences"
    (translation,) = translate(text, max_new_tokens=3)
    assert len(translation["translation_text"].split()) >= 1
