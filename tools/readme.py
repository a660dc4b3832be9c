"""Write the table of commands in README.md from the tasks themselves. Run by `make readme`; a test checks the table."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BEGIN, END = "<!-- commands: written by `make readme` -->\n", "<!-- end of commands -->\n"


def table() -> str:
    from bot.tasks import TASKS

    rows = ["| command | what it does | task | model |", "| --- | --- | --- | --- |"]
    for task in TASKS:
        given = " ".join(name if required else f"{name}?" for name, required in task.parameters().items())
        # What nobody read on the model's own page is said to be so.
        sure = "" if task.model.verified else " (licence not checked)"
        model = f"[{task.model.id}](https://huggingface.co/{task.model.id}), {task.model.licence}{sure}"
        rows.append(f"| `/{task.command} {given}` | {task.summary} | {task.name} | {model} |")
    return "\n".join(rows) + "\n"


def written(readme: str) -> str:
    """`readme` with the table between its two marks."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(written(path.read_text()))
