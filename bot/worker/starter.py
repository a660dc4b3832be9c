"""Starter models: tiny stand-ins, built on this machine, for where no real model can be had.

They are untrained: they show that everything between a member and a model works, and their answers mean nothing.
"""

import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertForTokenClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

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
    tokenizer.decoder = decoders.WordPiece()
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


_ENCODER: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 512,
    # Wide enough that different texts visibly get different answers.
    "initializer_range": 0.4,
}


def _encoder(folder: Path, head: type[PreTrainedModel], labels: tuple[str, ...] = ()) -> None:
    tokenizer = letter_tokenizer()
    named = {"id2label": dict(enumerate(labels)), "label2id": {label: n for n, label in enumerate(labels)}}
    head(BertConfig(vocab_size=len(tokenizer), **_ENCODER, **(named if labels else {}))).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _text_classification(folder: Path) -> None:
    _encoder(folder, BertForSequenceClassification, ("positive", "neutral", "negative"))


def _zero_shot_classification(folder: Path) -> None:
    _encoder(folder, BertForSequenceClassification, ("entailment", "neutral", "contradiction"))


def _token_classification(folder: Path) -> None:
    _encoder(folder, BertForTokenClassification, ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"))


def _question_answering(folder: Path) -> None:
    _encoder(folder, BertForQuestionAnswering)


def _text_to_text(folder: Path) -> None:
    tokenizer = letter_tokenizer()
    tokenizer.eos_token = tokenizer.sep_token
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=16,
        d_ff=64,
        num_layers=2,
        num_heads=2,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    model = T5ForConditionalGeneration(config)
    # Untrained, it would hardly ever come to an end.
    model.generation_config.max_new_tokens = 40
    model.generation_config.num_beams = 1
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


_BUILDERS: dict[str, Callable[[Path], None]] = {
    "question-answering": _question_answering,
    "summarization": _text_to_text,
    "text-classification": _text_classification,
    "token-classification": _token_classification,
    "translation": _text_to_text,
    "zero-shot-classification": _zero_shot_classification,
}
