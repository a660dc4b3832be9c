"""Encoders without padding: a batch's tokens stand in one row, and attention runs over each text apart.

By transformers' `AttentionInterface`. A batch still comes and goes padded, so that heads and pipelines needn't know.
"""

import inspect
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.utils.rnn import pad_sequence
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface

NAME = "packed"


class Packing:
    """Packs what goes through a model's encoder. Only for the one thread that runs the model.

    ValueError where the model has no such attention. Whether the answers stay the same depends on the architecture:
    compare before you trust it.

    Args:
        first_only: hand only the first token of each text to the head, which is all that most classifiers look at.
    """

    def __init__(self, model: Any, *, first_only: bool) -> None:
        base = model.base_model
        windowed = getattr(model.config, "sliding_window", None)  # ModernBERT's layers look at a part of the text
        if base is model or windowed or not getattr(model, "_supports_attention_backend", False):
            raise ValueError(f"{type(model).__name__} can't be packed")
        self._base = base
        self._first_only = first_only
        self._names = list(inspect.signature(base.forward).parameters)
        self._padding_index = padding_index(base)
        self._lengths: list[int] = []
        self._implementation = model.config._attn_implementation  # noqa: SLF001 - there is no public way to read it
        model.set_attn_implementation(NAME)
        for module in base.modules():
            module.packing = self
        self._hooks = [
            base.register_forward_pre_hook(self._pack, with_kwargs=True),
            base.register_forward_hook(self._unpack),
        ]

    def remove(self, model: Any) -> None:
        """Leave `model` as it was."""
        for hook in self._hooks:
            hook.remove()
        for module in self._base.modules():
            del module.packing
        model.set_attn_implementation(self._implementation)

    def attend(self, query: Any, key: Any, value: Any, scale: float | None) -> Any:
        """Attention of [rows, heads, tokens, width], each text to itself."""
        if not self._lengths:
            return scaled_dot_product_attention(query, key, value, scale=scale)
        texts = zip(*(part.split(self._lengths, dim=2) for part in (query, key, value)), strict=True)
        return torch.cat([scaled_dot_product_attention(q, k, v, scale=scale) for q, k, v in texts], dim=2)

    def _pack(self, _base: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        kwargs |= dict(zip(self._names, args, strict=False))
        mask = kwargs.get("attention_mask")
        if mask is None or (mask.shape[0] == 1 and mask.all()):
            # One text is in no need of it, unless its tokenizer padded it. A pass that was broken off may have left its
            # lengths.
            self._lengths = []
            return (), kwargs
        self._lengths = mask.sum(1).tolist()
        there = mask.bool()
        packed = {
            name: value[there][None] if isinstance(value, torch.Tensor) and value.shape == mask.shape else value
            for name, value in kwargs.items()
        }
        positions = self._positions(kwargs["input_ids"], mask)[there][None]
        return (), packed | {"attention_mask": None, "position_ids": positions}

    def _positions(self, ids: Any, mask: Any) -> Any:
        if not self._padding_index:
            return mask.cumsum(1) - 1
        # RoBERTa and its kin count from behind the padding index, and don't count padding tokens that somebody typed.
        counted = (ids != self._padding_index).long()
        return counted.cumsum(1) * counted + self._padding_index

    def _unpack(self, base: Any, _args: Any, output: Any) -> Any:
        if not self._lengths:
            return None
        states = output.last_hidden_state[0]
        if self._first_only:
            ends = torch.tensor(self._lengths, device=states.device).cumsum(0)
            output.last_hidden_state = states[ends - ends.diff(prepend=ends.new_zeros(1))][:, None]
        else:
            output.last_hidden_state = pad_sequence(states.split(self._lengths), batch_first=True)
        if getattr(base, "pooler", None) is not None:
            output.pooler_output = base.pooler(output.last_hidden_state)
        self._lengths = []
        return output


def padding_index(model: Any) -> int:
    """What a model's position embeddings keep for padding: RoBERTa's and its kin's count from behind it; else 0."""
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding):
            return module.padding_idx or 0
    return 0


def _packed_attention(
    module: Any, query: Any, key: Any, value: Any, _mask: Any, scaling: float | None = None, **_: Any
) -> tuple[Any, None]:
    attended = module.packing.attend(query, key, value, scaling)
    return attended.transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, _packed_attention)
AttentionMaskInterface.register(NAME, lambda *_, **__: None)
