"""What the benchmarks share: models of known sizes, texts of known lengths, and how a run is told."""

import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from bot.request import Request
from bot.worker.door import Done, Worker

SIZES: Mapping[str, dict[str, int]] = {
    "minilm": {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536},
    "distilbert": {"hidden_size": 768, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 3072},
    "bert-large": {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096},
    "small": {"hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 1024},
}
WORDS = [a + b + c + d for a in "bcdfghklmnprst" for b in "aeiou" for c in "bdfgklmnprst" for d in "aeiou"]


def classifier(
    folder: Path,
    size: str = "minilm",
    *,
    seed: int = 0,
    vocabulary: int = 30_000,
    head: type[PreTrainedModel] = BertForSequenceClassification,
) -> Path:
    """An untrained BERT of a known size, which takes as long as a trained one."""
    torch.manual_seed(seed)
    _tokenizer(vocabulary).save_pretrained(folder)
    head(BertConfig(vocab_size=vocabulary, initializer_range=0.1, **SIZES[size])).save_pretrained(folder)
    return folder


def writer(folder: Path, *, layers: int = 6, width: int = 512) -> Path:
    """An untrained T5 that always writes as much as it may."""
    torch.manual_seed(0)
    tokenizer = _tokenizer(30_000)
    tokenizer.eos_token = tokenizer.sep_token
    tokenizer.save_pretrained(folder)
    config = T5Config(
        vocab_size=30_000,
        d_model=width,
        d_ff=4 * width,
        num_layers=layers,
        num_heads=8,
        pad_token_id=0,
        eos_token_id=3,
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    model.generation_config.max_new_tokens = model.generation_config.min_new_tokens = 48
    model.generation_config.num_beams = 1
    model.save_pretrained(folder)
    return folder


def _tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """One token a word of `WORDS`."""
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    pieces = specials + WORDS + [f"[unused{number}]" for number in range(vocabulary - len(specials) - len(WORDS))]
    tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
        model_max_length=512,
    )


def text(tokens: int, chance: random.Random) -> str:
    """Words that make `tokens` tokens, with the two around them."""
    return " ".join(chance.choices(WORDS, k=max(tokens - 2, 1)))


def lengths(mix: str, count: int, chance: random.Random) -> list[int]:
    """Tokens of `count` texts: `lognormal` 5–200 as in chats, `uniform` 5–200, `short` 5–20 or `equal` 64."""
    if mix == "lognormal":
        return [round(min(max(chance.lognormvariate(3.3, 0.8), 5), 200)) for _ in range(count)]
    if mix == "uniform":
        return [chance.randint(5, 200) for _ in range(count)]
    if mix == "short":
        return [chance.randint(5, 20) for _ in range(count)]
    return [64] * count


async def answered(worker: Worker, request: Request) -> Done:
    """The end of `request`, which has to be an answer."""
    last = [event async for event in worker.submit(request)][-1]
    assert isinstance(last, Done), last
    return last


class Clock:
    """Wall and CPU seconds of a block."""

    def __enter__(self) -> "Clock":
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu


def interleaved(variants: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[Any]]:
    """What each variant gives, round by round: what the machine does beside falls on all of them alike."""
    results: dict[str, list[Any]] = {name: [] for name in variants}
    for number in range(rounds):
        names = list(variants)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            results[name].append(variants[name]())
    return results


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median, over the rounds, of how many times theirs ours is."""
    return round(statistics.median(our / their for our, their in zip(ours, theirs, strict=True)), 3)


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def tell(benchmark: str, figures: Mapping[str, Any]) -> None:
    """Print the figures, with what they were taken on."""
    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else platform.processor() or platform.machine()
    machine = {"device": device, "cores": os.cpu_count(), "torch_threads": torch.get_num_threads()}
    versions = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    print(json.dumps({"benchmark": benchmark, "machine": machine, "versions": versions, **figures}, indent=2))
