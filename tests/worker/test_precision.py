import math

import pytest
import torch

from bot.tasks import (
    ASK_IMAGE,
    DEPTH,
    OBJECTS,
    RECOGNIZE_AUDIO,
    SENTIMENT,
    SPEAK,
    TRANSCRIBE,
    UPSCALE,
    WRITE,
    Task,
)
from bot.worker.precision import agree, load_dtype, may_speed_up, same


def rows(*logits: list[float]) -> list[dict[str, object]]:
    return [{"logits": torch.tensor([row]), "text": "a", "mask": torch.tensor([[1]])} for row in logits]


def probabilities(*shares: float) -> list[float]:
    return [math.log(share) for share in shares]


def test_runs_agree_as_far_as_their_probabilities_do() -> None:
    ours = rows(probabilities(0.5, 0.5), probabilities(0.9, 0.1))
    theirs = rows(probabilities(0.5, 0.5), probabilities(0.88, 0.12))
    assert agree(ours, theirs, 0.021)
    assert not agree(ours, theirs, 0.019)
    assert not agree(theirs[::-1], ours[::-1], 0.019)
    assert agree(rows([5.0, 3.0]), rows([7.0, 5.0]), 1e-6), "these are the same probabilities"


def test_runs_are_the_same_as_far_as_their_numbers_are() -> None:
    assert same(rows([5.0, -3.0]), rows([5.0004, -3.0]))
    assert not same(rows([5.0, -3.0]), rows([5.001, -3.0]))
    assert not same(rows([50.0, 0.0]), rows([70.0, 0.0])), "though the probabilities are"
    assert not same(rows([math.nan, 0.0]), rows([math.nan, 0.0]))


def test_a_single_score_is_a_probability_too() -> None:
    assert agree(rows([0.0]), rows([0.01]), 0.02)
    assert not agree(rows([0.0]), rows([1.0]), 0.02)


@pytest.mark.parametrize("nothing", [math.nan, math.inf])
def test_what_is_no_number_never_agrees(nothing: float) -> None:
    good, bad = rows([0.0, 1.0], [0.0, 1.0]), rows([0.0, 1.0], [nothing, 1.0])
    for ours, theirs in ((good, bad), (bad, good), (bad, bad)):
        assert not agree(ours, theirs, 1.0)
    two = [{"start": row["logits"], "end": torch.zeros(1, 2)} for row in bad]
    assert not agree(two, two, 1.0)


def test_of_a_batch_what_stands_for_padding_is_left_out() -> None:
    alone = [{"logits": torch.tensor([[[0.0, 1.0], [2.0, 0.0]]])}]
    padded = [{"logits": torch.tensor([[[0.0, 1.0], [2.0, 0.0], [9.0, 9.0]]])}]
    assert agree(alone, padded, 1e-6)


def test_one_result_for_all_tokens_is_not_one_for_each() -> None:
    """Though they may all be the same."""
    each = [{"logits": torch.tensor([[[0.0, 9.0]] * 5])}]
    first = [{"logits": torch.tensor([[[0.0, 9.0]]])}]
    assert not agree(each, first, 0.02)


def test_the_format_is_the_hosts_or_what_the_gpu_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    for native, best in ((True, torch.bfloat16), (False, torch.float16)):

        def supported(including_emulation: bool = True, native: bool = native) -> bool:
            return native or including_emulation

        monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
        for task in (SENTIMENT, WRITE, TRANSCRIBE, ASK_IMAGE):
            assert load_dtype("auto", "cuda", task) == best
        assert load_dtype("float32", "cuda", SENTIMENT) == torch.float32
    assert load_dtype("auto", "cpu", SENTIMENT) == load_dtype("auto", "mps", SENTIMENT) == torch.float32
    assert load_dtype("bfloat16", "cpu", SENTIMENT) == torch.bfloat16
    assert load_dtype("float16", "cuda", DEPTH) == torch.float16


@pytest.mark.parametrize("task", [DEPTH, OBJECTS, SPEAK, RECOGNIZE_AUDIO, UPSCALE], ids=lambda task: task.name)
def test_pictures_and_sounds_are_not_rounded(task: Task) -> None:
    assert load_dtype("auto", "cuda", task) == torch.float32


@pytest.mark.parametrize(
    ("capabilities", "native"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, True),
        ({"avx512_bf16": False, "amx_bf16": True}, True),
        ({"bf16": True}, True),
        ({"avx2": True, "avx512_bf16": False}, False),
        ({}, False),
    ],
)
def test_only_a_cpu_that_computes_bfloat16_itself_may_be_sped_up(
    monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, bool], native: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert may_speed_up("auto", "cpu") is native
    assert not may_speed_up("auto", "cuda")
    assert not may_speed_up("float32", "cpu")


def test_an_older_torch_says_nothing_of_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert not may_speed_up("auto", "cpu")
