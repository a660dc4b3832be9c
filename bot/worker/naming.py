"""Naming: which models members may name."""

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from bot.errors import Refusal
from bot.tasks import Task

Nameable = Literal["any"] | Sequence[str]
"""What members may name beside the host's own models: names and patterns, such as `Qwen/*`; or any model at all."""

_TOLD = 10
"""Entries of the host's list that a refusal tells."""


def is_nameable(nameable: Nameable, model: str, revision: str | None) -> bool:
    """Whether the host's list has it.

    A revision has to be in the list as well: anybody can propose a change to a model on the Hub, and name that.
    """
    if nameable == "any":
        return True
    entries = (entry.partition("@") for entry in nameable)
    return any(fnmatchcase(model, name) and fnmatchcase(revision or "", at) for name, _, at in entries)


def not_nameable(task: Task, named: str, own: Collection[str], nameable: Sequence[str]) -> Refusal:
    """`own`: the host's models for `task`."""
    listed = [*own, *nameable[:_TOLD]]
    return Refusal(
        f"{named} is none of the models that members may name here. For {task.name} you may name {', '.join(listed)}; "
        "while you type a model, I offer those that were used lately. The host can allow more (MEMBER_MODELS)."
    )


def for_adults_only(model: str) -> Refusal:
    return Refusal(
        f"{model} is marked on the Hub as not for all audiences, so it answers in age-restricted channels only. "
        "Ask there, or name another model."
    )
