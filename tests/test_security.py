"""`docs/security.md` names a test for each threat."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
THREATS = [line for line in PAGE.splitlines() if line.startswith("| **")]


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda it: Path(it).stem)
def test_a_test_that_is_named_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {it.name for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_threat_names_one() -> None:
    assert len(THREATS) >= 11
    assert [line[:60] for line in THREATS if "::" not in line.rpartition(" | ")[2]] == []
