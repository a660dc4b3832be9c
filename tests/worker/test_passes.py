from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import torch

from bot.errors import Cancelled, Refusal
from bot.tasks import SENTIMENT
from bot.worker.batches import forward, length
from bot.worker.device import Device
from bot.worker.hub import ModelFiles
from bot.worker.loading import Loaded
from bot.worker.passes import DeviceBroken, run, understood
from bot.worker.rows import Rows
from bot.worker.trial import bring_in
from tests import models

Row = dict[str, Any]


@pytest.fixture
def loaded(model: Callable[..., Path]) -> Loaded:
    return bring_in(SENTIMENT, ModelFiles(model(models.sentiment), "m", None), Device("cpu", "a test's"), "float32")


def rows_of(loaded: Loaded, lengths: list[int]) -> list[Row]:
    """Of so many tokens, two of which are special ones."""
    made = [Rows(loaded, {"text": chr(ord("a") + n) * (size - 2)}, {}) for n, size in enumerate(lengths)]
    rows = [one.rows[0] for one in made]
    assert [length(row) for row in rows] == lengths
    return rows


def no_room() -> bool:
    return False


class Memory:
    """The device's, in tokens of a pass."""

    def __init__(self, loaded: Loaded, monkeypatch: pytest.MonkeyPatch, holds: int, error: Exception) -> None:
        self.holds = holds
        self.passes: list[int] = []
        model = loaded.pipeline.model
        whole = model.forward

        @wraps(whole)
        def limited(*args: Any, **kwargs: Any) -> Any:
            self.passes.append(int(kwargs["attention_mask"].sum()))
            if self.passes[-1] > self.holds:
                raise error
            return whole(*args, **kwargs)

        monkeypatch.setattr(model, "forward", limited)


def same(output: Any, other: Any) -> bool:
    return torch.allclose(output["logits"], other["logits"], rtol=1e-5, atol=1e-5)


def test_a_row_that_raises_fails_alone(loaded: Loaded) -> None:
    rows = rows_of(loaded, [5, 9, 4, 7, 5])
    alone = [forward(loaded.pipeline, [row], {})[0] for row in rows]
    broken = rows[3]["input_ids"].clone()
    broken[0, 2] = 10**6
    rows[3] = {**rows[3], "input_ids": broken}
    outputs = run(loaded, rows, {}, no_room)
    assert isinstance(outputs[3], IndexError)
    assert all(same(outputs[number], alone[number]) for number in (0, 1, 2, 4))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes"),
        MemoryError(),
    ],
    ids=["torch", "CUDA", "CPU", "Python"],
)
def test_every_way_of_saying_that_there_is_no_memory_is_understood(error: Exception) -> None:
    assert isinstance(understood(error), MemoryError)


def test_what_says_nothing_of_memory_or_device_stays_what_it_is() -> None:
    error = RuntimeError("The size of tensor a (3) must match the size of tensor b (4)")
    assert understood(error) is error


def test_out_of_memory_halves_the_pass_and_those_that_follow(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(loaded, [20] * 8)
    alone = [forward(loaded.pipeline, [row], {})[0] for row in rows]
    before = loaded.budget
    memory = Memory(loaded, monkeypatch, 100, torch.OutOfMemoryError("CUDA out of memory."))
    outputs = run(loaded, rows, {}, no_room)
    assert memory.passes == [160, 80, 80]
    assert all(same(output, own) for output, own in zip(outputs, alone, strict=True))
    assert (before, loaded.most, loaded.budget) == (256, 80, 80)
    memory.holds = 30
    run(loaded, rows[:4], {}, no_room)
    assert loaded.most == 20


def test_what_was_learned_of_the_memory_is_not_forgotten_for_a_larger_pass(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(loaded, [10, 10, 100, 100])
    Memory(loaded, monkeypatch, 15, torch.OutOfMemoryError())
    run(loaded, rows, {}, no_room)
    assert loaded.most == 10


def test_a_single_row_that_has_no_room_asks_for_some(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = rows_of(loaded, [90])
    (alone,) = forward(loaded.pipeline, [row], {})
    most = loaded.most
    memory = Memory(loaded, monkeypatch, 50, torch.OutOfMemoryError())
    evicted: list[int] = []

    def make_room() -> bool:
        evicted.append(memory.holds)
        memory.holds += 25
        return True

    (output,) = run(loaded, [row], {}, make_room)
    assert same(output, alone)
    assert evicted == [50, 75]
    assert loaded.most == most, "a long text says nothing of how many short ones go together"


def test_where_there_is_no_room_to_be_made_it_is_refused(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(loaded, [90, 20])
    alone = forward(loaded.pipeline, [rows[1]], {})[0]
    Memory(loaded, monkeypatch, 50, torch.OutOfMemoryError())
    refused, output = run(loaded, rows, {}, no_room)
    assert isinstance(refused, Refusal)
    assert "more memory than this machine has free" in refused.sentence
    assert same(output, alone)


def test_a_device_that_broke_is_not_tried_again(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    error = RuntimeError("CUDA error: an illegal memory access was encountered")
    memory = Memory(loaded, monkeypatch, 0, error)
    with pytest.raises(DeviceBroken):
        run(loaded, rows_of(loaded, [5, 5]), {}, no_room)
    assert memory.passes == [10]


def test_a_pass_that_nobody_wants_any_more_is_not_tried_again(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[bool] = []

    def unwanted() -> bool:
        looks.append(len(looks) == 2)
        return looks[-1]

    rows = rows_of(loaded, [5, 5])
    loaded.brake.arm(unwanted)
    with pytest.raises(Cancelled):
        run(loaded, rows, {}, no_room)
    assert looks == [False, False, True]
    loaded.brake.arm(None)
    assert not any(isinstance(output, Exception) for output in run(loaded, rows, {}, no_room))
