"""Write the table of commands in README.md from the tasks themselves. Run by `make readme`; a test checks the table."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.tasks import Model

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BEGIN, END = "<!-- commands: written by `make readme` -->\n", "<!-- end of commands -->\n"


def table() -> str:
    from bot.tasks import TASKS

    rows = ["| command | what it does | task | model | on a GPU of 24 GB |", "| --- | --- | --- | --- | --- |"]
    for task in TASKS:
        given = " ".join(name if required else f"{name}?" for name, required in task.parameters().items())
        small = described(task.models.small) if task.models.small else "needs a GPU"
        gpu = described(task.models.gpu) if task.models.gpu else "the same"
        rows.append(f"| `/{task.command} {given}` | {task.summary} | {task.name} | {small} | {gpu} |")
    return "\n".join(rows) + "\n"


def described(model: "Model") -> str:
    # What nobody read on the model's own page is said to be so.
    sure = "" if model.verified else "?"
    return f"[{model.id}](https://huggingface.co/{model.id}), {model.licence}{sure}"


def written(readme: str) -> str:
    """`readme` with the table between its two marks."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(written(path.read_text()))
