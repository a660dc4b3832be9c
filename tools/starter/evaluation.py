"""How good the starter models are, on what is kept out of their training. They are asked as the bot asks them."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from rouge_score import rouge_scorer
from sacrebleu.metrics.chrf import CHRF

from bot.answers import Answer, Scores, Spans, Text
from bot.pipelines import pipeline
from bot.tasks import find

HELD_OUT = Path(__file__).parent / "held_out"
TOPICS = ("food", "sports", "travel", "health", "technology")
_MARK = re.compile(r"\[([^\]]+)\]\((person|place|organisation)\)")
_KINDS = {"person": "PER", "place": "LOC", "organisation": "ORG"}

Ask = Callable[..., Answer]
"""From inputs and options by name, as a command has them, to the answer."""


def asking(name: str, folder: Path) -> Ask:
    """Asks the model in `folder` as the command of the task `name` does."""
    task, pipe = find(name), pipeline(name, model=str(folder), dtype="float32", device="cpu")

    def ask(**given: str | tuple[str, ...] | bool) -> Answer:
        inputs = {it: given[it] for it in task.takes}
        call = task.call(**given)
        return task.read(pipe(call.input, **call.parameters), inputs)  # type: ignore[arg-type]

    return ask


def pairs(name: str) -> list[tuple[str, str]]:
    """The two cells of each line of a table."""
    lines = (HELD_OUT / name).read_text(encoding="utf-8").splitlines()
    return [(first, second) for first, second in (line.split("\t") for line in lines)]


def sentiment(ask: Ask) -> dict[str, float]:
    """Share of sentences whose label is right."""
    told = pairs("sentiment.tsv")
    right = [_best(ask(text=text)).lower() == label for label, text in told]
    return {"accuracy": sum(right) / len(right), "sentences": len(right)}


def topics(ask: Ask) -> dict[str, float]:
    """Share of sentences whose topic of the five comes first."""
    told = pairs("topics.tsv")
    right = [_best(ask(text=text, labels=TOPICS, several=False)) == topic for topic, text in told]
    return {"top-1": sum(right) / len(right), "sentences": len(right)}


def _best(answer: Answer) -> str:
    assert isinstance(answer, Scores)
    return answer.scores[0].label


def marked(line: str) -> tuple[str, set[tuple[int, int, str]]]:
    """The sentence of a line with marks, and the names in it: start, end, kind."""
    text, end = "", 0
    names = set()
    for match in _MARK.finditer(line):
        text += line[end : match.start()]
        names.add((len(text), len(text) + len(match[1]), _KINDS[match[2]]))
        text += match[1]
        end = match.end()
    return text + line[end:], names


def entities(ask: Ask) -> dict[str, float]:
    """F1 of whole names with their kinds, over all sentences together."""
    found = right = there = 0
    lines = (HELD_OUT / "entities.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        text, names = marked(line)
        answer = ask(text=text)
        assert isinstance(answer, Spans)
        told = {(span.start, span.end, span.label) for span in answer.spans}
        found, right, there = found + len(told), right + len(told & names), there + len(names)
    precision, recall = right / max(found, 1), right / there
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"F1": f1, "precision": precision, "recall": recall, "sentences": len(lines), "names": there}


def questions() -> list[tuple[str, str, str]]:
    """Context, question and answer."""
    asked = []
    for block in (HELD_OUT / "answers.txt").read_text(encoding="utf-8").strip().split("\n\n"):
        context, *rest = (line.split(": ", 1)[1] for line in block.splitlines())
        asked += [(context, question, answer) for question, answer in zip(rest[::2], rest[1::2], strict=True)]
    return asked


def answers(ask: Ask) -> dict[str, float]:
    """Share of questions answered exactly but for case, articles and signs, as SQuAD counts it."""
    asked = questions()
    right = 0
    for context, question, answer in asked:
        found = ask(question=question, text=context)
        assert isinstance(found, Spans)
        best = max(found.spans, key=lambda span: span.score, default=None)
        said = context[best.start : best.end] if best else ""
        right += _plain(said) == _plain(answer)
    return {"exact match": right / len(asked), "questions": len(asked)}


def _plain(answer: str) -> str:
    words = re.sub(r"[^\w\s]", "", answer.lower()).split()
    return " ".join(word for word in words if word not in {"a", "an", "the"})


def summaries(ask: Ask) -> dict[str, float]:
    """Mean ROUGE-1 F1 of words as they are, not of their stems."""
    told = json.loads((HELD_OUT / "summaries.json").read_text(encoding="utf-8"))
    scorer = rouge_scorer.RougeScorer(["rouge1"])
    scores = [scorer.score(it["summary"], _text(ask(text=it["text"], length="medium")))["rouge1"] for it in told]
    return {"ROUGE-1": sum(score.fmeasure for score in scores) / len(scores), "texts": len(scores)}


def phrases(ask: Ask) -> dict[str, float]:
    """chrF of all phrases together each way, 0 to 100."""
    told = pairs("phrases.tsv")
    sides = dict(zip(("en", "fr"), ([*side] for side in zip(*told, strict=True)), strict=True))
    scores: dict[str, float] = {"phrases": len(told)}
    for source, target in (("en", "fr"), ("fr", "en")):
        said = [_text(ask(text=text, **{"from": source, "to": target})) for text in sides[source]]
        scores[f"chrF {source}-{target}"] = CHRF().corpus_score(said, [sides[target]]).score
    return scores


def _text(answer: Answer) -> str:
    assert isinstance(answer, Text)
    return answer.text


MEASURES: dict[str, Callable[[Ask], dict[str, float]]] = {
    "text-classification": sentiment,
    "zero-shot-classification": topics,
    "token-classification": entities,
    "question-answering": answers,
    "summarization": summaries,
    "translation": phrases,
}
"""By task."""
