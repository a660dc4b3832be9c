"""What the training of every starter model has in common."""

import math
import random
import string
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

SEED = 5
LONGEST = 512
"""Tokens that a model reads at once."""
Batch = dict[str, torch.Tensor]
Trained = tuple[Any, PreTrainedTokenizerFast]


def randomness(name: str) -> random.Random:
    """The random numbers of one model's data: the same at every run."""
    torch.manual_seed(SEED)
    return random.Random(f"{name} {SEED}")


def wordpieces(texts: Iterator[str], size: int, *, cased: bool, marked: bool = False) -> PreTrainedTokenizerFast:
    """A tokenizer like BERT's, of the pieces that are frequent in `texts`.

    Args:
        cased: whether capitals and small letters are different.
        marked: whether a word with a capital has a sign of its own before it, and is the same word else.
    """
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    folded: list[Any] = [normalizers.NFD(), normalizers.StripAccents()]
    if marked:
        folded += [normalizers.Replace(Regex(rf"\b{it}"), f"^{it.lower()}") for it in string.ascii_uppercase]
    tokenizer.normalizer = normalizers.Sequence([*folded, *([] if cased else [normalizers.Lowercase()])])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=specials, initial_alphabet=_ALPHABET, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "attention_mask"],
        model_max_length=LONGEST,
    )


_ALPHABET = [chr(code) for code in range(0x21, 0x7F)]


def fit(
    model: torch.nn.Module,
    batches: Iterator[Batch],
    *,
    steps: int,
    rate: float,
    loss: Callable[[Any, Batch], torch.Tensor] = lambda output, _: output.loss,
) -> None:
    """Train `model` on `steps` of `batches` with AdamW, the rate rising over a twentieth of them and then falling to 0.

    Args:
        rate: the highest learning rate.
        loss: of the model's output and its batch; the model's own where nothing else is said. What the batch names
            `wanted` is for this function alone.
    """
    model.train()
    groups = [
        {"params": [it for it in model.parameters() if it.ndim >= 2], "weight_decay": 0.05},
        {"params": [it for it in model.parameters() if it.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-8)

    def pace(step: int) -> float:
        warm = max(1, steps // 20)
        return min((step + 1) / warm, 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps))))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, pace)
    began, recent = time.monotonic(), 0.0
    for step, batch in zip(range(1, steps + 1), batches, strict=False):
        asked = {name: part for name, part in batch.items() if name != "wanted"}
        told_loss = loss(model(**asked), batch)
        told_loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        recent = float(told_loss.detach()) if step == 1 else 0.98 * recent + 0.02 * float(told_loss.detach())
        if step % max(1, steps // 8) == 0:
            print(f"step {step} of {steps}, {time.monotonic() - began:.0f} s, loss {recent:.3f}", flush=True)
    model.eval()


def save(model: Any, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """In half precision, as it ships."""
    weights = model.half().state_dict()
    if not model.config.tie_word_embeddings:
        # Encoder and decoder then have words of their own, and nobody uses those of both.
        weights.pop("model.shared.weight", None)
    model.save_pretrained(folder, state_dict=weights)
    (folder / "model.safetensors").chmod(0o644)
    # What the last batch was cut to and padded with is no part of it.
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.save_pretrained(folder)
    model.float()
