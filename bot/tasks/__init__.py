"""Every task the bot can do. Importing this loads neither torch nor transformers."""

from bot.errors import Refusal
from bot.tasks.audio import CLASSIFY_AUDIO, RECOGNIZE_AUDIO, SPEAK, TRANSCRIBE
from bot.tasks.decision import DECIDE
from bot.tasks.document import ASK_DOCUMENT, ASK_TABLE
from bot.tasks.generation import OMNI, REWRITE, WRITE
from bot.tasks.image import (
    ASK_IMAGE,
    CLASSIFY_IMAGE,
    COMPARE_IMAGES,
    CUTOUTS,
    DEPTH,
    DESCRIBE,
    FIND,
    GUESS,
    MATCH,
    OBJECTS,
    RECOGNIZE_IMAGE,
    REGIONS,
    UPSCALE,
)
from bot.tasks.options import NoOptions, Range
from bot.tasks.task import Call, Kind, Leg, Model, Plan, Rows, Task
from bot.tasks.text import ANSWER, CLASSIFY, COMPARE, ENTITIES, FILL, SENTIMENT, SUMMARIZE
from bot.tasks.translation import TRANSLATE
from bot.tasks.video import RECOGNIZE_VIDEO

TEXT: tuple[Task, ...] = (SENTIMENT, CLASSIFY, ENTITIES, ANSWER, SUMMARIZE, TRANSLATE, FILL, COMPARE)
WRITING: tuple[Task, ...] = (WRITE, REWRITE, DECIDE, OMNI)
PICTURES: tuple[Task, ...] = (
    DESCRIBE,
    ASK_IMAGE,
    GUESS,
    RECOGNIZE_IMAGE,
    CLASSIFY_IMAGE,
    OBJECTS,
    FIND,
    REGIONS,
    CUTOUTS,
    DEPTH,
    UPSCALE,
    COMPARE_IMAGES,
    MATCH,
)
SOUND: tuple[Task, ...] = (TRANSCRIBE, SPEAK, RECOGNIZE_AUDIO, CLASSIFY_AUDIO)
DOCUMENTS: tuple[Task, ...] = (ASK_DOCUMENT, ASK_TABLE, RECOGNIZE_VIDEO)

GROUPS: dict[str, tuple[Task, ...]] = {
    "Text": TEXT,
    "Writing": WRITING,
    "Pictures": PICTURES,
    "Sound": SOUND,
    "Documents and video": DOCUMENTS,
}
"""Every task, by what people bring or want."""

TASKS: tuple[Task, ...] = tuple(task for tasks in GROUPS.values() for task in tasks)

_BY_NAME = {name: task for task in TASKS for name in (task.name, task.command, *task.aliases)}


def find(name: str) -> Task:
    """The task of a Hugging Face name, an alias or a command (with or without its slash). Refusal if there is none."""
    wanted = name.removeprefix("/").strip()
    task = _BY_NAME.get(wanted)
    if task is None and (group := [task.command for task in TASKS if task.command.startswith(f"{wanted} ")]):
        raise Refusal(f"“{wanted}” is a group of commands. Say which, as one name: {', '.join(group)}.")
    if task is None:
        raise Refusal(f"There is no task “{name}”. I know: {', '.join(task.name for task in TASKS)}.")
    return task


__all__ = (
    "ANSWER",
    "ASK_DOCUMENT",
    "ASK_IMAGE",
    "ASK_TABLE",
    "CLASSIFY",
    "CLASSIFY_AUDIO",
    "CLASSIFY_IMAGE",
    "COMPARE",
    "COMPARE_IMAGES",
    "CUTOUTS",
    "DECIDE",
    "DEPTH",
    "DESCRIBE",
    "ENTITIES",
    "FILL",
    "FIND",
    "GROUPS",
    "GUESS",
    "MATCH",
    "OBJECTS",
    "OMNI",
    "RECOGNIZE_AUDIO",
    "RECOGNIZE_IMAGE",
    "RECOGNIZE_VIDEO",
    "REGIONS",
    "REWRITE",
    "SENTIMENT",
    "SPEAK",
    "SUMMARIZE",
    "TASKS",
    "TRANSCRIBE",
    "TRANSLATE",
    "UPSCALE",
    "WRITE",
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
