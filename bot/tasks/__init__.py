"""Every task the bot can do. Importing this loads neither torch nor transformers."""

from bot.errors import Refusal
from bot.tasks.options import NoOptions, Range
from bot.tasks.task import Call, Kind, Leg, Model, Plan, Rows, Task
from bot.tasks.text import ANSWER, CLASSIFY, ENTITIES, SENTIMENT, SUMMARIZE
from bot.tasks.translation import TRANSLATE

TASKS: tuple[Task, ...] = (SENTIMENT, CLASSIFY, ENTITIES, ANSWER, SUMMARIZE, TRANSLATE)

_BY_NAME = {name: task for task in TASKS for name in (task.name, task.command, *task.aliases)}


def find(name: str) -> Task:
    """The task of a Hugging Face name, an alias or a command (with or without its slash). Refusal if there is none."""
    task = _BY_NAME.get(name.removeprefix("/").strip())
    if task is None:
        raise Refusal(f"There is no task “{name}”. I know: {', '.join(task.name for task in TASKS)}.")
    return task


__all__ = (
    "ANSWER",
    "CLASSIFY",
    "ENTITIES",
    "SENTIMENT",
    "SUMMARIZE",
    "TASKS",
    "TRANSLATE",
    "Call",
    "Kind",
    "Leg",
    "Model",
    "NoOptions",
    "Plan",
    "Range",
    "Rows",
    "Task",
    "find",
)
