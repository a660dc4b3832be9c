"""In which number format models compute."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch

FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

CLOSE = 0.02
"""How far a probability may be from float32's. No label whose lead is larger can lose it."""


def load_dtype(wanted: str, device: str) -> torch.dtype:
    """What models are loaded as, for `wanted`: auto or a name of `FORMATS`."""
    if wanted != "auto":
        return FORMATS[wanted]
    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.float32


def may_speed_up(wanted: str, device: str) -> bool:
    """Whether this is a CPU that computes bfloat16 natively, and the host left the choice to the bot."""
    can: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    native = any(can.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return wanted == "auto" and device == "cpu" and native


def agree(ours: Sequence[Any], theirs: Sequence[Any], tolerance: float) -> bool:
    """Whether two runs of the same rows gave the same probabilities, but for `tolerance`."""
    return all(_distance(our, their) <= tolerance for our, their in zip(ours, theirs, strict=True))


def _distance(ours: Any, theirs: Any) -> float:
    distances = [0.0]
    for name, value in ours.items():
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            # In a batch, padding may stand behind.
            other = theirs[name][tuple(slice(size) for size in value.shape)]
            if other.shape != value.shape:
                return math.inf
            distances.append(float((_probabilities(value) - _probabilities(other)).abs().max()))
    # NaN is no distance, but larger than any: `<=` is False for it.
    return max(distances, key=lambda distance: (distance != distance, distance))  # noqa: PLR0124


def _probabilities(logits: torch.Tensor) -> torch.Tensor:
    return logits.float().softmax(-1) if logits.shape[-1] > 1 else logits.float().sigmoid()
