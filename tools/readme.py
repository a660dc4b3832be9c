"""Write README.md's tables of commands, and docs/models.md, from the tasks. Run by `make readme`; a test checks it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.tasks import Model, Task

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
README, MODELS = ROOT / "README.md", ROOT / "docs" / "models.md"
BEGIN, END = "<!-- commands: written by `make readme` -->\n", "<!-- end of commands -->\n"

ABOUT_MODELS = """\
# Models

<!-- Written by `make readme`, from bot/tasks. -->

What answers where nobody names another model. There are two sets: **small** for any machine, **gpu** for an NVIDIA GPU
with 20 GB or more; a model for *both* is in both. `MODELSET` chooses the set, and `TASK_MODELS` puts a model of your
own in the place of any of these ([.env.example](../.env.example)).

- **A question mark behind a licence**: it was written down from memory, and nobody has read it on the model's own page
  yet; without a pinned revision, neither has anybody seen that the name is right. Look there before you rely on it.
- **Non-commercial**: whoever earns money with the bot has to choose another model for that task.
- **Download**: about how much it is. Where the column is empty, nobody wrote it down; whoever waits for a download is
  told its size in any case, and so is the log.
- **Revision**: pinned where transformers' own list of models names one. Elsewhere the first download settles it, in
  `data/models.lock.json`, and it stays that one.
- `/image ask` and `/omni` of the gpu set need the extra `vision`: `make install EXTRAS=vision`.
"""


def commands() -> str:
    """The tables of README.md, one a group."""
    from bot.tasks import GROUPS

    parts = []
    for group, tasks in GROUPS.items():
        rows = [f"### {group}", "", "| command | what it does | task |", "| --- | --- | --- |"]
        rows += [f"| `/{task.command} {_given(task)}` | {task.summary} | {task.name} |" for task in tasks]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def models() -> str:
    """docs/models.md."""
    from bot.tasks import GROUPS

    parts = [ABOUT_MODELS]
    for group, tasks in GROUPS.items():
        head = "| task | set | model | licence | download | revision |\n| --- | --- | --- | --- | --- | --- |"
        rows = [head, *(_row(task, which, model) for task in tasks for which, model in _defaults(task))]
        notes = [_choice(task) for task in tasks if task.other_models]
        parts.append("\n".join([f"## {group}", "", *rows, *notes]) + "\n")
    return "\n".join(parts)


def _given(task: "Task") -> str:
    return " ".join(name if required else f"{name}?" for name, required in task.parameters().items())


def _defaults(task: "Task") -> "Iterator[tuple[str, Model]]":
    both = task.models.gpu is None
    if task.models.small:
        yield "both" if both else "small", task.models.small
    if task.models.gpu:
        yield "gpu" if task.models.small else "gpu only", task.models.gpu


def _row(task: "Task", which: str, model: "Model") -> str:
    size = "" if model.size is None else _gigabytes(model.size)
    revision = f"`{model.revision}`" if model.revision else ""
    name = f"{task.name} `/{task.command}`" if which != "gpu" else ""
    link = f"[{model.id}](https://huggingface.co/{model.id})"
    return f"| {name} | {which} | {link} | {_licence(model)} | {size} | {revision} |"


def _licence(model: "Model") -> str:
    told = model.licence if model.verified else f"{model.licence}?"
    return f"{told}, **non-commercial**" if "-NC" in model.licence else told


def _choice(task: "Task") -> str:
    licences = " or ".join(sorted({model.licence for model in task.other_models}))
    return f"\n`/{task.command}` has {len(task.other_models)} more to choose from ({licences}). {task.chooses}"


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.2g} GB" if size >= 50_000_000 else f"{size / 1e6:.0f} MB"


def written(readme: str) -> str:
    """`readme` with the tables between its two marks."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{commands()}{END}{after}"


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
    MODELS.write_text(models())
