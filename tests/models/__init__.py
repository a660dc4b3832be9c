"""Tiny models with random weights, for the real pipelines to load. Each function fills a folder."""

from pathlib import Path

import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertForTokenClassification,
    PreTrainedModel,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from bot.worker.starters.tokenizers import letter_tokenizer
from tests.models.text2text import m2m100, marian, mbart, nllb, t5, t5_pairs, t5_unbounded, t5_words

__all__ = (
    "answers",
    "entailment",
    "entities",
    "m2m100",
    "marian",
    "masked",
    "mbart",
    "nllb",
    "sentiment",
    "t5",
    "t5_pairs",
    "t5_unbounded",
    "t5_words",
    "unbounded",
    "wide",
)

SIZE = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
LABELS = {0: "positive", 1: "neutral", 2: "negative"}


def _encoder(folder: Path, head: type[PreTrainedModel], labels: dict[int, str] | None = None) -> None:
    torch.manual_seed(1)
    tokenizer = letter_tokenizer()
    named = {"id2label": labels, "label2id": {label: n for n, label in labels.items()}} if labels else {}
    head(BertConfig(vocab_size=len(tokenizer), initializer_range=0.4, **named, **SIZE)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def sentiment(folder: Path) -> None:
    _encoder(folder, BertForSequenceClassification, LABELS)


def entailment(folder: Path) -> None:
    _encoder(folder, BertForSequenceClassification, {0: "entailment", 1: "neutral", 2: "contradiction"})


def entities(folder: Path) -> None:
    _encoder(folder, BertForTokenClassification, dict(enumerate(("O", "B-PER", "I-PER", "B-LOC", "I-LOC"))))


def answers(folder: Path) -> None:
    _encoder(folder, BertForQuestionAnswering)


def masked(folder: Path) -> None:
    """A model of another task."""
    tokenizer = letter_tokenizer()
    BertForMaskedLM(BertConfig(vocab_size=len(tokenizer), **SIZE)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def unbounded(folder: Path) -> None:
    """A RoBERTa whose tokenizer doesn't know how far the model can see, as many on the Hub are."""
    torch.manual_seed(1)
    tokenizer = letter_tokenizer()
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=66,
        pad_token_id=1,
        type_vocab_size=1,
        id2label=LABELS,
        **SIZE,
    )
    RobertaForSequenceClassification(config).save_pretrained(folder)
    tokenizer.model_max_length = int(1e30)
    tokenizer.save_pretrained(folder)


def wide(folder: Path) -> None:
    """Its layers take 1 MB of memory a token."""
    torch.manual_seed(1)
    tokenizer = letter_tokenizer()
    size = SIZE | {"intermediate_size": 262_144, "hidden_size": 8, "num_hidden_layers": 1}
    BertForSequenceClassification(BertConfig(vocab_size=len(tokenizer), id2label=LABELS, **size)).save_pretrained(
        folder
    )
    tokenizer.save_pretrained(folder)
