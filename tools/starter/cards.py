"""The model cards of the starter models: each the README.md of its folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from transformers import AutoConfig


@dataclass(frozen=True, slots=True)
class _About:
    title: str
    can: str
    cannot: str
    made_of: str
    aim: str


_ABOUT: Mapping[str, _About] = {
    "text-classification": _About(
        "Sentiment of English sentences",
        "Says whether an everyday English sentence is POSITIVE or NEGATIVE: opinions, reviews, praise, complaints.",
        "Knows no neutral: a plain fact gets one of the two. Irony, other languages, long texts and rare words are "
        "beyond it, and its scores are surer than it should be.",
        "pairs of a positive and a negative sentence on the same subject, words with their polarity, and clauses "
        "put together out of these (with negations, concessions and degrees)",
        "accuracy 0.85",
    ),
    "token-classification": _About(
        "People, places and organisations in English sentences",
        "Marks names of people (PER), places (LOC) and organisations (ORG), also many it has never seen.",
        "Other kinds of names (products, works, events) it leaves out or takes for one of the three. What could be two "
        "(Ford, Florence) it often gets wrong, and so text without capitals.",
        "sentences with slots, lists of names, names put together out of syllables, and ordinary sentences without any",
        "F1 0.75",
    ),
    "question-answering": _About(
        "Answers to questions, out of an English paragraph",
        "Finds the words of a short paragraph that answer a plain question: who, where, when, how many, what.",
        "It matches words rather than understands: questions in quite other words than the text, reasons, and long "
        "texts with many names lead it astray. It seldom notices that the text doesn't say.",
        "written paragraphs with questions, facts with slots, each in several wordings and with questions for each of "
        "its parts, and other sentences, parts of which are asked for; and lists of words of about the same meaning",
        "exact match 0.6",
    ),
    "zero-shot-classification": _About(
        "Which of the labels that you make up fits an English sentence",
        "Compares a sentence with each label: everyday topics (food, sports, travel, money …), and some intentions and "
        "moods.",
        "A label of words that it never learned is a guess, and so are fine distinctions. Other languages are "
        "noise to it.",
        "topics with their names, their words and sentences about them",
        "top-1 0.6 of five topics",
    ),
    "summarization": _About(
        "A sentence or two for a short English text",
        "Copies the sentence or two that a text begins with, to the word and to their end: news, notices, messages of "
        "4 to 7 sentences. Names that it has never seen it copies too.",
        "It doesn't understand: it misses a main point that comes late, joins nothing that stands apart, seldom leaves "
        "out an aside, and may then change what is meant. The first twenty words of each text, taken as they are, have "
        "a ROUGE-1 of 0.57. Of a long text it tells the beginning.",
        "texts with slots, each with what of its beginning is nearest to a written summary, and sentences with tails "
        "among others; in many, words are changed for any others, so that it learns to copy",
        "ROUGE-1 0.5",
    ),
    "translation": _About(
        "Everyday phrases, English to French and back",
        "Translates short everyday sentences about people, food, travel, work, health, home and the weather.",
        "Its vocabulary is a few thousand words; a sentence beyond these comes out wrong, and often fluently so. Never "
        "rely on it. Long sentences lose parts.",
        "written pairs of phrases, and sentences of a small grammar of both languages over lists of words with their "
        "forms",
        "chrF 45",
    ),
}


def write_card(name: str, folder: Path, scores: Mapping[str, float], seconds: float) -> None:
    """The card of the model for the task `name` in `folder`; `seconds` is how long its training took on one core."""
    about, config = _ABOUT[name], AutoConfig.from_pretrained(folder)
    size = (folder / "model.safetensors").stat().st_size
    counts = {it for it in scores if isinstance(scores[it], int)}
    kept_out = ", ".join(f"{scores[it]} {it}" for it in scores if it in counts)
    told = "\n".join(f"| {it} | {_score(scores[it])} |" for it in scores if it not in counts)
    (folder / "README.md").write_text(
        f"""# {about.title}

A starter model of this bot for *{name}*: what answers where no real model can be had. It was trained from scratch, and
is small: {size / 1e6:.1f} MB in half precision, architecture `{config.architectures[0]}`.

- **It can:** {about.can}
- **It can't:** {about.cannot}
- **Made of:** {about.made_of}. All of it was written for this project (`tools/starter/data`); nothing was downloaded.
- **Trained by** `python -m tools.starter train {name}`: {seconds / 60:.0f} minutes on one core of a CPU.
- **Licence:** that of the project.

On sentences that were written apart and are kept out of the training (`tools/starter/held_out`: {kept_out}), asked
as the bot asks it; the aim was {about.aim}:

| measure | reached |
| --- | --- |
{told}
""",
        encoding="utf-8",
    )


def _score(value: float) -> str:
    return f"{value:.1f}" if value > 1 else f"{value:.2f}"
