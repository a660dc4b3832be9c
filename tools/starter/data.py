"""The word lists and sentences that the starter models learn from, as they are written down in `data/`."""

import re
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"


def lines(name: str) -> list[str]:
    """The lines of the files whose names begin so (`entities/given` for `entities/given.txt`), without empty ones."""
    folder, stem = (DATA / name).parent, (DATA / name).name
    files = sorted(folder.glob(f"{stem}*"))
    assert files, f"there is no {name} in {DATA}"
    return [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def rows(name: str) -> list[list[str]]:
    """The same for tables: the cells of each line."""
    return [line.split("\t") for line in lines(name)]


def table(name: str) -> list[dict[str, str]]:
    """The same for a table with a head."""
    head, *body = rows(name)
    return [dict(zip(head, cells, strict=True)) for cells in body]


def blocks(name: str) -> Iterator[list[tuple[str, str]]]:
    """The blocks of a file that empty lines part, each as its lines' (what stands before the colon, and behind)."""
    folder, stem = (DATA / name).parent, (DATA / name).name
    for file in sorted(folder.glob(f"{stem}*")):
        for block in re.split(r"\n\s*\n", file.read_text(encoding="utf-8").strip()):
            pairs = (line.partition(":") for line in block.splitlines() if line.strip())
            yield [(key.strip(), value.strip()) for key, _, value in pairs]
