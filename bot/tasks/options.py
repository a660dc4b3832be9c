"""Options of a task, declared once as a dataclass of Annotated fields, read from whatever a door was given."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from bot.errors import Refusal
from bot.request import Option


@dataclass(frozen=True, slots=True)
class Range:
    """The smallest and the largest value a number may have, both allowed."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Parse:
    """Reads the text of an option. `read` raises Refusal where it can't."""

    read: Callable[[str], Option]


@dataclass(frozen=True, slots=True)
class NoOptions:
    """For the tasks that have none."""


def option_names(declared: type) -> dict[str, bool]:
    """The options of `declared` by the name people use, and whether each has to be given.

    A field that would be a Python keyword ends with an underscore, which people don't see.
    """
    return {entry.name.rstrip("_"): entry.default is MISSING for entry in fields(declared)}


def parse_options(declared: type, given: Mapping[str, Any]) -> dict[str, Option]:
    """The values of every option of `declared`: from `given` (typed values or text), else its default.

    Raises Refusal where a value is missing, of the wrong type or out of its range.
    """
    hints = get_type_hints(declared, include_extras=True)
    values: dict[str, Option] = {}
    for entry in fields(declared):
        name = entry.name.rstrip("_")
        if given.get(name) is not None:
            values[name] = _parse(name, hints[entry.name], given[name])
        elif entry.default is not MISSING:
            values[name] = entry.default
        else:
            raise Refusal(f"“{name}” is missing.")
    return values


def _parse(name: str, hint: Any, value: Any) -> Option:
    kind, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    for extra in extras:
        if isinstance(extra, Parse):
            if not isinstance(value, str):
                raise Refusal(f"“{name}” has to be text.")
            return extra.read(value)
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise Refusal(f"“{name}” is one of {', '.join(map(str, get_args(kind)))}.")
        parsed: Option = value
        return parsed
    if NoneType in get_args(kind):
        (kind,) = set(get_args(kind)) - {NoneType}
    parsed = _convert(name, kind, value)
    for bound in extras:
        if isinstance(bound, Range) and not bound.low <= float(parsed) <= bound.high:  # type: ignore[arg-type]
            raise Refusal(f"“{name}” is a number from {bound.low:g} to {bound.high:g}.")
    return parsed


def _convert(name: str, kind: Any, value: Any) -> Option:
    if kind is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        word = str(value).lower()
        if word not in words:
            raise Refusal(f"“{name}” is yes or no.")
        return words[word]
    try:
        converted: Option = kind(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise Refusal(f"“{name}” is {'a whole number' if kind is int else 'a number'}.") from error
    return converted
