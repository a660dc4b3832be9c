"""Tiny encoder-decoder models, one of each way of naming languages."""

import io
import json
import string
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    M2M100Config,
    M2M100ForConditionalGeneration,
    M2M100Tokenizer,
    MarianConfig,
    MarianMTModel,
    MarianTokenizer,
    MBart50Tokenizer,
    MBartConfig,
    MBartForConditionalGeneration,
    NllbTokenizer,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from bot.worker.starters.tokenizers import letter_tokenizer

LETTERS = string.ascii_letters + string.digits + ".,:;!?'-ąćęłńóśźżäöüßéèà"
SPECIALS = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
BART: dict[str, Any] = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 128,
    "init_std": 0.4,
}


def _t5(folder: Path, window: int, tokenizer: PreTrainedTokenizerFast | None = None, **settings: Any) -> None:
    torch.manual_seed(1)
    if tokenizer is None:
        tokenizer = letter_tokenizer()
        tokenizer.eos_token = tokenizer.sep_token
    tokenizer.model_max_length = window
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
        initializer_factor=8.0,
        **settings,
    )
    T5ForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def word_tokenizer() -> PreTrainedTokenizerFast:
    """A token a word, of the few that it knows."""
    words = ["<pad>", "</s>", "<unk>", *("word", "shop", "one", "opens", "at", "the", "summarize", ":", ".")]
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")


def t5_words(folder: Path) -> None:
    """With a window of 512 words, for long texts."""
    _t5(
        folder, 512, word_tokenizer(), task_specific_params={"summarization": {"prefix": "summarize: ", "num_beams": 1}}
    )


def t5(folder: Path) -> None:
    """With a window of 128 tokens, and the settings by task that T5 and its kin come with."""
    summarize = {"prefix": "summarize: ", "max_length": 24, "min_length": 4, "num_beams": 2}
    french = {"prefix": "translate English to French: ", "max_length": 20, "num_beams": 2}
    _t5(folder, 128, task_specific_params={"summarization": summarize, "translation_en_to_fr": french})


def t5_pairs(folder: Path) -> None:
    """One that was never told about tasks, as Flan-T5."""
    _t5(folder, 128)


def t5_unbounded(folder: Path) -> None:
    """One whose tokenizer knows no limit."""
    _t5(folder, int(1e30), task_specific_params={"summarization": {"prefix": "summarize: ", "max_length": 20}})


def _pieces(path: Path) -> list[str]:
    """A sentencepiece model of one letter a piece, written to `path`; its pieces."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(LETTERS)] * 20),
        model_writer=written,
        model_type="char",
        vocab_size=len(LETTERS) + 4,
        character_coverage=1.0,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    path.write_bytes(written.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def marian(folder: Path) -> None:
    """A model of one pair."""
    torch.manual_seed(1)
    pieces = _pieces(folder / "source.spm")
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    plain = [piece for piece in pieces if piece not in {"<unk>", "<s>", "</s>"}]
    vocabulary = {piece: n for n, piece in enumerate(["</s>", "<unk>", *plain, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    tokenizer = MarianTokenizer(
        str(folder / "source.spm"), str(folder / "target.spm"), str(folder / "vocab.json"), model_max_length=128
    )
    end, pad = vocabulary["</s>"], vocabulary["<pad>"]
    config = MarianConfig(
        vocab_size=len(vocabulary),
        pad_token_id=pad,
        eos_token_id=end,
        decoder_start_token_id=pad,
        forced_eos_token_id=end,
        **BART,
    )
    _save(folder, MarianMTModel(config))
    tokenizer.save_pretrained(folder)


def m2m100(folder: Path) -> None:
    # With another one it may end before its first word.
    torch.manual_seed(2)
    pieces = _pieces(folder / "sentencepiece.bpe.model")
    plain = [piece for piece in pieces if piece not in SPECIALS]
    vocabulary = SPECIALS | {piece: n for n, piece in enumerate(plain, len(SPECIALS))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    tokenizer = M2M100Tokenizer(
        str(folder / "vocab.json"), str(folder / "sentencepiece.bpe.model"), src_lang="en", model_max_length=128
    )
    size = max(tokenizer.lang_token_to_id.values()) + 9
    _save(folder, M2M100ForConditionalGeneration(M2M100Config(vocab_size=size, **_SPECIAL_IDS, **BART)))
    tokenizer.save_pretrained(folder)


def nllb(folder: Path) -> None:
    torch.manual_seed(1)
    tokenizer = NllbTokenizer(vocab=_vocabulary(), merges=[], src_lang="eng_Latn", model_max_length=128)
    _save(folder, M2M100ForConditionalGeneration(M2M100Config(vocab_size=len(tokenizer), **_SPECIAL_IDS, **BART)))
    tokenizer.save_pretrained(folder)


def mbart(folder: Path) -> None:
    torch.manual_seed(1)
    vocabulary = [(piece, float(-n)) for piece, n in _vocabulary().items()]
    tokenizer = MBart50Tokenizer(vocab=vocabulary, src_lang="en_XX", model_max_length=128)
    _save(folder, MBartForConditionalGeneration(MBartConfig(vocab_size=len(tokenizer), **_SPECIAL_IDS, **BART)))
    tokenizer.save_pretrained(folder)


_SPECIAL_IDS: dict[str, Any] = {
    "bos_token_id": 0,
    "pad_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 2,
    "forced_eos_token_id": 2,
}


def _vocabulary() -> dict[str, int]:
    return SPECIALS | {piece: n for n, piece in enumerate(["▁", *LETTERS], len(SPECIALS))}


def _save(folder: Path, model: Any) -> None:
    # Untrained, it would write on past the positions it has.
    model.generation_config.max_length = 60
    model.save_pretrained(folder)
