"""The lines of Python that give an answer without this bot."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.media.text import encoding_of
from bot.request import File, Input, Option, Request
from bot.tasks import Kind, Task
from bot.worker.door import Source, Step

LONGEST = 1000
"""Characters of a text that are written into the code; a longer one is read from a file."""


class _Name:
    """Stands in a call for a variable of the code, or for what is added up of some."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name

    def __add__(self, other: Any) -> "_Name":
        return _Name(f"{self!r} + {other!r}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a file of a kind is read: what has to be imported, and the expression, in which {file} is its path."""

    imports: tuple[str, ...]
    expression: str


def _by_the_bot(kind: str, more: str = "") -> _Reading:
    imports = (
        "from pathlib import Path",
        f"from bot.media.{kind} import read_{kind}",
        "from bot.media.limits import Limits",
        "from bot.request import File",
    )
    return _Reading(imports, f"read_{kind}(File({{file}}, Path({{file}}).read_bytes()), Limits(){more})")


_READ: Mapping[Kind, _Reading] = {
    Kind.IMAGE: _Reading(
        ("from PIL import Image, ImageOps",), 'ImageOps.exif_transpose(Image.open({file})).convert("RGB")'
    ),
    Kind.AUDIO: _by_the_bot("audio", ", pipe.feature_extractor.sampling_rate"),
    Kind.VIDEO: _by_the_bot("video"),
    Kind.TABLE: _by_the_bot("table"),
    Kind.DOCUMENT: _by_the_bot("document"),
}


def code_for(task: Task, request: Request, source: Source) -> str:
    """Python that loads the same models at the same revisions in the same dtype, and asks them the same.

    Looks into attached files, which may take a moment: not on the event loop.
    """
    media = {name: _READ[kind] for name, kind in task.media.items() if name in request.inputs}
    texts = {name: value for name, value in request.inputs.items() if name not in media}
    needed = {line for reading in media.values() for line in reading.imports}
    if any(_path(name, value) for name, value in texts.items()):
        needed.add("from pathlib import Path")
    lines = [*sorted(needed, key=_order), ""] if needed else []
    if task.own:
        lines.append(f"# The bot has its own pipeline for this: {task.own}\n# Run this in the bot's folder.")
    lines.append(f"from {'bot.pipelines' if task.own else 'transformers'} import pipeline\n")
    lines += [_assignment(name, value) for name, value in texts.items()]
    for number, step in enumerate(source.steps, 1):
        if step.revision is None and not source.starter:
            lines.append(f"\n# {step.model} is a folder of the host's.")
        lines.append(f"\npipe = {_load(task, step, source)}")
        if number == 1:
            lines += [_decoding(name, request.inputs[name], reading) for name, reading in media.items()]
        call = _call(task, request.inputs, step.options)
        lines.append(f"{task.long_text} = {call}{task.link}" if number < len(source.steps) else f"print({call})")
    return "\n".join(lines) + "\n"


def _order(line: str) -> tuple[bool, str]:
    """The standard library first."""
    return "pathlib" not in line, line


def _load(task: Task, step: Step, source: Source) -> str:
    model = step.model
    if source.starter:
        # The untrained stand-ins are folders that the bot makes itself.
        model = f"bot/worker/starters/trained/{task.name}" if task.trained_starter else f"data/{step.model}"
    arguments = {"model": model, "revision": step.revision, "dtype": source.dtype, "device": source.device}
    given = [f"{name}={_literal(value)}" for name, value in arguments.items() if value is not None]
    return "pipeline(\n    " + ",\n    ".join([_literal(task.name), *given]) + ",\n)"


def _call(task: Task, inputs: Mapping[str, Input], options: Mapping[str, Option]) -> str:
    call = task.call(**{name: _Name(name) for name in inputs}, **options)
    given = [repr(call.input), *(f"{name}={value!r}" for name, value in call.parameters.items())]
    return f"pipe({', '.join(given)})"


def _path(name: str, value: Input) -> str | None:
    """The file that a text is read from, or None where it stands in the code."""
    if isinstance(value, File):
        return value.name
    return f"{name}.txt" if len(value) > LONGEST else None


def _assignment(name: str, value: Input) -> str:
    path = _path(name, value)
    if path is None:
        assert isinstance(value, str)
        return f"{name} = {_literal(value)}"
    encoding = encoding_of(value.data) if isinstance(value, File) else None
    return f"{name} = Path({_literal(path)}).read_text(encoding={_literal(encoding or 'utf-8')})"


def _decoding(name: str, value: Input, reading: _Reading) -> str:
    assert isinstance(value, File)
    return f"{name} = {reading.expression.format(file=_literal(value.name))}"


def _literal(value: Any) -> str:
    """A Python literal with double quotes, in which a backtick can't end the code block around it."""
    return json.dumps(value, ensure_ascii=False).replace("`", "\\x60")
