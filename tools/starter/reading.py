"""Training of the model that finds answers."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import torch
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

from tools.starter import data
from tools.starter.beginnings import HEADS, WIDTH, know_words, look_around
from tools.starter.encoders import by_length
from tools.starter.generators.answers import Question
from tools.starter.generators.questions import Questions
from tools.starter.training import LONGEST, Batch, Trained, fit, randomness, wordpieces
from tools.starter.words import alike, kinds

_COMMON = 400
"""Tokens below this are signs, letters and what is in nearly every text."""


def answers() -> Trained:
    random_ = randomness("question-answering")
    source = Questions(random_)
    told = [f"{it.context} {it.question}" for it in islice(source.examples(), 30_000)]
    lists = [group for names, members in kinds() for group in (names, members)] + alike()
    names = [*data.lines("entities/given"), *data.lines("entities/places")]
    texts = [*told, *source.sentences, *names, *(" ".join(group) for group in lists * 3)]
    tokenizer = wordpieces(iter(texts), 10_000, cased=False, marked=True)
    counts = Counter(token for row in tokenizer(told[:10_000])["input_ids"] for token in row)
    model = BertForQuestionAnswering(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=WIDTH,
            intermediate_size=WIDTH * 2,
            num_hidden_layers=4,
            num_attention_heads=HEADS,
            max_position_embeddings=LONGEST,
            # Dropout takes a third of the time; no text is the same twice anyway.
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            initializer_range=0.05,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    know_words(model, tokenizer, counts)
    look_around(model)

    def batches(asked: Iterator[Question], size: int) -> Iterator[Batch]:
        for rows in by_length(asked, size, lambda it: len(it.context), random_):
            yield disguised(_encoded(tokenizer, rows), len(tokenizer))

    fit(model, batches(source.short_examples(), 64), steps=400, rate=1.5e-3)
    fit(model, batches(source.examples(), 32), steps=1600, rate=1.2e-3)
    return model, tokenizer


def disguised(batch: Batch, size: int) -> Batch:
    """`batch` with some of the rarer words as others, the same ones all over a row: so that it counts less what they
    mean than where else they are."""
    ids = batch["input_ids"]
    others = torch.arange(size).repeat(len(ids), 1)
    chosen = torch.rand(others.shape) < 0.1
    chosen[:, :_COMMON] = False
    others[chosen] = torch.randint(_COMMON, size, (int(chosen.sum()),))
    return batch | {"input_ids": others.gather(1, ids)}


def _encoded(tokenizer: PreTrainedTokenizerFast, rows: list[Question]) -> Batch:
    encoded = tokenizer(
        [it.question for it in rows],
        [it.context for it in rows],
        padding=True,
        truncation="only_second",
        max_length=256,
        return_token_type_ids=True,
        return_tensors="pt",
    )
    # The first token stands for "no answer".
    starts = [encoded.char_to_token(n, it.start, 1) if it.end else 0 for n, it in enumerate(rows)]
    ends = [encoded.char_to_token(n, it.end - 1, 1) if it.end else 0 for n, it in enumerate(rows)]
    kept = [n for n, places in enumerate(zip(starts, ends, strict=True)) if None not in places]
    return {
        **{name: encoded[name][kept] for name in ("input_ids", "attention_mask", "token_type_ids")},
        "start_positions": torch.tensor([starts[n] for n in kept]),
        "end_positions": torch.tensor([ends[n] for n in kept]),
    }


RECIPES: Mapping[str, Callable[[], Trained]] = {"question-answering": answers}
"""By task."""
