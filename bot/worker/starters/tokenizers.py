"""Tokenizers for starter models: they know letters, and need no training."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

WORDS = (
    *("and but or the a one two some every no this that here there now soon never often").split(),
    *("is was has had can will said saw made took went came knows likes finds keeps").split(),
    *("cat dog bird fish tree river hill house door window road boat train song story book").split(),
    *("morning evening winter summer rain snow wind sun moon star sea garden table bread tea").split(),
    *("red blue green small big old new quiet bright warm cold slow quick kind funny round").split(),
    *("in on under over with near behind between about from into again together also").split(),
)
"""What the chat models' tokenizer knows whole, so that their answers read like words, though they mean nothing."""

_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_CHAT_SPECIALS = ["[PAD]", "[UNK]", "<|im_start|>", "<|im_end|>"]
_CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'text' %}{{ part['text'] }}{% else %}<{{ part['type'] }}>{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def letter_tokenizer(*, longest: int = 512) -> PreTrainedTokenizerFast:
    """One token a letter, in the scripts most members write; anything else, such as emoji, is unknown to it."""
    tokenizer = _letters(_SPECIALS)
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
        model_max_length=longest,
    )


def clip_tokenizer(longest: int) -> PreTrainedTokenizerFast:
    """`letter_tokenizer` with `<s>` before and `</s>` behind each text, for texts of at most `longest` tokens."""
    specials = ["<s>", "[PAD]", "[UNK]", "</s>"]
    tokenizer = _letters(specials)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        special_tokens=[("<s>", specials.index("<s>")), ("</s>", specials.index("</s>"))],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",  # noqa: S106
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
        eos_token="</s>",  # noqa: S106
        model_max_length=longest,
    )


def chat_tokenizer(extra: Sequence[str] = ()) -> PreTrainedTokenizerFast:
    """A tokenizer with a chat template, for models that write: a letter or one of `WORDS` a token, as it was written.

    "Yes" and "No" are a token too, for the models that decide.
    `extra` are further special tokens. A chat's content is a text, or a list of parts: of a part that isn't text, such
    as an image, the template makes the token `<image>`. A turn ends with `<|im_end|>`, which is the end of sequence.
    """
    specials = [*_CHAT_SPECIALS, *extra]
    # A piece's score is the logarithm of how likely it is: a word always wins over its letters.
    words = [(word, -1.0) for word in ["Yes", "No", *(f" {word}" for word in WORDS)]]
    pieces: list[Any] = [*((special, -1000.0) for special in specials), *words]
    pieces += [(sign, -10.0) for sign in [" ", "\n", *signs("LNPS")]]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=specials.index("[UNK]"), byte_fallback=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken(special, special=True, normalized=False) for special in specials])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
        eos_token="<|im_end|>",  # noqa: S106
        chat_template=_CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        model_max_length=2048,
        padding_side="left",
    )


def _letters(specials: list[str]) -> Tokenizer:
    letters = signs("LNP")
    pieces = [*specials, *letters, *("##" + letter for letter in letters)]
    tokenizer = Tokenizer(models.WordPiece({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def signs(categories: str) -> list[str]:
    """The letters, or signs of other Unicode categories, of the scripts that most members write."""
    return [chr(code) for code in range(0x21, 0x0700) if unicodedata.category(chr(code))[0] in categories]
