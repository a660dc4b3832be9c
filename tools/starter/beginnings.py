"""What a BERT that shall find answers begins with, so that it need not find out first: what words have to do with each
other, where they stand, and that those of the question which the text has too are what to look for.

The dimensions of what flows through its layers are parted at the beginning. Training may use them in other ways.
"""

import math
from collections import Counter
from typing import Any

import torch
from transformers import BertForQuestionAnswering, PreTrainedTokenizerFast

from tools.starter.training import LONGEST
from tools.starter.words import alike, fields, kinds, stem

HEADS, HEAD = 5, 32
WIDTH = HEADS * HEAD
_PLACE = slice(0, HEAD)
_SEGMENT, _RARE, _ASKS, _FIRST = range(HEAD, HEAD + 4)
_MATCHED = slice(HEAD + 4, HEAD + 6)
_NEAR = slice(HEAD + 6, HEAD + 10)
_WORD = slice(HEAD + 10, WIDTH)
_ASKING = frozenset("who whom whose what which where when why how".split())
_SPEEDS = 2.0 * 200.0 ** (-torch.arange(HEAD // 2) / (HEAD // 2 - 1))
"""How far the sines and cosines of a place turn from one place to the next."""


def know_words(model: BertForQuestionAnswering, tokenizer: PreTrainedTokenizerFast, counts: Counter[int]) -> None:
    """Let forms of a word begin as nearly the same, and words of a meaning, a kind or a topic as alike.

    `counts` are those of the tokens in some texts: what is rare tells more.
    """
    vocabulary = tokenizer.get_vocab()
    size = WIDTH - _WORD.start
    own = _directions(len(vocabulary), size)
    meanings: dict[str, list[torch.Tensor]] = {}
    groups = [(0.8, group) for group in alike()]
    groups += [(0.5, names + members) for names, members in kinds()]
    groups += [(0.5, group) for group in fields()]
    for weight, group in groups:
        shared = weight * _directions(1, size)[0]
        for word in group:
            meanings.setdefault(stem(word), []).append(shared)
    stems: dict[str, torch.Tensor] = {}
    total = counts.total()
    words = torch.zeros(len(vocabulary), WIDTH)
    for token, n in vocabulary.items():
        words[n, _WORD] = own[n]
        words[n, _RARE] = min(1.5, max(-1.5, -math.log10((counts[n] + 0.5) / total) - 3))
        if token.isalpha():
            direction = stems.setdefault(stem(token), _directions(1, size)[0])
            words[n, _WORD] = 0.35 * own[n] + 0.8 * direction
            if several := meanings.get(stem(token)):
                words[n, _WORD] += torch.stack(several).sum(0) / len(several) ** 0.5
        words[n, _ASKS] = 3.0 * (token in _ASKING)
    words[:, _WORD] = torch.nn.functional.normalize(words[:, _WORD], dim=-1) * size**0.5
    words[tokenizer.all_special_ids, _RARE] = -1.5
    words[tokenizer.cls_token_id, _RARE] = -1.0
    words[tokenizer.cls_token_id, _FIRST] = 4.0
    embeddings = model.bert.embeddings
    embeddings.word_embeddings.weight.data[:] = words
    angles = torch.arange(LONGEST).unsqueeze(1) * _SPEEDS
    embeddings.position_embeddings.weight.data.zero_()
    embeddings.position_embeddings.weight.data[:, _PLACE] = torch.cat([angles.sin(), angles.cos()], 1)
    embeddings.token_type_embeddings.weight.data.zero_()
    embeddings.token_type_embeddings.weight.data[:, _SEGMENT] = torch.tensor([-1.5, 1.5])


def _directions(count: int, size: int) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.randn(count, size), dim=-1)


def look_around(model: BertForQuestionAnswering) -> None:
    """Let the first layer begin by looking for the same word on the other side, and at the words next to each; the
    second by looking at how much around each is also in the question, and at the word that asks."""
    first, second = (layer.attention for layer in model.bert.encoder.layer[:2])
    for head in range(2):
        _look_for_same(first, head)
    # Where there is no such word, they see the first token, which counts as nothing.
    first.output.dense.bias.data[_MATCHED] = 0.7
    for head, ahead in ((2, -1.0), (3, 1.0)):
        _look_ahead(first, head, ahead, 3.0)
        _Head(first, head).value[:] = _shuffled(HEAD) * 0.7
    for near, (head, ahead, sharp) in enumerate(((0, -3.0, 1.0), (1, 3.0, 1.0), (3, 0.0, 0.7))):
        _look_ahead(second, head, ahead, sharp)
        looks = _Head(second, head)
        looks.value[:2] = 0.0
        looks.value[:2, _MATCHED] = 3.0 * torch.eye(2)
        looks.out[:, :2] = 0.0
        looks.out[_NEAR.start + near, :2] = 1.0
    asks = _Head(second, 2)
    asks.query.zero_()
    asks.key.zero_()
    asks.bias[0] = 3.0 * HEAD**0.25
    asks.key[0, _ASKS] = HEAD**0.25
    asks.key[0, _SEGMENT] = -(HEAD**0.25)
    asks.value[:] = _shuffled(HEAD)


class _Head:
    """The weights of one head of an attention, to be written into."""

    def __init__(self, attention: Any, head: int) -> None:
        rows = slice(head * HEAD, (head + 1) * HEAD)
        inner = attention.self
        self.query, self.key, self.value = (it.weight.data[rows] for it in (inner.query, inner.key, inner.value))
        self.bias = inner.query.bias.data[rows]
        self.out = attention.output.dense.weight.data[:, rows]


def _shuffled(size: int) -> torch.Tensor:
    """Reads the word into `size` dimensions, all of it about equally."""
    reads = torch.zeros(size, WIDTH)
    reads[:, _WORD] = torch.nn.init.orthogonal_(torch.empty(WIDTH - _WORD.start, size)).T
    return reads


def _look_for_same(attention: Any, head: int) -> None:
    looks, scale = _Head(attention, head), HEAD**0.25
    reads = _shuffled(HEAD - 2)
    for it in (looks.query, looks.key, looks.value):
        it.zero_()
    # The product of a word with itself is then about 12, that with another 0, give or take 2.
    looks.query[2:] = looks.key[2:] = reads * (12 / (HEAD - 2)) ** 0.5 * scale
    looks.query[0, _SEGMENT] = 1.8 * scale
    looks.key[0, _SEGMENT] = -1.8 * scale
    looks.bias[1] = 2.0 * scale
    looks.key[1, _FIRST] = scale
    looks.value[0, _RARE] = 1.0
    looks.value[2:] = _shuffled(HEAD - 2) * 0.7
    looks.out[:, :2] = 0.0
    looks.out[_MATCHED.start + head, 0] = 1.0


def _look_ahead(attention: Any, head: int, ahead: float, sharp: float) -> None:
    """From each place to that which is so far `ahead`, and the less `sharp`, the more to those around it too."""
    looks = _Head(attention, head)
    turn = torch.diag(_SPEEDS * ahead)
    cosines, sines = turn.diag().cos().diag(), turn.diag().sin().diag()
    looks.query.zero_()
    looks.key.zero_()
    # The sine and cosine of a sum of angles.
    looks.query[:, _PLACE] = sharp * torch.cat([torch.cat([cosines, sines], 1), torch.cat([-sines, cosines], 1)])
    looks.key[:, _PLACE] = sharp * torch.eye(HEAD)
