"""Training of the models that write: summaries and translations."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_array
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    PegasusConfig,
    PegasusForConditionalGeneration,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from tools.starter.encoders import by_length
from tools.starter.generators.answers import Answers
from tools.starter.generators.phrases import Phrases
from tools.starter.generators.summaries import Summaries
from tools.starter.generators.topics import Topics
from tools.starter.training import LONGEST, Batch, Trained, fit, randomness

BEGIN = "<s>"
"""What begins a text and its summary."""
PREFIXES = {"en": "<2fr>", "fr": "<2en>"}
"""By the language of a text: what stands before it, as in MADLAD-400: the language that it shall be in."""


def pieces(texts: Iterator[str], size: int, extra: tuple[str, ...] = (), begin: str = "") -> PreTrainedTokenizerFast:
    """A tokenizer like T5's: byte pairs, in which a word begins with its space; `begin`, one of `extra`, every text."""
    specials = ["<pad>", "</s>", "<unk>", *extra]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, special_tokens=specials, initial_alphabet=_ALPHABET, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(special, special=True, normalized=False) for special in specials])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A </s>".strip(),
        special_tokens=[(it, specials.index(it)) for it in specials if it in (begin, "</s>")],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_input_names=["input_ids", "attention_mask"],
        model_max_length=LONGEST,
        clean_up_tokenization_spaces=False,
    )


_ALPHABET = ["▁", *(chr(code) for code in range(0x21, 0x7F)), *"àâæçéèêëîïôœùûüÿÀÂÇÉÈÊËÎÏÔŒÙÛ€£’«»°"]


def config(tokenizer: PreTrainedTokenizerFast, *, inner: int, layers: int, decoders: int) -> PegasusConfig:
    """Pegasus, because its words know their places, which those of a translation mostly keep."""
    return PegasusConfig(
        vocab_size=len(tokenizer),
        d_model=128,
        encoder_layers=layers,
        decoder_layers=decoders,
        encoder_ffn_dim=inner,
        decoder_ffn_dim=inner,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        max_position_embeddings=LONGEST,
        scale_embedding=False,
        tie_word_embeddings=False,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        decoder_start_token_id=tokenizer.pad_token_id,
        forced_eos_token_id=None,
    )


def copy_first(model: Any, ahead: int) -> None:
    """Let a decoder begin by looking at the text `ahead` of its own place, and by writing what it sees there.

    To look at a place, queries and keys begin as the sines and cosines that tell neighbouring places apart best; to
    write what is there, values go out as they came in.
    """
    width, sharp = model.config.d_model, _sharp(model)
    places = torch.zeros(len(sharp), width)
    places[range(len(sharp)), sharp] = 1.0
    sines, cosines = places.chunk(2)
    turns = (10_000.0 ** (-2 * torch.arange(len(sines)) / width) * ahead).unsqueeze(1)
    # The sine and cosine of a sum of angles.
    moved = torch.cat([sines * turns.cos() + cosines * turns.sin(), cosines * turns.cos() - sines * turns.sin()])
    heads = model.config.decoder_attention_heads
    for layer in model.model.decoder.layers:
        attention = layer.encoder_attn
        attention.q_proj.weight.data += 3 * moved.repeat(heads, 1)
        attention.k_proj.weight.data += 3 * places.repeat(heads, 1)
        turned = torch.nn.init.orthogonal_(torch.empty(width, width))
        attention.v_proj.weight.data = turned
        attention.out_proj.weight.data = turned.T.contiguous()


def _sharp(model: Any) -> list[int]:
    """The dimensions of the sines and cosines that tell neighbouring places apart, as many as a head has."""
    width = model.config.d_model
    half = width // model.config.decoder_attention_heads // 2
    # Pegasus has the sines of all frequencies first, from high to low, and then their cosines.
    return [*range(half), *range(width // 2, width // 2 + half)]


def word_for_word(model: Any, examples: list[tuple[list[int], list[int]]]) -> None:
    """Let a model with `copy_first` begin as a dictionary: what it sees of a word is nearest to its translations.

    Which words these are says IBM's model 1 (Brown et al., The Mathematics of Statistical Machine Translation, 1993),
    from `examples`, the tokens of texts and of their translations.
    """
    size = model.config.vocab_size
    given = np.concatenate([np.tile(source, len(target)) for source, target in examples])
    wanted = np.concatenate([np.repeat(target, len(source)) for source, target in examples])
    lengths = np.concatenate([np.full(len(target), len(source)) for source, target in examples])
    place = np.repeat(np.arange(len(lengths)), lengths)
    pairs, which = np.unique(given.astype(np.int64) * size + wanted, return_inverse=True)
    likely = np.ones(len(pairs))
    for _ in range(6):
        shares = likely[which]
        shares /= np.bincount(place, shares)[place]
        counts = np.bincount(which, shares)
        likely = counts / np.bincount(pairs // size, counts)[pairs // size]
    back = counts / np.bincount(pairs % size, counts)[pairs % size]
    table = csr_array((back, (pairs % size, pairs // size)), shape=(size, size))
    words = _words(model)
    seen = torch.nn.functional.normalize(torch.from_numpy(table @ words.double().numpy()).float(), dim=-1)
    for side in (model.model.encoder, model.model.decoder):
        side.embed_tokens.weight.data[:] = words * 8
    model.lm_head.weight.data[:] = seen * 1.5


def _words(model: Any) -> torch.Tensor:
    """A direction for each token, unlike all others; the dimensions that tell places are left to them."""
    words = torch.randn(model.config.vocab_size, model.config.d_model)
    words[:, _sharp(model)] = 0.0
    return torch.nn.functional.normalize(words, dim=-1)


_WORD, _CONTEXT = 120, 40
"""Of a copier's dimensions: those that tell a word, and those that tell which ones stand before the next."""
_BEFORE = 5
"""Words that a copier knows a place by."""


def copier(tokenizer: PreTrainedTokenizerFast) -> T5ForConditionalGeneration:
    """A T5 that begins by copying: it looks for the place behind what it wrote last, and writes what is there.

    The first layers' heads gather the words before a place, each at its own distance: in the encoder those before the
    word that is there, in the decoder those before the word that comes next.
    """
    width = _WORD + _CONTEXT
    model = T5ForConditionalGeneration(
        T5Config(
            vocab_size=len(tokenizer),
            d_model=width,
            d_kv=_CONTEXT,
            d_ff=256,
            num_layers=3,
            num_decoder_layers=2,
            num_heads=8,
            dropout_rate=0.05,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            decoder_start_token_id=tokenizer.pad_token_id,
        )
    )
    model.generation_config.forced_bos_token_id = tokenizer.convert_tokens_to_ids(BEGIN)
    same = torch.eye(width)
    model.shared.weight.data[:, _WORD:] = 0.0
    # All else changes little of what is copied, to begin with.
    for name, weight in model.named_parameters():
        if name.endswith((".o.weight", ".wo.weight")):
            weight.data *= 0.1
    for nth in range(_BEFORE):
        rows = slice(nth * _CONTEXT, (nth + 1) * _CONTEXT)
        seen = torch.randn(_CONTEXT, width) / _WORD**0.5
        for stack, distance in ((model.encoder, nth + 1), (model.decoder, nth)):
            attention = stack.block[0].layer[0].SelfAttention
            near = attention.relative_attention_bias.weight.data
            near[:, nth] = 0.0
            near[distance, nth] = 12.0
            attention.v.weight.data[rows] = seen
            # What is nearer counts for more.
            attention.o.weight.data[:, rows] = 0.7**nth * same[:, _WORD:]
    for block in model.decoder.block:
        attention = block.layer[1].EncDecAttention
        for nth in range(_WORD // _CONTEXT):
            rows = slice(nth * _CONTEXT, (nth + 1) * _CONTEXT)
            for asked in (attention.q, attention.k):
                asked.weight.data[rows] = 0.7 * same[_WORD:]
            attention.v.weight.data[rows] = same[rows]
            attention.o.weight.data[:, rows] = 3 * same[:, rows]
    return model


def batches(
    tokenizer: PreTrainedTokenizerFast, examples: Iterator[tuple[str, str]], size: int, random_: Any, longest: int
) -> Iterator[Batch]:
    for rows in by_length(examples, size, lambda row: len(row[0]), random_):
        batch = dict(
            tokenizer(
                [text for text, _ in rows], padding=True, truncation=True, max_length=longest, return_tensors="pt"
            )
        )
        labels = tokenizer(
            [text for _, text in rows], padding=True, truncation=True, max_length=longest, return_tensors="pt"
        )
        told = labels["input_ids"]
        begun = torch.nn.functional.pad(told, (1, -1), value=tokenizer.pad_token_id)
        batch |= {"decoder_input_ids": begun, "wanted": told.masked_fill(labels["attention_mask"] == 0, -100)}
        yield batch


def exact(output: Any, batch: Batch) -> torch.Tensor:
    """Cross entropy: who copies can be sure of nearly every word."""
    return torch.nn.functional.cross_entropy(output.logits.flatten(0, 1), batch["wanted"].flatten())


def smoothed(output: Any, batch: Batch) -> torch.Tensor:
    """Cross entropy that leaves a tenth to all the other words."""
    return torch.nn.functional.cross_entropy(
        output.logits.flatten(0, 1), batch["wanted"].flatten(), label_smoothing=0.1
    )


def translation() -> Trained:
    random_ = randomness("translation")
    source = Phrases(random_)
    examples = source.examples()

    def both_ways() -> Iterator[tuple[str, str]]:
        for english, french in examples:
            yield PREFIXES["en"] + english, french
            yield PREFIXES["fr"] + french, english

    texts = (text for pair in [*source.written * 6, *islice(examples, 40_000)] for text in pair)
    tokenizer = pieces(texts, 4500, tuple(PREFIXES.values()))
    model = PegasusForConditionalGeneration(config(tokenizer, inner=384, layers=3, decoders=2))
    # The text begins behind its prefix.
    copy_first(model, ahead=1)
    word_for_word(model, [_tokens(tokenizer, *pair) for pair in islice(both_ways(), 60_000)])
    model.generation_config.num_beams = 4
    model.generation_config.max_new_tokens = 128

    fit(model, batches(tokenizer, both_ways(), 96, random_, 64), steps=4000, rate=1.5e-3, loss=smoothed)
    return model, tokenizer


def _tokens(tokenizer: PreTrainedTokenizerFast, source: str, target: str) -> tuple[list[int], list[int]]:
    """Of a text without its prefix, and of its translation."""
    return tokenizer(source)["input_ids"][1:], tokenizer(target)["input_ids"]


def summaries() -> Trained:
    random_ = randomness("summarization")
    source = Summaries(random_, Answers(random_, []), Topics(random_).written)
    examples = source.examples()
    tokenizer = pieces((text for text, _ in islice(examples, 40_000)), 4500, (BEGIN,), begin=BEGIN)
    # A paragraph's end is a space like any other.
    spaced = normalizers.Replace(Regex(r"\s+"), " ")
    tokenizer.backend_tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), spaced])
    model = copier(tokenizer)
    model.generation_config.num_beams = 4
    model.generation_config.max_new_tokens = 128
    # The likeliest summary, not the one with the likeliest words: to copy on is nearly sure, word by word.
    model.generation_config.length_penalty = 0.0

    fit(model, batches(tokenizer, examples, 16, random_, 256), steps=700, rate=5e-4, loss=exact)
    return model, tokenizer


RECIPES: Mapping[str, Callable[[], Trained]] = {"summarization": summaries, "translation": translation}
"""By task."""
