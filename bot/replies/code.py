"""The lines of Python that give an answer without this bot."""

import json
from collections.abc import Mapping
from typing import Any

from bot.media.text import encoding_of
from bot.request import File, Input, Option, Request
from bot.tasks import Task
from bot.worker.door import Source, Step

LONGEST = 1000
"""Characters of a text that are written into the code; a longer one is read from a file."""


class _Name:
    """Stands in a call for a variable of the code."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


def code_for(task: Task, request: Request, source: Source) -> str:
    """Python that loads the same models at the same revisions in the same dtype, and asks them the same.

    Looks into attached files, which may take a moment: not on the event loop.
    """
    opened = {name: _where(name, value) for name, value in request.inputs.items()}
    lines = ["from pathlib import Path\n"] if any(path for path in opened.values()) else []
    if task.own:
        lines.append(f"# The bot has its own pipeline for this: {task.own}\n# Run this in the bot's folder.")
    lines.append(f"from {'bot.pipelines' if task.own else 'transformers'} import pipeline\n")
    lines += [_assignment(name, value, opened[name]) for name, value in request.inputs.items()]
    for number, step in enumerate(source.steps, 1):
        if step.revision is None and not source.starter:
            lines.append(f"\n# {step.model} is a folder of the host's.")
        lines.append(f"\npipe = {_load(task, step, source)}")
        call = _call(task, request.inputs, step.options)
        lines.append(f"{task.long_text} = {call}{task.link}" if number < len(source.steps) else f"print({call})")
    return "\n".join(lines) + "\n"


def _load(task: Task, step: Step, source: Source) -> str:
    # The stand-ins are folders that the bot makes itself.
    model = f"data/{step.model}" if source.starter else step.model
    arguments = {"model": model, "revision": step.revision, "dtype": source.dtype, "device": source.device}
    given = [f"{name}={_literal(value)}" for name, value in arguments.items() if value is not None]
    return "pipeline(\n    " + ",\n    ".join([_literal(task.name), *given]) + ",\n)"


def _call(task: Task, inputs: Mapping[str, Input], options: Mapping[str, Option]) -> str:
    call = task.call(**{name: _Name(name) for name in inputs}, **options)
    given = [repr(call.input), *(f"{name}={value!r}" for name, value in call.parameters.items())]
    return f"pipe({', '.join(given)})"


def _where(name: str, value: Input) -> str | None:
    """The file that an input is read from, or None where it stands in the code."""
    if isinstance(value, File):
        return value.name
    return f"{name}.txt" if len(value) > LONGEST else None


def _assignment(name: str, value: Input, path: str | None) -> str:
    if path is None:
        assert isinstance(value, str)
        return f"{name} = {_literal(value)}"
    encoding = encoding_of(value.data) if isinstance(value, File) else None
    return f"{name} = Path({_literal(path)}).read_text(encoding={_literal(encoding or 'utf-8')})"


def _literal(value: Any) -> str:
    """A Python literal with double quotes, in which a backtick can't end the code block around it."""
    return json.dumps(value, ensure_ascii=False).replace("`", "\\x60")
