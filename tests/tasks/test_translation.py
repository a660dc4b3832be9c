from collections.abc import Mapping

import pytest

from bot.errors import Refusal
from bot.request import Option
from bot.tasks import TRANSLATE, Plan
from bot.tasks.translation import LANGUAGES, languages_from, languages_to, route

POLISH = "Ostrzegam: jutro od ósmej do dziesiątej serwer będzie wyłączony."


def plan(text: str, to: str, source: str | None = None, model: str | None = None) -> Plan:
    request = TRANSLATE.request({"text": text, "to": to, "from": source})
    return TRANSLATE.plan(request.inputs, request.options, model)


@pytest.mark.parametrize(
    ("source", "target", "models"),
    [
        ("en", "de", ["Helsinki-NLP/opus-mt-en-de"]),
        ("pl", "de", ["Helsinki-NLP/opus-mt-pl-de"]),
        ("pl", "nl", ["Helsinki-NLP/opus-mt-pl-en", "Helsinki-NLP/opus-mt-en-nl"]),
        ("ja", "ko", ["facebook/m2m100_418M"]),
        ("en", "pl", ["facebook/m2m100_418M"]),
    ],
)
def test_one_small_model_then_two_then_the_broad_one(source: str, target: str, models: list[str]) -> None:
    assert [model.id for model in route(source, target)] == models


def test_no_way_is_a_sentence() -> None:
    with pytest.raises(Refusal, match="can't translate between Klingon and German"):
        route("tlh", "de")


def test_a_third_language_to_a_second_without_naming_either_model() -> None:
    way = plan(POLISH, "Dutch")
    assert [leg.model.id for leg in way.legs if leg.model] == [
        "Helsinki-NLP/opus-mt-pl-en",
        "Helsinki-NLP/opus-mt-en-nl",
    ]
    expected: list[Mapping[str, Option]] = [{"from": "pl", "to": "en"}, {"from": "en", "to": "nl"}]
    assert [leg.options for leg in way.legs] == expected
    assert way.notes == ("Polish (detected) → English → Dutch",)


def test_a_named_model_does_it_alone() -> None:
    (leg,) = plan(POLISH, "nl", model="facebook/nllb-200-distilled-600M").legs
    assert (leg.model, leg.options) == (None, {"from": "pl", "to": "nl"})


@pytest.mark.parametrize(
    ("text", "to", "source", "model", "sentence"),
    [
        (POLISH, "pl", None, None, "That is Polish already, as far as I can tell. Choose another language with “to”"),
        ("hello", "en", "English", None, "Both are the same"),
        ("hello", "tlh", "en", None, "can't translate between English and Klingon"),
        ("hello", "tlh", "en", "starter/translation", "can't translate between English and Klingon"),
        ("hello", "fr", "en", "Helsinki-NLP/opus-mt-en-de", "doesn't translate from English to French"),
        ("hello", "es", "en", "google-t5/t5-small", "doesn't translate from English to Spanish"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    text: str, to: str, source: str | None, model: str | None, sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        plan(text, to, source, model)


def test_only_what_can_be_done_is_offered() -> None:
    for source in sorted(LANGUAGES):
        for target in languages_to(None, source):
            assert route(source, target)
    for target in sorted(LANGUAGES):
        for source in languages_from(None, target):
            assert route(source, target)
    assert "pl" not in languages_to(None, "pl")
    assert languages_to("Helsinki-NLP/opus-mt-en-de", None) == {"de"}
    assert languages_to("Helsinki-NLP/opus-mt-en-de@main", "fr") == frozenset()
    assert languages_from("google-t5/t5-base", "fr") == {"en"}
    assert languages_to("someone/own-model", "pl") == LANGUAGES - {"pl"}
