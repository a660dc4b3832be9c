"""Nothing that anybody writes becomes a part of a statement."""

import ast
import re
from pathlib import Path

import bot
from bot.request import Asker, Request
from bot.storage.storage import Storage

ROOT = Path(bot.__file__).parent
HOSTILE = "'); DROP TABLE journal; --"


async def test_what_looks_like_sql_is_text(storage: Storage) -> None:
    request = Request(HOSTILE, {HOSTILE: HOSTILE}, {HOSTILE: HOSTILE}, model=HOSTILE, asker=Asker(1), id=HOSTILE)
    await storage.journal.add(request)
    (entry,) = await storage.journal.unanswered()
    assert entry.request == request
    assert await storage.journal.find(HOSTILE) is not None
    assert await storage.journal.find("' OR '1'='1") is None
    storage.journal.strike(request)
    await storage.journal.settle()
    assert await storage.journal.unanswered() == []


def written_statements() -> list[str]:
    """Where the code gives a database a statement as text, but for those of a constant."""
    found = []
    for path in (ROOT / "storage").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            constant = bool(node.args) and isinstance(node.args[0], ast.Constant)
            raw = called.endswith(("text", "literal_column", "exec_driver_sql", "executescript"))
            if raw or (called == "cursor.execute" and not constant):
                found.append(f"{path.name}:{node.lineno}")
    return found


def test_statements_are_built_not_written() -> None:
    assert written_statements() == []
    users = [path for path in ROOT.rglob("*.py") if re.search(r"sqlalchemy|sqlite3", path.read_text())]
    assert {path.relative_to(ROOT).parts[0] for path in users} == {"storage"}
