"""Training of the models that read: sentiment, entities, topics."""

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import torch
from transformers import (
    ModernBertConfig,
    ModernBertForSequenceClassification,
    ModernBertForTokenClassification,
    PreTrainedTokenizerFast,
)

from tools.starter import data
from tools.starter.generators.entities import Entities
from tools.starter.generators.sentiment import Sentiment
from tools.starter.generators.topics import CANDIDATES, Topics
from tools.starter.training import LONGEST, Batch, Trained, fit, randomness, wordpieces

KINDS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")


def config(
    tokenizer: PreTrainedTokenizerFast, *, labels: tuple[str, ...] = (), dropout: float = 0.1
) -> ModernBertConfig:
    width, layers = 128, 3
    named: dict[str, Any] = {"id2label": dict(enumerate(labels)), "label2id": {it: n for n, it in enumerate(labels)}}
    return ModernBertConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=width * 2,
        num_hidden_layers=layers,
        num_attention_heads=width // 32,
        max_position_embeddings=LONGEST,
        layer_types=["full_attention"] * layers,
        pad_token_id=tokenizer.pad_token_id,
        cls_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id,
        bos_token_id=tokenizer.cls_token_id,
        eos_token_id=tokenizer.sep_token_id,
        embedding_dropout=dropout,
        mlp_dropout=dropout,
        attention_dropout=dropout,
        classifier_dropout=dropout,
        classifier_pooling="mean",
        attn_implementation="sdpa",
        **named if labels else {},
    )


def forget(batch: Batch, tokenizer: PreTrainedTokenizerFast, share: float) -> Batch:
    """`batch` with some tokens masked, so that a model doesn't rely on any single word."""
    ids = batch["input_ids"]
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    batch["input_ids"] = ids.masked_fill((torch.rand(ids.shape) < share) & ~special, tokenizer.mask_token_id)
    return batch


def by_length(examples: Iterator[Any], size: int, length: Any, random_: random.Random) -> Iterator[list[Any]]:
    """Batches of `size` examples of about one length, so that there is little padding."""
    while True:
        pool = sorted(islice(examples, size * 32), key=length)
        batches = [pool[start : start + size] for start in range(0, len(pool), size)]
        random_.shuffle(batches)
        yield from batches


def sentiment() -> Trained:
    random_ = randomness("text-classification")
    source = Sentiment(random_)
    examples = source.examples()
    tokenizer = wordpieces((text for text, _ in [*source.written * 4, *islice(examples, 40_000)]), 8000, cased=False)
    model = ModernBertForSequenceClassification(config(tokenizer, labels=("NEGATIVE", "POSITIVE"), dropout=0.1))

    def batches() -> Iterator[Batch]:
        for rows in by_length(examples, 64, lambda row: len(row[0]), random_):
            batch = dict(tokenizer([text for text, _ in rows], padding=True, return_tensors="pt"))
            yield forget(batch, tokenizer, 0.1) | {"labels": torch.tensor([label for _, label in rows])}

    fit(model, batches(), steps=2000, rate=1.5e-3)
    return model, tokenizer


def entities() -> Trained:
    random_ = randomness("token-classification")
    ordinary = [*Topics(random_).written, *(text for text, _ in Sentiment(random_).written)]
    ordinary += [english for english, _ in data.rows("phrases/written")]
    source = Entities(random_, ordinary)
    examples = source.examples()
    tokenizer = wordpieces(iter(source.written), 12_000, cased=True)
    model = ModernBertForTokenClassification(config(tokenizer, labels=KINDS))

    def batches() -> Iterator[Batch]:
        for rows in by_length(examples, 64, lambda row: sum(len(text) for text, _ in row), random_):
            texts = ["".join(text for text, _ in row) for row in rows]
            batch = tokenizer(texts, padding=True, return_tensors="pt", return_offsets_mapping=True)
            offsets = batch.pop("offset_mapping").tolist()
            labels = [
                _labels(row, spans, batch.word_ids(n)) for n, (row, spans) in enumerate(zip(rows, offsets, strict=True))
            ]
            yield forget(dict(batch), tokenizer, 0.05) | {"labels": torch.tensor(labels)}

    fit(model, batches(), steps=1800, rate=1.5e-3)
    return model, tokenizer


def _labels(pieces: list[tuple[str, str]], spans: list[tuple[int, int]], words: list[int | None]) -> list[int]:
    """The label of each token: of a word that comes in several, only the first counts."""
    kinds: list[str] = []
    for text, kind in pieces:
        kinds += [f"B-{kind}" if kind and n == 0 else f"I-{kind}" if kind else "O" for n in range(len(text))]
    labels, before = [], None
    for (start, end), word in zip(spans, words, strict=True):
        labels.append(-100 if word is None or word == before or start == end else KINDS.index(kinds[start]))
        before = word
    return labels


def topics() -> Trained:
    random_ = randomness("zero-shot-classification")
    source = Topics(random_)
    examples = source.examples()
    told = (text for row in islice(examples, 40_000) for text in (row[0], *row[1]))
    tokenizer = wordpieces((text for text in told), 8000, cased=False)
    model = ModernBertForSequenceClassification(config(tokenizer, labels=("contradiction", "entailment")))
    match_first(model)
    apart = model.model

    def both() -> Iterator[Batch]:
        for rows in by_length(examples, 48, lambda row: len(row[0]), random_):
            texts = [text for text, _ in rows] + [_hypothesis(labels[0], random_) for _, labels in rows]
            yield forget(dict(tokenizer(texts, padding=True, return_tensors="pt")), tokenizer, 0.05)

    def alike(output: Any, batch: Batch) -> torch.Tensor:
        there = batch["attention_mask"].unsqueeze(-1)
        means = torch.nn.functional.normalize((output.last_hidden_state * there).sum(1) / there.sum(1), dim=-1)
        texts, labels = means.chunk(2)
        # Rows of the same topic are no error.
        same = (labels @ labels.T > 0.999) & ~torch.eye(len(labels), dtype=torch.bool)
        scores = (texts @ labels.T * 20).masked_fill(same, -100.0)
        return torch.nn.functional.cross_entropy(scores, torch.arange(len(texts)))

    fit(apart, both(), steps=900, rate=1.5e-3, loss=alike)

    def batches() -> Iterator[Batch]:
        for rows in by_length(examples, 20, lambda row: len(row[0]), random_):
            pairs = [(text, _hypothesis(label, random_)) for text, labels in rows for label in labels]
            batch = dict(
                tokenizer([one for one, _ in pairs], [other for _, other in pairs], padding=True, return_tensors="pt")
            )
            right = torch.tensor([int(n % CANDIDATES == 0) for n in range(len(pairs))])
            yield forget(batch, tokenizer, 0.05) | {"labels": right}

    def loss(output: Any, _: Batch) -> torch.Tensor:
        # The pipeline compares the labels' entailment, and in its other mode entailment with contradiction.
        among = output.logits[:, 1].view(-1, CANDIDATES)
        right = torch.zeros(len(among), dtype=torch.long)
        told: torch.Tensor = torch.nn.functional.cross_entropy(among, right) + output.loss
        return told

    fit(model, batches(), steps=1000, rate=1.5e-3, loss=loss)
    return model, tokenizer


_HYPOTHESES = ("This example is {}.", "This example is {}.", "This example is {}.", "This text is about {}.", "{}")


def _hypothesis(label: str, random_: random.Random) -> str:
    return random_.choice(_HYPOTHESES).format(label)


def match_first(model: Any) -> None:
    """Let the first layers begin by attending from each word to the same word elsewhere: to find what a question
    names in the text is what they would otherwise have to find out first, which takes most of the training."""
    width = model.config.hidden_size
    for layer in model.model.layers[:2]:
        weight = layer.attn.Wqkv.weight.data
        shared = torch.nn.init.orthogonal_(torch.empty(width, width)) * 0.6
        weight[:width] = shared + 0.02 * torch.randn(width, width)
        weight[width : 2 * width] = shared + 0.02 * torch.randn(width, width)


RECIPES: Mapping[str, Callable[[], Trained]] = {
    "text-classification": sentiment,
    "token-classification": entities,
    "zero-shot-classification": topics,
}
"""By task."""
