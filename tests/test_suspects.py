from pathlib import Path

from bot.suspects import SIZE, Suspects


def test_the_next_process_finds_those_of_the_last_pass(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path / "data" / "under-way")
    assert suspects.found() == []
    suspects.note(["a" * 12, "b" * 12])
    suspects.note(["c"])
    assert Suspects(tmp_path / "data" / "under-way").found() == ["c"]
    suspects.note(())
    assert suspects.found() == []


def test_the_file_stays_small(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path / "under-way")
    suspects.note(f"{number:012x}" for number in range(10_000))
    assert (tmp_path / "under-way").stat().st_size == SIZE
    assert suspects.found()[:2] == ["000000000000", "000000000001"]


def test_where_it_cannot_be_written_nobody_is_suspected(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path / "under-way")
    (tmp_path / "under-way").unlink()
    suspects.note(["a"])
