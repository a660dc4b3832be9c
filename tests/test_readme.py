"""The README says what there is."""

import importlib.util
from pathlib import Path

from bot.tasks import TASKS

ROOT = Path(__file__).parent.parent


def test_the_table_of_commands_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("readme", ROOT / "tools" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    readme = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(readme)
    text = (ROOT / "README.md").read_text()
    assert text == readme.written(text), "run `make readme`"
    assert all(f"`/{task.command} " in text for task in TASKS)
