"""Every task the bot can do. Importing this loads neither torch nor transformers."""

from bot.errors import Refusal
from bot.tasks.options import NoOptions, Range
from bot.tasks.task import Call, Kind, Model, Rows, Task
from bot.tasks.text import SENTIMENT

TASKS: tuple[Task, ...] = (SENTIMENT,)

_BY_NAME = {name: task for task in TASKS for name in (task.name, task.command, *task.aliases)}


def find(name: str) -> Task:
    """The task of a Hugging Face name, an alias or a command (with or without its slash). Refusal if there is none."""
    task = _BY_NAME.get(name.removeprefix("/").strip())
    if task is None:
        raise Refusal(f"There is no task “{name}”. I know: {', '.join(task.name for task in TASKS)}.")
    return task


__all__ = (
    "SENTIMENT",
    "TASKS",
    "Call",
    "Kind",
    "Model",
    "NoOptions",
    "Range",
    "Rows",
    "Task",
    "find",
)
