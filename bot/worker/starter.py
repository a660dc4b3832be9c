"""Starter models: tiny stand-ins, built on this machine, for where no real model can be had.

They are untrained: they show that everything between a member and a model works, and their answers mean nothing.
"""

import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from bot.tasks import Task

_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def starter_model(task: Task, parent: Path) -> Path:
    """The folder of the stand-in for `task` below `parent`, built at first use (under a second)."""
    folder = parent / task.name
    if not folder.exists():
        draft = parent / f"{task.name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            _BUILDERS[task.name](draft)
        draft.rename(folder)
    return folder


def letter_tokenizer() -> PreTrainedTokenizerFast:
    """One token a letter, in the scripts most members write; anything else, such as emoji, is unknown to it."""
    letters = [chr(code) for code in range(0x21, 0x0700) if unicodedata.category(chr(code))[0] in "LNP"]
    pieces = [*_SPECIALS, *letters, *("##" + letter for letter in letters)]
    tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", _SPECIALS.index("[CLS]")), ("[SEP]", _SPECIALS.index("[SEP]"))],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
        mask_token="[MASK]",  # noqa: S106
        model_max_length=512,
    )


def _text_classification(folder: Path) -> None:
    tokenizer = letter_tokenizer()
    labels = ("positive", "neutral", "negative")
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
        # Wide enough that different texts visibly get different scores.
        initializer_range=0.4,
        id2label=dict(enumerate(labels)),
        label2id={label: n for n, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


_BUILDERS: dict[str, Callable[[Path], None]] = {"text-classification": _text_classification}
