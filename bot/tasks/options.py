"""Options of a task, declared once as a dataclass of Annotated fields, read from whatever a door was given."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from bot.errors import Refusal
from bot.request import Option


@dataclass(frozen=True, slots=True)
class Range:
    """The smallest and the largest value a number may have, both allowed."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NoOptions:
    """For the tasks that have none."""


def parse_options(declared: type, given: Mapping[str, Any]) -> dict[str, Option]:
    """The values of every option of `declared`: from `given` (typed values or text), else its default.

    Raises Refusal where a value is missing, of the wrong type or out of its range.
    """
    hints = get_type_hints(declared, include_extras=True)
    values: dict[str, Option] = {}
    for entry in fields(declared):
        if given.get(entry.name) is not None:
            values[entry.name] = _parse(entry.name, hints[entry.name], given[entry.name])
        elif entry.default is not MISSING:
            values[entry.name] = entry.default
        else:
            raise Refusal(f"“{entry.name}” is missing.")
    return values


def _parse(name: str, hint: Any, value: Any) -> Option:
    kind, *extras = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise Refusal(f"“{name}” is one of {', '.join(map(str, get_args(kind)))}.")
        parsed: Option = value
        return parsed
    parsed = _convert(name, kind, value)
    for bound in extras:
        if isinstance(bound, Range) and not bound.low <= float(parsed) <= bound.high:
            raise Refusal(f"“{name}” is a number from {bound.low:g} to {bound.high:g}.")
    return parsed


def _convert(name: str, kind: type, value: Any) -> Option:
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
