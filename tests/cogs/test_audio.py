"""What is offered while somebody types a language of a recording."""

import pytest
from transformers.models.whisper.tokenization_whisper import LANGUAGES

from bot.tasks.audio import SPOKEN
from bot.tasks.languages import read_language
from tests.conftest import Simulation


async def offered(simulation: Simulation, typed: str) -> list[str]:
    choices = await simulation.ann.autocomplete(simulation.channel, "transcribe", "language", typed)
    return [choice["value"] for choice in choices]


def test_spoken_languages_are_those_whisper_knows() -> None:
    # "jw" is no code of Javanese, and "nn" is read as Norwegian.
    assert {read_language(code) for code in LANGUAGES if code != "jw"} | {"jv"} == SPOKEN


@pytest.mark.parametrize(
    ("typed", "codes"), [("germ", ["de"]), ("java", ["jv"]), ("cantonese", ["yue"]), ("aut", ["auto"]), ("klingon", [])]
)
async def test_languages_are_offered_by_name(simulation: Simulation, typed: str, codes: list[str]) -> None:
    assert await offered(simulation, typed) == codes


async def test_nothing_typed_offers_to_find_out(simulation: Simulation) -> None:
    codes = await offered(simulation, "")
    assert codes[0] == "auto"
    assert len(codes) == 25
