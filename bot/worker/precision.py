"""In which number format models compute."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from bot.answers import Text, Transcript
from bot.tasks import Rows, Task

FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

CLOSE = 0.02
"""How far a probability may be from float32's."""

ROUNDING = 1e-4
"""How far a float32 number may be from another way of computing it, as a share of the largest beside it."""


def load_dtype(wanted: str, device: str, task: Task) -> torch.dtype:
    """What models of `task` are loaded as, for `wanted`: auto or a name of `FORMATS`.

    On a GPU those that read or write text are rounded; the others are small, and a picture or a sound shows it.
    """
    if wanted != "auto":
        return FORMATS[wanted]
    if device == "cuda" and (task.rows is Rows.TOKENS or task.gives in {Text, Transcript}):
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.float32


def may_speed_up(wanted: str, device: str) -> bool:
    """Whether this is a CPU that computes bfloat16 natively, and the host left the choice to the bot."""
    can: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    native = any(can.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return wanted == "auto" and device == "cpu" and native


def agree(ours: Sequence[Any], theirs: Sequence[Any], tolerance: float) -> bool:
    """Whether two runs of the same rows gave the same probabilities, but for `tolerance`."""
    return _all_within(tolerance, ours, theirs, _between_probabilities)


def same(ours: Sequence[Any], theirs: Sequence[Any]) -> bool:
    """Whether two runs of the same rows gave the same numbers, but for what is lost in rounding float32."""
    return _all_within(ROUNDING, ours, theirs, _between_numbers)


def _all_within(
    tolerance: float,
    ours: Sequence[Any],
    theirs: Sequence[Any],
    between: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
) -> bool:
    for our, their in zip(ours, theirs, strict=True):
        for name, value in our.items():
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                # In a batch, padding may stand behind.
                other = their[name][tuple(slice(size) for size in value.shape)]
                # NaN is within nothing.
                if other.shape != value.shape or not between(value.float(), other.float()).max() <= tolerance:
                    return False
    return True


def _between_probabilities(ours: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
    one = ours.shape[-1] == 1
    return (ours.sigmoid() - theirs.sigmoid() if one else ours.softmax(-1) - theirs.softmax(-1)).abs()


def _between_numbers(ours: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
    return (ours - theirs).abs() / ours.abs().max()
