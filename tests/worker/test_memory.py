from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import save_file

from bot.errors import Refusal
from bot.worker import memory
from bot.worker.hub import ModelFiles
from bot.worker.memory import free_memory, numbers_in, total_memory, weights_size

GIB = 2**30


def files(folder: Path) -> ModelFiles:
    return ModelFiles(folder, "foo/bar", "abc")


def test_weights_are_counted_as_they_will_be_loaded(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(3, 5), "number": torch.zeros(())}, tmp_path / "model-1.safetensors")
    save_file(
        {"b": torch.zeros(7, dtype=torch.bfloat16), "ids": torch.zeros(1, 11, dtype=torch.int64)},
        tmp_path / "model-2.safetensors",
    )
    numbers = numbers_in(files(tmp_path))
    assert numbers == {"F32": 16, "BF16": 7, "I64": 11}
    assert weights_size(numbers, 4) == (15 + 1 + 7) * 4 + 11 * 8
    assert weights_size(numbers, 2) == (15 + 1 + 7) * 2 + 11 * 8


@pytest.mark.parametrize("cut", [0, 4, 30, -1])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    save_file({"a": torch.zeros(3, 5)}, tmp_path / "model.safetensors")
    whole = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[:cut])
    with pytest.raises(Refusal, match="foo/bar can't be loaded: its weights are broken"):
        numbers_in(files(tmp_path))


def test_what_is_no_safetensors_is_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3, 5)}, tmp_path / "model.safetensors")
    with pytest.raises(Refusal, match="no safetensors"):
        numbers_in(files(tmp_path))


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One that may take 2 GiB and holds 1.5, half a GiB of which are files; on a machine with 8 GiB, 4 of them free."""
    machine = type("Machine", (), {"total": 8 * GIB, "available": 4 * GIB})
    monkeypatch.setattr(psutil, "virtual_memory", lambda: machine)
    monkeypatch.setattr(memory, "_CONTAINER", tmp_path)
    (tmp_path / "memory.max").write_text(f"{2 * GIB}\n")
    (tmp_path / "memory.current").write_text(f"{3 * GIB // 2}\n")
    (tmp_path / "memory.stat").write_text(f"anon {GIB}\ninactive_file {GIB // 2}\nactive_file 0\n")
    return tmp_path


def test_a_container_may_have_less_than_the_machine(container: Path) -> None:
    assert total_memory("cpu") == 2 * GIB
    assert free_memory("cpu") == GIB


def test_a_machine_may_have_less_than_its_container_allows(container: Path) -> None:
    (container / "memory.max").write_text(f"{32 * GIB}\n")
    assert total_memory("cpu") == 8 * GIB
    assert free_memory("cpu") == 4 * GIB


@pytest.mark.parametrize("limit", ["max\n", None])
def test_without_a_limit_the_machine_counts(container: Path, limit: str | None) -> None:
    if limit is None:
        (container / "memory.max").unlink()
    else:
        (container / "memory.max").write_text(limit)
    assert total_memory("cpu") == 8 * GIB
    assert free_memory("cpu") == 4 * GIB
