"""Task: one pipeline task, said once. Everything else (commands, command line, worker, replies) reads it here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.answers import Answer
from bot.errors import Refusal
from bot.request import Address, Asker, File, Input, Option, Request
from bot.samples import sample
from bot.tasks.options import NoOptions, option_names, parse_options


class Kind(StrEnum):
    """What an input is. TEXT comes as str, LONG_TEXT as str or as a text `File`, everything else as a `File`."""

    TEXT = "text"
    LONG_TEXT = "text or text file"
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
    """A default model.

    Attributes:
        revision: set only from a source; where it is None, the first download settles it.
        verified: False where id and licence were written from memory, not read on the model's own page.
        size: bytes to download, about; None where nobody knows yet.
        prompt: what the model wants to stand before each text.
    """

    id: str
    licence: str
    revision: str | None = None
    verified: bool = False
    size: int | None = None
    prompt: str = ""


class Modelset(StrEnum):
    """Which of the default models: those for any machine, or those for a GPU with `GPU_MEMORY` bytes."""

    SMALL = "small"
    GPU = "gpu"


GPU_MEMORY = 20 * 10**9
"""Bytes. What a GPU of "24 GB" has, less what the system takes of it."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """The model a task uses when nobody names another.

    `small` None: no small one does it honestly. `gpu` None: the small one is used there too.
    """

    small: Model | None
    gpu: Model | None = None

    def of(self, modelset: Modelset) -> Model | None:
        return (self.gpu or self.small) if modelset is Modelset.GPU else self.small

    def each(self) -> tuple[Model, ...]:
        return tuple(model for model in (self.small, self.gpu) if model is not None)


RETIRED = "transformers 5 retired this task."
"""Why a pipeline is our own."""

STARTER = "starter/"
"""How the ids of starter models begin."""


@dataclass(frozen=True, slots=True)
class Call:
    """How a pipeline is called: its input, and the parameters beside it."""

    input: Any
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leg:
    """One model's part of the way from inputs to answer. `model` None is the one that was named, or the default.

    A later leg gets the text of the one before in place of the long text.
    """

    options: Mapping[str, Option]
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Which models do a request, one after the other, and what the answer's footer says of that."""

    legs: tuple[Leg, ...]
    notes: tuple[str, ...] = ()


def _one_leg(_inputs: Mapping[str, Input], options: Mapping[str, Option], _model: str | None) -> Plan:
    return Plan((Leg(options),))


@dataclass(frozen=True, slots=True)
class Task:
    """One pipeline task.

    Attributes:
        name: its Hugging Face name.
        command: the slash command, with spaces where it has groups.
        title: the heading of its answers; a question or a few words.
        summary: what it does, at most 100 characters (Discord's limit for a description).
        takes: its inputs by name.
        gives: the kind of answer.
        models: the default model.
        heads: how the class names of the models that can do it end; others would get a random head.
        other_models: more defaults, where `plan` has a choice.
        optional: which of its inputs may be left out.
        call: from the inputs and options, as keyword arguments, to the pipeline's call.
        read: from the pipeline's output and the inputs, as they came, to the answer.
        check: raises Refusal for inputs that make no sense for it. No I/O.
        options: a dataclass of Annotated fields.
        plan: from inputs, options and the model that was named, if any, to the models that do it. It may take a moment,
            and raises Refusal where there is no way.
        rows: by what its rows are sized.
        aliases: other names people know it by.
        examples: inputs and options worth trying; of a file, the name of one in `bot.samples`.
        cut: whether a text longer than the model's window is cut off there; else the pipeline reads it in parts.
        own: why its pipeline is `bot.pipelines`' own, for those who look at the code; empty where it is transformers'.
        seconds: of a recording, what is listened to; the answer is about the beginning of a longer one.
        pixels: of a picture, if it takes fewer than the host allows.
        link: where there are several legs, how Python takes the text of one from its pipeline's output.
        trained_starter: whether its starter model is trained, and answers sensibly; else it only shows the wiring.
        chooses: how it comes to its model, where that isn't always `model`; a sentence.
        nothing: what an answer without any content means, as a sentence.
        max_characters: the longest text it takes, over all of its text inputs.
        max_file: bytes; the largest text file it takes.
        time_limit: seconds of the device that a request may take.
    """

    name: str
    command: str
    title: str
    summary: str
    takes: Mapping[str, Kind]
    gives: type[Answer]
    models: Defaults
    heads: tuple[str, ...]
    call: Callable[..., Call]
    read: Callable[[Any, Mapping[str, Input]], Answer]
    other_models: tuple[Model, ...] = ()
    optional: tuple[str, ...] = ()
    check: Callable[[Mapping[str, Input]], None] = lambda _: None
    options: type = NoOptions
    plan: Callable[[Mapping[str, Input], Mapping[str, Option], str | None], Plan] = _one_leg
    rows: Rows = Rows.UNSIZED
    aliases: tuple[str, ...] = ()
    examples: tuple[Mapping[str, str], ...] = ()
    cut: bool = False
    own: str = ""
    seconds: float | None = None
    pixels: int | None = None
    link: str = ""
    trained_starter: bool = False
    chooses: str = ""
    nothing: str = "Nothing was found."
    max_characters: int = 20_000
    max_file: int = 1_000_000
    time_limit: float = 120.0

    @property
    def starter_warning(self) -> str:
        """What there is to say of its starter model's answers."""
        if self.trained_starter:
            return "small: it errs more often than a real one"
        return "untrained: this shows the wiring, not a result"

    def has_default(self, model: str) -> bool:
        """Whether the id `model` is one of its defaults."""
        return any(model == default.id for default in (*self.models.each(), *self.other_models))

    @property
    def media(self) -> dict[str, Kind]:
        """Its inputs that come as files and as nothing else, by name."""
        return {name: kind for name, kind in self.takes.items() if kind not in _TYPES}

    def example(self, number: int) -> dict[str, Any]:
        """The inputs and options of one of its examples, with their files."""
        files = self.media
        return {name: sample(value) if name in files else value for name, value in self.examples[number].items()}

    @property
    def long_text(self) -> str | None:
        """The name of the input that may come as a `file` instead."""
        return next((name for name, kind in self.takes.items() if kind is Kind.LONG_TEXT), None)

    def parameters(self) -> dict[str, bool]:
        """What people give, by name in order, and whether it has to be given. The order is Discord's: those first.

        Files needn't be: where one is missing, the member's newest one is offered.
        """
        inputs: dict[str, bool] = {}
        for name, kind in self.takes.items():
            inputs[name] = kind is Kind.TEXT and name not in self.optional
            if kind is Kind.LONG_TEXT:
                inputs["file"] = False
        every = inputs | option_names(self.options)
        return dict(sorted(every.items(), key=lambda item: not item[1]))

    def request(
        self,
        values: Mapping[str, Any],
        *,
        model: str | None = None,
        adult: bool = False,
        asker: Asker | None = None,
        address: Address | None = None,
        author: int | None = None,
    ) -> Request:
        """A request for this task, from its inputs and options by name (None where left out). No I/O.

        Raises Refusal, saying which of them is missing, empty, too long, unknown, of the wrong type or out of range.
        """
        names = self.parameters()
        if unknown := sorted(set(values) - set(names)):
            raise Refusal(f"There is nothing called “{unknown[0]}” here. It takes: {', '.join(names)}.")
        inputs = self._check(values)
        options = {name: values.get(name) for name in option_names(self.options)}
        return Request(
            self.name,
            inputs=inputs,
            options=parse_options(self.options, options),
            model=(model or "").strip() or None,
            adult=adult,
            asker=asker,
            address=address,
            author=author,
        )

    def check_length(self, inputs: Mapping[str, Input]) -> None:
        """Refusal where the texts among `inputs` are longer than `max_characters` together."""
        characters = sum(len(value) for value in inputs.values() if isinstance(value, str))
        if characters > self.max_characters:
            raise Refusal(f"That is {characters:,} characters; I take up to {self.max_characters:,} at once.")

    def check_size(self, name: str, size: int) -> None:
        """Refusal where a text file of `size` bytes is larger than `max_file`."""
        if size > self.max_file:
            raise Refusal(f"{name} is {size / 1e6:.1f} MB; I take text files of up to {self.max_file / 1e6:g} MB.")

    def _check(self, values: Mapping[str, Any]) -> dict[str, Input]:
        checked: dict[str, Input] = {}
        for name, kind in self.takes.items():
            value: Any = values.get(name)
            if kind is Kind.LONG_TEXT:
                value = self._text_or_file(name, value, values.get("file"))
            if value is None and name in self.optional:
                continue
            if value is None:
                raise Refusal(f"“{name}” is missing.")
            if isinstance(value, File) and kind is Kind.LONG_TEXT:
                self.check_size(value.name, len(value.data))
            if not isinstance(value, _TYPES.get(kind, (File,))):
                raise Refusal(f"“{name}” has to be {kind if kind in _TYPES else f'a file: {kind}'}.")
            if isinstance(value, str) and not value.strip():
                raise Refusal(f"“{name}” is empty. Write at least one word.")
            checked[name] = value
        self.check_length(checked)
        self.check(checked)
        return checked

    def _text_or_file(self, name: str, text: Any, file: Any) -> Any:
        if text is not None and file is not None:
            raise Refusal(f"Give me either “{name}” or “file”, not both.")
        if text is None and file is None:
            raise Refusal(f"There is no text to work on: write it as “{name}”, or attach a text file as “file”.")
        return text if file is None else file


_TYPES: Mapping[Kind, Any] = {Kind.TEXT: (str,), Kind.LONG_TEXT: (str, File)}
