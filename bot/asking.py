"""Asking a task from the command line, once or a line at a time."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text as Marked

from bot.answers import Answer, Scores, Spans, Text, as_json
from bot.errors import Refusal, record_defect
from bot.request import Request
from bot.settings import Settings
from bot.tasks import Task
from bot.worker.door import Done, Failed, Worker
from bot.worker.hub import Models
from bot.worker.opening import new_worker, opened
from bot.worker.thread import ThreadWorker

MOST_SAVED = 100 * 2**20
"""Bytes of a file that is saved."""

AT_ONCE = 64
"""How many lines are under way while the first of them is waited for."""


async def ask_once(settings: Settings, task: Task, given: Mapping[str, Any]) -> tuple[Request, Done]:
    """One request and its answer. Refusal where there is none."""
    request = _request(task, given)
    async with opened(_new_worker(settings)) as worker:
        return request, await _done(worker, request)


async def ask_lines(settings: Settings, task: Task, lines: TextIO, say: Callable[[str], None]) -> int:
    """Read a JSON object of inputs per line, say a JSON answer (or `{"error": …}`) per line, in order.

    Returns how many lines had no answer.
    """
    failed = 0
    waiting: deque[asyncio.Task[dict[str, Any]]] = deque()
    async with opened(_new_worker(settings)) as worker:

        async def say_next() -> None:
            nonlocal failed
            answer = await waiting.popleft()
            failed += "error" in answer
            say(json.dumps(answer, ensure_ascii=False))

        while line := await asyncio.to_thread(lines.readline):
            if line.strip():
                waiting.append(asyncio.create_task(_answer_line(worker, task, line)))
            while len(waiting) >= min(AT_ONCE, settings.queue_limit):
                await say_next()
        while waiting:
            await say_next()
    return failed


def _new_worker(settings: Settings) -> ThreadWorker:
    # Whoever asks here is the host, who may name what they like.
    return new_worker(settings.model_copy(update={"member_models": "any"}), Models.AUTO)


async def _answer_line(worker: Worker, task: Task, line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
        if not isinstance(given, dict):
            raise Refusal("This line is no JSON object of inputs.")
        return done_as_json(task, await _done(worker, _request(task, given)))
    except json.JSONDecodeError:
        return {"error": "This line is no JSON."}
    except Refusal as refusal:
        return {"error": refusal.sentence}


def _request(task: Task, given: Mapping[str, Any]) -> Request:
    values = dict(given)
    model = values.pop("model", None)
    if not isinstance(model, str | None):
        raise Refusal("“model” has to be text.")
    return task.request(values, model=model, adult=True)


async def _done(worker: Worker, request: Request) -> Done:
    async for event in worker.submit(request):
        match event:
            case Done():
                return event
            case Failed(Refusal() as refusal):
                raise refusal
            case Failed(error):
                raise Refusal(f"Something broke (id {record_defect(error)}); the log says where.") from error
    raise AssertionError("a run ends with Done or Failed")


def done_as_json(task: Task, done: Done) -> dict[str, Any]:
    source = done.source
    return {
        "task": task.name,
        "models": [{"model": step.model, "revision": step.revision} for step in source.steps],
        "starter": source.starter,
        "trained": task.trained_starter or not source.starter,
        "device": source.device,
        "dtype": source.dtype,
        "seconds": round(source.seconds, 4),
        "notes": list(source.notes),
        "answer": as_json(done.answer),
    }


def print_done(console: Console, task: Task, request: Request, done: Done) -> None:
    """The answer for a person at a terminal; pictures and sounds are saved in the working folder."""
    source = done.source
    console.print(f"[bold]{escape(task.title)}[/bold]")
    if isinstance(done.answer, Scores):
        table = Table.grid(padding=(0, 2))
        for item in done.answer.scores:
            table.add_row(escape(item.label), ProgressBar(1.0, item.score, width=40), f"{item.score:.1%}")
        console.print(table)
    elif isinstance(done.answer, Text):
        console.print(escape(done.answer.text or task.nothing))
    elif isinstance(done.answer, Spans):
        console.print(_marked(done.answer) if done.answer.spans else task.nothing)
    else:
        _print_drawn(console, task, request, done.answer)
    if source.starter:
        console.print(f"[yellow]Starter model, {task.starter_warning}.[/yellow]")
    for note in source.notes:
        console.print(f"[dim]{escape(note)}[/dim]")
    models = " → ".join(step.model for step in source.steps)
    console.print(f"[dim]{escape(models)} · {source.seconds:.2f} s on {source.device}[/dim]")


def _print_drawn(console: Console, task: Task, request: Request, answer: Answer) -> None:
    """What Discord would show, with its files on the disk."""
    from bot.replies.renderers import render

    rendered = render(task, request, answer, MOST_SAVED)
    # The small print of Discord is no Markdown, and its lines stay lines.
    console.print(Markdown(rendered.text.replace("-# ", "").replace("\n", "  \n")))
    for file in rendered.files:
        path = _unused(Path(file.filename))
        path.write_bytes(file.fp.read())
        console.print(f"Saved as {path}.", highlight=False)


def _unused(path: Path) -> Path:
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return path if not path.exists() else next(other for other in numbered if not other.exists())


def _marked(answer: Spans) -> Marked:
    """The text with its spans marked, and a line for each."""
    text = Marked(answer.text + "\n")
    for span in answer.spans:
        text.stylize("bold reverse", span.start, span.end)
    for span in answer.spans:
        text.append(f"\n{span.label:<8}" if span.label else "\n", style="bold")
        text.append(f"{span.score:6.1%}  {answer.text[span.start : span.end]}")
    return text
