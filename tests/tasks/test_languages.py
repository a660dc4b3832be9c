from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.tasks.languages import detect_language, language_name, matching_languages, read_language
from bot.tasks.translation import COMMON_LANGUAGES, LANGUAGES


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("fr", "fr"),
        ("French", "fr"),
        ("français", "fr"),
        (" polnisch ", "pl"),
        ("日本語", "ja"),
        ("en-US", "en"),
        ("es-419", "es"),
        ("pt_BR", "pt"),
        ("zh-TW", "zh"),
        ("iw", "he"),
        ("nb", "no"),
        ("Norwegian", "no"),
        ("Filipino", "tl"),
    ],
)
def test_by_code_tag_or_name(written: str, code: str) -> None:
    assert read_language(written) == code


@pytest.mark.parametrize("written", ["", "xx", "elvish", "fr fr fr", "../fr"])
def test_what_is_no_language_is_a_sentence(written: str) -> None:
    with pytest.raises(Refusal, match=r"I know no language called .* French, or fr"):
        read_language(written)


@given(st.text(max_size=20))
def test_anything_is_a_language_or_a_sentence(text: str) -> None:
    with suppress(Refusal):
        assert read_language(text)


def test_names_in_the_members_own_language() -> None:
    assert language_name("pl") == "Polish"
    assert language_name("pl", "de") == "Polnisch"
    assert language_name("de", "fr") == "Allemand"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I love how quickly this works", "en"),
        ("Ostrzegam: jutro od ósmej do dziesiątej serwer będzie wyłączony.", "pl"),
        ("Bonjour, comment ça va ?", "fr"),
        ("wie geht's dir", "de"),
        ("Kde je nádraží?", "cs"),
        ("こんにちは", "ja"),
        ("안녕하세요", "ko"),
        ("नमस्ते आप कैसे हैं", "hi"),
        ("Nitakwenda sokoni kesho asubuhi kununua matunda na mboga kwa ajili ya familia.", "sw"),
    ],
)
def test_detected(text: str, code: str) -> None:
    assert detect_language(text, LANGUAGES, COMMON_LANGUAGES) == code


def test_a_guess_is_not_taken_for_an_answer() -> None:
    with pytest.raises(Refusal, match="I can't tell which language that is"):
        detect_language("merci", LANGUAGES, COMMON_LANGUAGES)


def test_offered_by_the_beginning_of_any_of_its_names() -> None:
    assert matching_languages("pol", LANGUAGES, "en-US")[0] == ("pl", "Polish")
    assert ("pl", "Polnisch") in matching_languages("poln", LANGUAGES, "de")
    assert matching_languages("deutsch", LANGUAGES, "en-US")[0] == ("de", "German")
    assert matching_languages("fr", LANGUAGES, "en-US")[0] == ("fr", "French")
    assert matching_languages("qqq", LANGUAGES, "en-US") == []
    names = [name for _, name in matching_languages("", LANGUAGES, "en-US")]
    assert names == sorted(names, key=str.casefold)
    assert len(names) == len(LANGUAGES)
