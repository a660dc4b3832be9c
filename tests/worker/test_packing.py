from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import (
    AlbertConfig,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    BertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    ModernBertConfig,
    RobertaConfig,
    XLMRobertaConfig,
)

from bot.errors import Cancelled
from bot.worker.cancelling import Brake
from bot.worker.packing import Packing

WORDS, POSITIONS = 60, 44
SIZE: dict[str, Any] = {
    "vocab_size": WORDS,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.2,
}
SEEN: dict[str, Any] = SIZE | {"max_position_embeddings": POSITIONS, "num_labels": 3}

ENCODERS: dict[str, Any] = {
    "BERT": BertConfig(**SEEN),
    "RoBERTa": RobertaConfig(pad_token_id=1, type_vocab_size=1, **SEEN),
    "XLM-RoBERTa": XLMRobertaConfig(pad_token_id=1, type_vocab_size=1, **SEEN),
    "DistilBERT": DistilBertConfig(
        vocab_size=WORDS,
        dim=32,
        n_layers=3,
        n_heads=2,
        hidden_dim=64,
        max_position_embeddings=POSITIONS,
        initializer_range=0.2,
        num_labels=3,
    ),
    "ELECTRA": ElectraConfig(embedding_size=16, **SEEN),
}
LENGTHS = (37, 3, 20, 1, 30, 41)
"""Together more than a model has positions."""


def model_of(config: Any, *, tokens: bool = False) -> Any:
    torch.manual_seed(1)
    head = AutoModelForTokenClassification if tokens else AutoModelForSequenceClassification
    return head.from_config(config).eval()


def texts(lengths: Sequence[int] = LENGTHS) -> list[torch.Tensor]:
    torch.manual_seed(2)
    return [torch.randint(5, WORDS, (length,)) for length in lengths]


@torch.inference_mode()
def logits(model: Any, rows: list[torch.Tensor], **further: list[torch.Tensor]) -> list[torch.Tensor]:
    """Of each of `rows` in one pass, without what stands for padding."""
    given = {name: pad_sequence(values, batch_first=True) for name, values in further.items()}
    output = model(
        input_ids=pad_sequence(rows, batch_first=True, padding_value=model.config.pad_token_id),
        attention_mask=pad_sequence([torch.ones_like(row) for row in rows], batch_first=True),
        **given,
    ).logits
    return [row[: len(own)] if output.dim() == 3 else row for row, own in zip(output, rows, strict=True)]


def each_alone(model: Any, rows: list[torch.Tensor]) -> list[torch.Tensor]:
    return [output for row in rows for output in logits(model, [row])]


def assert_same(ours: list[torch.Tensor], theirs: list[torch.Tensor]) -> None:
    for our, their in zip(ours, theirs, strict=True):
        assert our.shape == their.shape
        torch.testing.assert_close(our, their, rtol=1e-5, atol=1e-5 * float(their.abs().max()))


@contextmanager
def packed(model: Any, *, first_only: bool) -> Iterator[Any]:
    packing = Packing(model, first_only=first_only)
    yield model
    packing.remove(model)


HEADS = [(False, True), (False, False), (True, False)]
"""Whether the head looks at every token, and whether it is handed only the first."""


@pytest.mark.parametrize(("tokens", "first_only"), HEADS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_text_gets_the_same_in_a_packed_pass_as_alone(encoder: str, tokens: bool, first_only: bool) -> None:
    model = model_of(ENCODERS[encoder], tokens=tokens)
    rows = texts()
    alone = each_alone(model, rows)
    assert float((alone[0][0] - alone[1][0]).abs().max()) > 0.01, "they can be told apart"
    with packed(model, first_only=first_only):
        assert_same(logits(model, rows), alone)
        assert_same(logits(model, rows[::-1]), alone[::-1])
        assert_same(each_alone(model, rows), alone)


def test_pairs_keep_their_token_types() -> None:
    model = model_of(ENCODERS["BERT"])
    rows = texts()
    types = [(torch.arange(len(row)) > len(row) // 2).long() for row in rows]
    alone = [
        output for row, kind in zip(rows, types, strict=True) for output in logits(model, [row], token_type_ids=[kind])
    ]
    with packed(model, first_only=True):
        assert_same(logits(model, rows, token_type_ids=types), alone)


@pytest.mark.parametrize("encoder", ["RoBERTa", "XLM-RoBERTa"])
def test_padding_tokens_that_somebody_typed_are_text(encoder: str) -> None:
    model = model_of(ENCODERS[encoder], tokens=True)
    rows = texts()
    rows[0][3], rows[2][5:9], rows[4][-1] = 1, 1, 1
    alone = each_alone(model, rows)
    with packed(model, first_only=False):
        assert_same(logits(model, rows), alone)
        assert_same(each_alone(model, rows), alone)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_what_a_tokenizer_padded_is_not_looked_at(encoder: str) -> None:
    """token-classification pads the last part of a long text to the length of the others."""
    model = model_of(ENCODERS[encoder], tokens=True)
    (row,) = texts([20])
    (alone,) = logits(model, [row])
    padding = torch.full((9,), model.config.pad_token_id)
    mask = torch.cat([torch.ones_like(row), torch.zeros_like(padding)])
    with packed(model, first_only=False), torch.inference_mode():
        output = model(input_ids=torch.cat([row, padding])[None], attention_mask=mask[None]).logits
    assert_same([output[0][:20]], [alone])


@pytest.mark.parametrize(
    "config",
    [
        DebertaV2Config(relative_attention=True, pos_att_type=["p2c", "c2p"], position_biased_input=False, **SEEN),
        ModernBertConfig(**SIZE, pad_token_id=0, bos_token_id=2, eos_token_id=3, cls_token_id=2, sep_token_id=3),
    ],
    ids=["an attention of its own", "layers that look at a part of the text"],
)
def test_what_can_not_be_packed_is_refused_and_left_as_it_was(config: Any) -> None:
    model = model_of(config)
    before = each_alone(model, texts())
    with pytest.raises(ValueError, match="can't be packed"):
        Packing(model, first_only=True)
    for ours, theirs in zip(each_alone(model, texts()), before, strict=True):
        assert torch.equal(ours, theirs)


def hooks(model: Any) -> int:
    return sum(len(part._forward_pre_hooks) + len(part._forward_hooks) for part in model.modules())


@pytest.mark.parametrize(
    "config", [*ENCODERS.values(), AlbertConfig(embedding_size=16, **SEEN)], ids=lambda it: it.model_type
)
def test_removed_it_leaves_the_model_as_it_was(config: Any) -> None:
    model = model_of(config)
    before, attention, hooked = logits(model, texts()), model.config._attn_implementation, hooks(model)
    with packed(model, first_only=True):
        assert model.config._attn_implementation != attention
        logits(model, texts())
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(logits(model, texts()), before, strict=True))
    assert (model.config._attn_implementation, hooks(model)) == (attention, hooked)
    assert not any(hasattr(part, "packing") for part in model.modules())


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_pass_that_was_broken_off_leaves_nothing_for_the_next(encoder: str) -> None:
    model = model_of(ENCODERS[encoder], tokens=True)
    rows = texts()
    alone = each_alone(model, rows)
    brake = Brake(model)
    with packed(model, first_only=False):
        for following in (slice(1), slice(1, 4)):
            looks = iter([False, False, True])
            brake.arm(partial(next, looks))
            with pytest.raises(Cancelled):
                logits(model, rows)
            brake.arm(None)
            assert_same(logits(model, rows[following]), alone[following])
