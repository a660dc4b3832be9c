"""The code below an answer is run here, as somebody would who copied it."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.replies import cards
from bot.replies.code import code_for
from bot.request import File, Request
from bot.tasks import ANSWER, CLASSIFY, ENTITIES, FILL, SENTIMENT, SUMMARIZE, TASKS, TRANSLATE, Task, find
from bot.worker.door import Done, Source, Step
from bot.worker.thread import ThreadWorker
from tests import models
from tests.conftest import Direct, alike

OBAMA = "Barack Obama lives in Washington. "
SOURCE = Source(
    (Step("owner/name", "0123abc", {"labels": ("a", "b"), "several": False}),),
    starter=False,
    device="cuda",
    dtype="float32",
    seconds=1.0,
)


async def answer(worker: ThreadWorker, request: Request) -> Done:
    *_, last = [event async for event in worker.submit(request)]
    assert isinstance(last, Done), last
    return last


def run(code: str) -> Any:
    """What it prints, before it becomes text."""
    printed: list[Any] = []
    exec(code, {"print": printed.append})
    (output,) = printed
    return output


@pytest.mark.parametrize(
    ("task", "values"),
    [
        (SENTIMENT, {"text": 'She said "no" \\ `code` ```x``` and left.\nThe end.'}),
        (CLASSIFY, {"text": "hello", "labels": 'x, "y, z"', "several": True}),
        (ENTITIES, {"text": OBAMA}),
        (ANSWER, {"question": "Who?", "text": OBAMA}),
        (SUMMARIZE, {"text": OBAMA * 5, "length": "short"}),
        (TRANSLATE, {"text": "Guten Morgen, wie geht es dir?", "to": "pl"}),
    ],
    ids=lambda value: value.name if isinstance(value, Task) else "",
)
async def test_it_gives_the_answer(worker: ThreadWorker, task: Task, values: dict[str, Any]) -> None:
    request = task.request(values)
    done = await answer(worker, request)
    code = code_for(task, request, done.source)
    read = task.read(run(code), request.inputs)
    assert alike(read, done.answer)
    assert 'device="cpu"' in code


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_task_has_some_that_gives_its_answer(task: Task, direct: Direct, tmp_path: Path) -> None:
    folder, request, answer = direct(task)
    for value in request.inputs.values():
        if isinstance(value, File):
            (tmp_path / value.name).write_bytes(value.data)
    source = Source((Step(folder, None, request.options),), starter=False, device="cpu", dtype="float32", seconds=1.0)
    assert alike(task.read(run(code_for(task, request, source)), request.inputs), answer)


def test_model_revision_dtype_device_and_call() -> None:
    request = CLASSIFY.request({"text": "hello", "labels": "a, b"})
    assert code_for(CLASSIFY, request, SOURCE) == (
        "from transformers import pipeline\n"
        "\n"
        'text = "hello"\n'
        "\n"
        "pipe = pipeline(\n"
        '    "zero-shot-classification",\n'
        '    model="owner/name",\n'
        '    revision="0123abc",\n'
        '    dtype="float32",\n'
        '    device="cuda",\n'
        ")\n"
        "print(pipe(text, candidate_labels=['a', 'b'], multi_label=False))\n"
    )


def test_two_models_one_after_the_other(
    model: Callable[[Callable[[Path], None]], Path],
) -> None:
    folder = str(model(models.m2m100))
    steps = (Step(folder, None, {"from": "pl", "to": "en"}), Step(folder, None, {"from": "en", "to": "nl"}))
    source = Source(steps, starter=False, device="cpu", dtype="float32", seconds=1.0)
    request = TRANSLATE.request({"text": "To jest", "to": "nl"})
    code = code_for(TRANSLATE, request, source)
    assert 'text = pipe(text, src_lang="pl", tgt_lang="en")[0]["translation_text"]' in code.replace("'", '"')
    assert run(code)[0].keys() == {"translation_text"}


@pytest.mark.parametrize(
    ("given", "encoding"),
    [("wörd " * 300, "utf-8"), (File("report.txt", ("wörd " * 30).encode("utf-16")), "utf_16")],
    ids=["typed", "attached"],
)
def test_a_long_text_is_read_from_a_file(
    given: str | File, encoding: str, model: Callable[[Callable[[Path], None]], Path], tmp_path: Path
) -> None:
    name = given.name if isinstance(given, File) else "text.txt"
    (tmp_path / name).write_bytes(given.data if isinstance(given, File) else given.encode())
    request = Request(SUMMARIZE.name, {"text": given}, {"length": "medium"})
    steps = (Step(str(model(models.t5)), None, {"length": "medium"}),)
    source = Source(steps, starter=False, device="cpu", dtype="float32", seconds=1.0)
    code = code_for(SUMMARIZE, request, source)
    assert f'Path("{name}").read_text(encoding="{encoding}")' in code
    assert run(code)[0]["summary_text"]


@pytest.mark.parametrize(
    ("task", "folder"),
    [(SENTIMENT, "bot/worker/starters/trained/text-classification"), (FILL, "data/starter/fill-mask")],
    ids=["trained", "untrained"],
)
def test_a_stand_in_is_loaded_from_the_bots_folder(task: Task, folder: str) -> None:
    source = Source((Step(f"starter/{task.name}", None),), True, "cpu", "float32", 0.1)
    code = code_for(task, task.request({"text": "A ___ day"}), source)
    assert f'model="{folder}"' in code


def test_nothing_in_it_ends_the_code_block() -> None:
    request = find("sentiment").request({"text": "```evil"})
    source = Source((Step("a/b", None),), starter=False, device="cpu", dtype="float32", seconds=1.0)
    assert "```" not in code_for(SENTIMENT, request, source)


def test_a_folder_of_the_hosts_is_said_to_be_one() -> None:
    source = Source((Step("own", None),), starter=False, device="cpu", dtype="float32", seconds=1.0)
    assert "# own is a folder of the host's." in code_for(SENTIMENT, SENTIMENT.request({"text": "a"}), source)


def test_its_card_keeps_discords_limits() -> None:
    labels = ", ".join(f"{number}" + "好" * 98 for number in range(30))
    request = CLASSIFY.request({"text": "好" * 1000, "labels": labels})
    source = replace(SOURCE, steps=(Step("owner/name", "0123abc", request.options),))
    code = code_for(CLASSIFY, request, source)
    (shown, _) = cards.code(code, discord.File(io.BytesIO(b"x"), filename="x.py")).view.to_components()[0]["components"]
    assert len(shown["content"]) <= 4000
    assert len(shown["content"].encode()) <= 9500
    assert shown["content"].count("```") == 2
