"""The defaults that write, and decide."""

from pathlib import Path
from typing import Any

import torch
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GenerationConfig,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

from tests.models.defaults.parts import ROBERTA, byte_pairs, random, save, sentence_pieces, write

WRITER = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.2,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": True,
}

QWEN = {"pad_token": "<|endoftext|>", "additional": "<|im_start|>", "eos_token": "<|im_end|>"}
CHAT = (
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
)
THINKING = (
    "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}"
)


def _qwen(folder: Path, model: type[PreTrainedModel], config: Any, template: str, **sampling: Any) -> None:
    marks = QWEN | {f"mark {number}": mark for number, mark in enumerate(("<think>", "</think>"))}
    tokens = byte_pairs(folder, marks)
    settings = {
        "add_bos_token": False,
        "add_prefix_space": False,
        "additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
        "bos_token": None,
        "chat_template": template,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 131072,
        "pad_token": "<|endoftext|>",
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }
    write(folder, "tokenizer_config.json", settings)
    (folder / "special_tokens_map.json").unlink()
    made = random(model, config(vocab_size=len(tokens), bos_token_id=0, eos_token_id=2, rope_theta=1e6, **WRITER))
    made.generation_config = GenerationConfig(
        bos_token_id=0, pad_token_id=0, eos_token_id=[2, 0], do_sample=True, **sampling
    )
    save(folder, made.to(torch.bfloat16))


def qwen3(folder: Path) -> None:
    """Qwen/Qwen3-0.6B and Qwen3-4B-Instruct-2507"""
    template = CHAT + THINKING + "{%- endif %}"
    _qwen(folder, Qwen3ForCausalLM, Qwen3Config, template, temperature=0.6, top_k=20, top_p=0.95)


def qwen2(folder: Path) -> None:
    """Qwen/Qwen2.5-0.5B-Instruct and -1.5B-Instruct"""
    sampling = {"repetition_penalty": 1.1, "temperature": 0.7, "top_p": 0.8, "top_k": 20}
    _qwen(folder, Qwen2ForCausalLM, Qwen2Config, CHAT + "{%- endif %}", **sampling)


SUMMARIZE = {"early_stopping": True, "length_penalty": 2.0, "max_length": 200, "min_length": 30, "num_beams": 4}
T5 = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}


def _t5(folder: Path, settings: dict[str, Any], **shape: Any) -> None:
    extra = [f"<extra_id_{number}>" for number in range(100)]
    tokens = sentence_pieces(
        folder,
        T5,
        ends="$A </s>",
        tokenizer_class="T5Tokenizer",
        model_max_length=512,
        extra_ids=100,
        additional_special_tokens=extra,
    )
    config = T5Config(
        vocab_size=tokens + 128,
        d_model=32,
        d_kv=16,
        d_ff=64,
        num_layers=2,
        num_heads=2,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
        n_positions=512,
        initializer_factor=4.0,
        **shape,
    )
    save(folder, random(T5ForConditionalGeneration, config), **settings)


def flan_t5(folder: Path) -> None:
    """google/flan-t5-base and -large"""
    _t5(folder, {}, feed_forward_proj="gated-gelu", tie_word_embeddings=False)


def t5_summaries(folder: Path) -> None:
    """Falconsai/text_summarization"""
    summarize = SUMMARIZE | {"no_repeat_ngram_size": 3, "prefix": "summarize: "}
    _t5(folder, {"task_specific_params": {"summarization": summarize}})


def bart(folder: Path) -> None:
    """facebook/bart-large-cnn, whose config.json also says how it should write."""
    tokens = byte_pairs(folder, ROBERTA, model_max_length=1024)
    config = BartConfig(
        vocab_size=len(tokens),
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        init_std=0.2,
    )
    written = {"early_stopping": True, "length_penalty": 2.0, "max_length": 142, "min_length": 56, "num_beams": 4}
    written |= {"no_repeat_ngram_size": 3, "forced_bos_token_id": 0}
    model = random(BartForConditionalGeneration, config)
    model.generation_config.update(**written)
    params = {name: value for name, value in written.items() if name != "forced_bos_token_id"}
    save(folder, model, **written, prefix=" ", task_specific_params={"summarization": params})
