"""Deciding: one question about a situation, answered yes or no, or by one of the member's own options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from bot.answers import Decision, Scores
from bot.request import Input
from bot.tasks.labels import read_labels
from bot.tasks.options import Parse
from bot.tasks.task import Call, Defaults, Kind, Model, Rows, Task


@dataclass(frozen=True, slots=True)
class DecideOptions:
    options: Annotated[tuple[str, ...] | None, Parse(read_labels)] = None
    """What to choose from; yes or no where it is left out."""


def _call(situation: Any, question: Any, options: tuple[str, ...] | None) -> Call:
    asked: dict[str, Any] = {"type": "noul", "instructions": question}
    if options:
        asked |= {"type": "choice", "criteria": dict.fromkeys(options)}
    return Call({"state": situation, "questions": {"answer": asked}})


def _read(raw: Any, _inputs: Mapping[str, Input]) -> Decision:
    answer = raw["answer"]
    odds = answer.get("probabilities") or {"Yes": answer["noul"], "No": 1 - answer["noul"]}
    scores = Scores.of({"label": label, "score": score} for label, score in odds.items())
    return Decision(scores.scores[0].label, scores)


DECIDE = Task(
    "decision",
    command="decide",
    title="The decision",
    summary="Answer a question about a situation: yes or no, or one of your options",
    takes={"situation": Kind.TEXT, "question": Kind.TEXT},
    options=DecideOptions,
    gives=Decision,
    models=Defaults(
        Model("Qwen/Qwen2.5-0.5B-Instruct", licence="Apache-2.0", revision="7ae5576", size=1_000_000_000),
        gpu=Model("Qwen/Qwen2.5-1.5B-Instruct", licence="Apache-2.0", size=3_100_000_000),
    ),
    heads=("ForCausalLM", "LMHeadModel"),
    call=_call,
    read=_read,
    rows=Rows.UNSIZED,
    own="transformers' would build a model of 8 billion numbers out of the config of a small one.",
    examples=(
        {
            "situation": "The parcel came two weeks late and broken. I want my money back.",
            "question": "Is it a complaint?",
        },
        {
            "situation": "My screen stays black since the update.",
            "question": "Who should look at this?",
            "options": "billing, technical support, sales",
        },
    ),
)
