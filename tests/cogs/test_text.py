"""The text commands on a simulated Discord, each against its pipeline called directly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import simcord
from transformers import pipeline

from bot import pipelines
from bot.replies import figures
from bot.replies.text import escaped
from tests import models
from tests.conftest import SENTIMENT_MODEL, TINY, Simulation, shown, until
from tests.hub import FakeHub, Repository

Folder = Callable[[Callable[[Path], None]], Path]
TEXT = "Barack Obama was born in Honolulu. The shop closes at one on Saturdays."


@pytest.fixture
def direct(model: Folder) -> Callable[[str], Any]:
    """The pipeline of a task, on the model that the bot has."""

    def load(task: str) -> Any:
        folder = str(model(TINY[task]))
        return (pipelines.pipeline if task in pipelines.OWN else pipeline)(task, folder, device="cpu")

    return load


async def ask(simulation: Simulation, command: str, **options: Any) -> simcord.InteractionResult:
    return await simulation.ann.slash(simulation.channel, command, **options)


async def test_classify(simulation: Simulation, direct: Callable[[str], Any]) -> None:
    result = await ask(simulation, "classify", text=TEXT, labels="sports, news, cooking")
    card = await simulation.answered(result)
    raw = direct("zero-shot-classification")(TEXT, candidate_labels=["sports", "news", "cooking"])
    assert f"**{raw['labels'][0]}** · {figures.percent(raw['scores'][0])}" in card
    assert result.response is not None
    assert [file.filename for file in result.response.attachments] == ["scores.png"]


async def test_classify_with_several(simulation: Simulation, direct: Callable[[str], Any]) -> None:
    card = await simulation.answered(await ask(simulation, "classify", text=TEXT, labels="a, b", several=True))
    raw = direct("zero-shot-classification")(TEXT, candidate_labels=["a", "b"], multi_label=True)
    assert figures.percent(raw["scores"][0]) in card


async def test_entities(simulation: Simulation, direct: Callable[[str], Any]) -> None:
    card = await simulation.answered(await ask(simulation, "entities", text=TEXT))
    raw = direct("token-classification")(TEXT, aggregation_strategy="first", stride=64)
    assert card.count("🟦") + card.count("🟩") == len(raw) + len({item["entity_group"] for item in raw})
    for item in raw:
        assert f"**{escaped(TEXT[item['start'] : item['end']])}**" in card


async def test_answer(simulation: Simulation, direct: Callable[[str], Any]) -> None:
    card = await simulation.answered(await ask(simulation, "answer", question="Who was born?", text=TEXT))
    raw = direct("question-answering")(
        {"question": "Who was born?", "context": TEXT}, top_k=3, handle_impossible_answer=True
    )
    best = raw[0]["answer"]
    assert f"## {escaped(best)}\n-# {figures.percent(raw[0]['score'])} sure" in card if best else "doesn't say" in card
    assert "> Who was born?" in card


async def test_answer_from_a_file(simulation: Simulation) -> None:
    file = ("facts.txt", TEXT.encode("utf-16"))
    from_file = await simulation.answered(await ask(simulation, "answer", question="Who?", file=file))
    typed = await simulation.answered(await ask(simulation, "answer", question="Who?", text=TEXT))
    assert "> 📄 facts.txt" in from_file
    assert from_file.splitlines()[3:5] == typed.splitlines()[2:4]


async def test_summarize(simulation: Simulation, direct: Callable[[str], Any]) -> None:
    card = await simulation.answered(await ask(simulation, "summarize", text=TEXT))
    assert direct("summarization")(TEXT)[0]["summary_text"] in card


async def test_summarize_20_000_words(simulation: Simulation, hub: FakeHub, model: Folder) -> None:
    hub.repositories["own/words"] = Repository.of(model(models.t5_words))
    words = " ".join("the shop opens at one .".split()[n % 6] for n in range(20_000))
    file = ("long.txt", words.encode())
    result = await ask(simulation, "summarize", file=file, length="short", model="own/words")
    await until(lambda: "part " in shown(result) and " of 40" in shown(result), 60)
    await until(lambda: " on cpu" in shown(result), 60)
    summarize = pipelines.pipeline("summarization", str(model(models.t5_words)))
    assert summarize(words, max_new_tokens=60, min_length=5)[0]["summary_text"] in shown(result)


async def test_translate(simulation: Simulation, direct: Callable[[str], Any]) -> None:
    card = await simulation.answered(await ask(simulation, "translate", to="de", text="To jest kot", **{"from": "pl"}))
    raw = direct("translation")("To jest kot", src_lang="pl", tgt_lang="de")
    assert raw[0]["translation_text"] in card
    assert "-# Polish → German" in card


async def test_translate_finds_the_language_out(simulation: Simulation) -> None:
    card = await simulation.answered(await ask(simulation, "translate", to="German", text="Bonjour, comment ça va ?"))
    assert "-# French (detected) → German" in card


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("answer", {"question": "Who?"}, "There is no text to work on"),
        ("translate", {"to": "fr", "text": "Bonjour, comment ça va ?"}, "That is French already"),
        ("translate", {"to": "fr", "text": "hi", "from": "fr"}, "Both are the same"),
        ("translate", {"to": "Elvish", "text": "hi"}, "I know no language called “Elvish”"),
        ("translate", {"to": "klingon", "text": "hi", "from": "en"}, "doesn't know Klingon"),
        ("classify", {"text": "hi", "labels": ",".join(map(str, range(100)))}, "Those are 100 labels"),
        ("classify", {"text": "hi", "labels": " , a,, A"}, "at least two different labels"),
        ("summarize", {"text": "hi", "file": ("a.txt", b"hi")}, "either “text” or “file”, not both"),
        ("summarize", {"file": ("a.bin", b"\x00\x01\x02PK")}, "a.bin is no text file that I can read"),
        ("summarize", {"file": ("big.txt", b"x" * 5_000_000)}, "big.txt is 5.0 MB; I take text files of up to 1 MB"),
        ("summarize", {"file": ("much.txt", b"x y " * 60_000)}, "That is 240,000 characters; I take up to 200,000"),
        ("summarize", {"file": ("empty.txt", b"")}, "empty.txt is empty"),
        ("entities", {"text": "😀😀"}, "knows none of the characters"),
    ],
)
async def test_bad_input_gets_a_sentence(
    simulation: Simulation, command: str, options: dict[str, Any], sentence: str
) -> None:
    result = await ask(simulation, command, **options)
    await until(lambda: sentence in shown(result))


async def test_a_file_that_is_too_large_is_not_even_fetched(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord.Attachment.read", None)
    result = await ask(simulation, "summarize", file=("big.txt", b"x" * 5_000_000))
    assert result.ephemeral
    assert "big.txt is 5.0 MB" in shown(result)


async def choices(simulation: Simulation, option: str, typed: str, **filled: Any) -> list[str]:
    offered = await simulation.ann.autocomplete(simulation.channel, "translate", option, typed, **filled)
    return [choice["value"] for choice in offered]


async def test_languages_are_offered_while_typing(simulation: Simulation) -> None:
    assert await choices(simulation, "to", "fre") == ["fr"]
    assert len(await choices(simulation, "to", "")) == 25
    assert "de" not in await choices(simulation, "to", "german", **{"from": "de"})
    assert await choices(simulation, "to", "", model="Helsinki-NLP/opus-mt-en-de") == ["de"]
    assert await choices(simulation, "from", "", to="de", model="Helsinki-NLP/opus-mt-en-de") == ["en"]


async def test_models_are_offered_while_typing(simulation: Simulation, hub: FakeHub, model: Folder) -> None:
    hub.repositories["own/feelings"] = Repository.of(model(TINY["text-classification"]))
    await simulation.answered(await simulation.sentiment("hello", model="own/feelings"))
    await simulation.answered(await simulation.sentiment("hello"))
    offered = await simulation.ann.autocomplete(simulation.channel, "sentiment", "model", "", text="hello")
    assert [choice["value"] for choice in offered] == [SENTIMENT_MODEL, "own/feelings"]
    assert await simulation.ann.autocomplete(simulation.channel, "sentiment", "model", "zzz", text="hello") == []
