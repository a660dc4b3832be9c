"""Tiny models with random weights, for the real pipelines to load. Each function fills a folder."""

from pathlib import Path

import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from bot.worker.starter import letter_tokenizer

SIZE = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
LABELS = {0: "positive", 1: "neutral", 2: "negative"}


def sentiment(folder: Path) -> None:
    torch.manual_seed(1)
    tokenizer = letter_tokenizer()
    config = BertConfig(vocab_size=len(tokenizer), id2label=LABELS, initializer_range=0.4, **SIZE)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


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
