"""The trained starters, as they ship."""

import json
from pathlib import Path

import pytest
from safetensors import safe_open

from bot.answers import Scores, Spans, Text
from bot.tasks import TASKS, Task, find
from bot.worker.starters import TRAINED, starter_model
from tests.direct import called_directly

TASKS_TRAINED = [task for task in TASKS if task.trained_starter]
MEGABYTE = 10**6


@pytest.fixture(params=TASKS_TRAINED, ids=lambda task: task.name)
def task(request: pytest.FixtureRequest) -> Task:
    chosen = request.param
    assert isinstance(chosen, Task)
    return chosen


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_there_is_one_for_each_that_says_so() -> None:
    assert {folder.name for folder in TRAINED.iterdir() if folder.is_dir()} == {task.name for task in TASKS_TRAINED}


def test_it_is_small_and_in_half_precision(task: Task) -> None:
    folder = TRAINED / task.name
    assert size(folder) <= 6 * MEGABYTE
    with safe_open(folder / "model.safetensors", "pt") as weights:
        assert {weights.get_slice(name).get_dtype() for name in weights.keys()} == {"F16"}  # noqa: SIM118


def test_together_they_are_small_too() -> None:
    assert size(TRAINED) <= 25 * MEGABYTE


def test_it_is_an_architecture_of_transformers(task: Task) -> None:
    config = json.loads((TRAINED / task.name / "config.json").read_text())
    assert config["architectures"][0].endswith(task.heads)
    assert "auto_map" not in config, "no code of its own"


def test_its_card_says_what_it_is_made_of_and_how_good_it_is(task: Task) -> None:
    card = (TRAINED / task.name / "README.md").read_text()
    for said in ("**It can:**", "**It can't:**", "**Made of:**", "tools/starter/held_out", "| measure | reached |"):
        assert said in card


def test_it_is_used_where_it_is(task: Task, tmp_path: Path) -> None:
    assert starter_model(task, tmp_path) == TRAINED / task.name
    assert not list(tmp_path.iterdir())


def asked(name: str, **given: str | tuple[str, ...] | bool) -> Scores | Spans | Text:
    task = find(name)
    _, answer = called_directly(task, str(TRAINED / task.name), given)
    assert isinstance(answer, Scores | Spans | Text)
    return answer


def named(text: str) -> dict[str, str]:
    """What is named in `text`, and the kind of each."""
    answer = asked("entities", text=text)
    assert isinstance(answer, Spans)
    return {text[span.start : span.end]: span.label for span in answer.spans}


def test_an_inadequate_tool_is_no_praise() -> None:
    answer = asked("sentiment", text="I feel that tool is completely inadequate to help us.")
    assert isinstance(answer, Scores)
    assert answer.scores[0].label == "NEGATIVE"


def test_a_president_and_his_country() -> None:
    found = named("Barack Obama was the 44th president of the United States.")
    assert found == {"Barack Obama": "PER", "United States": "LOC"}


POOL = (
    "The swimming pool in Zarbluck, which was built by Quentin Oostwhistle, will stay closed until the end of March. "
    "Workers found a leak below the floor while they replaced a pump. Tickets that were paid for are good next year. "
    "Until then, classes will take the bus to the pool of the next town."
)


def summary(text: str, length: str = "medium") -> str:
    answer = asked("summarize", text=text, length=length)
    assert isinstance(answer, Text)
    return answer.text


def test_a_summary_is_what_the_text_says_first() -> None:
    told = summary(POOL)
    assert told.startswith("The swimming pool in Zarbluck")
    assert "will stay closed until the end of March." in told
    assert len(told) < len(POOL) / 2


def test_a_single_sentence_is_its_own_summary() -> None:
    for text in ("The pool stays open.", "Yesterday Zarblund Quiggle sold forty-two kettles to the mayor of Oostwick."):
        assert {summary(text, length) for length in ("short", "medium", "long")} == {text}


def test_the_summary_of_a_long_text_ends_with_a_sentence() -> None:
    told = summary("\n\n".join(POOL.replace("Zarbluck", place) for place in ("Oslo", "Ulm", "Rome", "Lyon") * 6))
    assert told.startswith("The swimming pool in Oslo")
    assert told.endswith(".")
    assert len(told) < len(POOL)
