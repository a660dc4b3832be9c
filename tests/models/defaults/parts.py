"""What folders of models are made of: the files that repositories on the Hub have, in the formats they have there."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedModel

LETTERS = [chr(code) for code in range(0x21, 0x7F)]
WORDS = "the a is and of Yes No query cat dog".split()
CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

ENCODER: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.2,
}
"""The measures of a tiny transformer."""


def write(folder: Path, name: str, content: Any) -> None:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def save(folder: Path, model: PreTrainedModel, **settings: Any) -> None:
    """Save a model. `settings` are what config.json says beside what transformers writes today; None is left out."""
    model.save_pretrained(folder)
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | settings
    write(folder, "config.json", {name: value for name, value in config.items() if value is not None})


def labels(*names: str) -> dict[str, Any]:
    return {"id2label": dict(enumerate(names)), "label2id": {name: number for number, name in enumerate(names)}}


def side(pixels: int) -> dict[str, int]:
    return {"height": pixels, "width": pixels}


def pictures(folder: Path, kind: str, **settings: Any) -> None:
    """preprocessor_config.json of an image processor, `kind`, as transformers 4 wrote it."""
    usual: dict[str, Any] = {
        "do_resize": True,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "resample": 2,
    }
    usual |= {"image_mean": MEAN, "image_std": STD, "image_processor_type": kind}
    write(folder, "preprocessor_config.json", usual | settings)


def clip_tokens(folder: Path, **settings: Any) -> int:
    """CLIP's tokenizer, a letter a piece: another one where a word ends. Its size."""
    ends = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    write(folder, "vocab.json", {piece: number for number, piece in enumerate(pieces)})
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    write(folder, "special_tokens_map.json", {"pad_token": "!", **ends})
    kind = {"tokenizer_class": "CLIPTokenizer", "do_lower_case": True, "errors": "replace", "add_prefix_space": False}
    write(folder, "tokenizer_config.json", {"pad_token": "!", **ends, **kind, **settings})
    return len(pieces)


def word_pieces(folder: Path, *, fast: bool = True, lower: bool = True, **settings: Any) -> int:
    """BERT's tokenizer, a letter a piece: vocab.txt, and tokenizer.json unless `fast` is False. Its size."""
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [*specials, *LETTERS, *("##" + letter for letter in LETTERS)]
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    if fast:
        tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        ends = [("[CLS]", 2), ("[SEP]", 3)]
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=ends
        )
        tokenizer.add_special_tokens(specials)
        tokenizer.save(str(folder / "tokenizer.json"))
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), specials, strict=True))
    write(folder, "special_tokens_map.json", names)
    usual = {"do_lower_case": lower, "model_max_length": 512, "tokenizer_class": "BertTokenizer"}
    write(folder, "tokenizer_config.json", usual | names | settings)
    return len(pieces)


def byte_pairs(folder: Path, specials: dict[str, str], *, fast: bool = True, **settings: Any) -> dict[str, int]:
    """GPT-2's tokenizer, a byte a piece: vocab.json and merges.txt, and tokenizer.json unless `fast` is False.

    `specials` are tokens by their name in the settings, the first ones of the vocabulary. The vocabulary.
    """
    marks = list(dict.fromkeys(specials.values()))
    words = [f"Ġ{word}" for word in WORDS] + WORDS
    merges: dict[str, str] = {}
    for word in words:
        for end in range(2, len(word) + 1):
            merges.setdefault(word[:end], f"{word[: end - 1]} {word[end - 1]}")
    pieces = dict.fromkeys([*marks, *sorted(pre_tokenizers.ByteLevel.alphabet()), *merges])
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    write(folder, "vocab.json", vocabulary)
    lines = ["#version: 0.2", *merges.values()]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if fast:
        pairs = [tuple(pair.split(" ")) for pair in merges.values()]
        tokenizer = Tokenizer(models.BPE(vocabulary, pairs))  # type: ignore[arg-type]  # each has two parts
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=bool(settings.get("add_prefix_space")))
        tokenizer.decoder = decoders.ByteLevel()
        if "cls_token" in specials:
            ends = (specials["sep_token"], vocabulary[specials["sep_token"]])
            begins = (specials["cls_token"], vocabulary[specials["cls_token"]])
            tokenizer.post_processor = processors.RobertaProcessing(ends, begins)
        tokenizer.add_special_tokens(
            [AddedToken(mark, special=True, lstrip=mark == specials.get("mask_token")) for mark in marks]
        )
        tokenizer.save(str(folder / "tokenizer.json"))
    write(folder, "special_tokens_map.json", specials)
    write(folder, "tokenizer_config.json", specials | settings)
    return vocabulary


ROBERTA = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
    "cls_token": "<s>",
    "sep_token": "</s>",
}


def sentence_pieces(folder: Path, specials: dict[str, str], *, ends: str, pair: str = "", **settings: Any) -> int:
    """A tokenizer of the kind that SentencePiece trains, a letter a piece: tokenizer.json. Its size.

    `specials` are tokens by their name in the settings, the first ones of the vocabulary; `ends` and `pair` are what is
    put around a text and around two, in words of `TemplateProcessing`.
    """
    marks = list(dict.fromkeys(specials.values()))
    pieces = [*((mark, 0.0) for mark in marks), ("▁", -2.0), *((letter, -4.0) for letter in LETTERS)]
    pieces += [(f"▁{word}", -3.0) for word in WORDS]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=marks.index(specials["unk_token"]), byte_fallback=False))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    numbered = [(mark, number) for number, mark in enumerate(marks)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=ends, pair=pair or f"{ends} {ends.replace('$A', '$B')}", special_tokens=numbered
    )
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    tokenizer.save(str(folder / "tokenizer.json"))
    write(folder, "special_tokens_map.json", specials)
    write(folder, "tokenizer_config.json", specials | settings)
    return len(pieces)


def random(model: type[PreTrainedModel], config: Any) -> Any:
    """A model with the same random weights every time."""
    torch.manual_seed(1)
    return model(config).eval()
