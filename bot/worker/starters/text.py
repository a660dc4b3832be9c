"""Starter models for tasks with texts and tables."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForQuestionAnswering,
    BertModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
    TapasConfig,
    TapasForQuestionAnswering,
    TapasTokenizer,
)

from bot.worker.starters.tokenizers import WORDS, chat_tokenizer, letter_tokenizer

SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 512,
    # Wide enough that different inputs visibly get different answers.
    "initializer_range": 0.4,
}
"""The measures of a starter's transformer."""


def labelled(*labels: str) -> dict[str, Any]:
    """What a config says of its labels."""
    return {"id2label": dict(enumerate(labels)), "label2id": {label: n for n, label in enumerate(labels)}}


def _encoder(folder: Path, head: type[PreTrainedModel]) -> None:
    tokenizer = letter_tokenizer()
    head(BertConfig(vocab_size=len(tokenizer), **SMALL)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _question_answering(folder: Path) -> None:
    _encoder(folder, BertForQuestionAnswering)


def _fill_mask(folder: Path) -> None:
    _encoder(folder, BertForMaskedLM)


def _feature_extraction(folder: Path) -> None:
    _encoder(folder, BertModel)


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


def _chat(folder: Path) -> None:
    tokenizer = chat_tokenizer()
    config = LlamaConfig(
        **SMALL | {"max_position_embeddings": tokenizer.model_max_length},
        vocab_size=len(tokenizer),
        num_key_value_heads=1,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    model = LlamaForCausalLM(config)
    speak_in_words(model, tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def speak_in_words(model: Any, tokenizer: Any) -> None:
    """Let a model with `chat_tokenizer` write whole words, and come to an end."""
    said = tokenizer.convert_tokens_to_ids([tokenizer.eos_token, *(f" {word}" for word in WORDS)])
    model.generation_config.suppress_tokens = sorted(set(range(len(tokenizer))) - set(said))
    model.generation_config.max_new_tokens = 40


def _table_question_answering(folder: Path) -> None:
    vocabulary = folder / "vocab.txt"
    numbers = letter_tokenizer().get_vocab()
    vocabulary.write_text("\n".join([*sorted(numbers, key=numbers.__getitem__), "[EMPTY]"]), encoding="utf-8")
    tokenizer = TapasTokenizer(str(vocabulary), model_max_length=512)
    config = TapasConfig(
        **SMALL,
        vocab_size=len(tokenizer),
        type_vocab_sizes=[3, 256, 256, 2, 256, 256, 10],
        num_aggregation_labels=4,
        aggregation_labels={0: "NONE", 1: "SUM", 2: "AVERAGE", 3: "COUNT"},
        no_aggregation_label_index=0,
        select_one_column=True,
    )
    model = TapasForQuestionAnswering(config)
    # Untrained, it would hardly ever be sure enough of a cell.
    torch.nn.init.constant_(model.output_bias, 4.0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


BUILDERS: dict[str, Callable[[Path], None]] = {
    "decision": _chat,
    "feature-extraction": _feature_extraction,
    "fill-mask": _fill_mask,
    "question-answering": _question_answering,
    "table-question-answering": _table_question_answering,
    "text-generation": _chat,
    "text2text-generation": _text_to_text,
}
