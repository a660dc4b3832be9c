"""Task: one pipeline task, said once. Everything else (commands, command line, worker, replies) reads it here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from bot.answers import Answer
from bot.errors import Refusal
from bot.request import Address, Asker, File, Input, Request
from bot.tasks.options import NoOptions, parse_options


class Kind(StrEnum):
    """What an input is. All but TEXT come as a `File`."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TABLE = "table"
    DOCUMENT = "document"


class Rows(StrEnum):
    """By what the rows of a task are sized."""

    TOKENS = "tokens"
    PIXELS = "pixels"
    SECONDS = "seconds"
    UNSIZED = "unsized"


@dataclass(frozen=True, slots=True)
class Model:
    """A default model. `revision` is set only from a source; where it is None, the first download settles it.

    `verified` is False where id and licence were written from memory, not read on the model's own page.
    """

    id: str
    licence: str
    revision: str | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """How a pipeline is called: its input, and the parameters beside it."""

    input: Any
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """One pipeline task.

    Attributes:
        name: its Hugging Face name.
        command: the slash command, with spaces where it has groups.
        title: the heading of its answers; a question or a few words.
        summary: what it does, at most 100 characters (Discord's limit for a description).
        takes: its inputs by name; texts are given as str, everything else as File.
        gives: the kind of answer.
        model: the default model.
        heads: how the class names of the models that can do it end; others would get a random head.
        call: from the inputs and options, as keyword arguments, to the pipeline's call.
        read: from the pipeline's output to the answer.
        options: a dataclass of Annotated fields.
        rows: by what its rows are sized.
        aliases: other names people know it by.
        examples: inputs worth trying.
        max_characters: the longest text it takes, over all of its text inputs.
    """

    name: str
    command: str
    title: str
    summary: str
    takes: Mapping[str, Kind]
    gives: type[Answer]
    model: Model
    heads: tuple[str, ...]
    call: Callable[..., Call]
    read: Callable[[Any], Answer]
    options: type = NoOptions
    rows: Rows = Rows.UNSIZED
    aliases: tuple[str, ...] = ()
    examples: tuple[Mapping[str, str], ...] = ()
    max_characters: int = 20_000

    def request(
        self,
        values: Mapping[str, Any],
        *,
        model: str | None = None,
        asker: Asker | None = None,
        address: Address | None = None,
    ) -> Request:
        """A request for this task, from its inputs and options by name (None where left out). No I/O.

        Raises Refusal, saying which of them is missing, empty, too long, unknown, of the wrong type or out of range.
        """
        names = (*self.takes, *(option.name for option in fields(self.options)))
        if unknown := sorted(set(values) - set(names)):
            raise Refusal(f"There is nothing called “{unknown[0]}” here. It takes: {', '.join(names)}.")
        return Request(
            self.name,
            inputs=self._check(values),
            options=parse_options(self.options, {name: values.get(name) for name in names if name not in self.takes}),
            model=(model or "").strip() or None,
            asker=asker,
            address=address,
        )

    def _check(self, values: Mapping[str, Any]) -> dict[str, Input]:
        checked: dict[str, Input] = {}
        for name, kind in self.takes.items():
            value = values.get(name)
            if value is None:
                raise Refusal(f"“{name}” is missing.")
            if not isinstance(value, str if kind is Kind.TEXT else File):
                raise Refusal(f"“{name}” has to be {'text' if kind is Kind.TEXT else f'a file: {kind}'}.")
            if isinstance(value, str) and not value.strip():
                raise Refusal(f"“{name}” is empty. Write at least one word.")
            checked[name] = value
        characters = sum(len(value) for value in checked.values() if isinstance(value, str))
        if characters > self.max_characters:
            raise Refusal(f"That is {characters:,} characters; I take up to {self.max_characters:,} at once.")
        return checked
