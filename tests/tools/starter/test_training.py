"""Each recipe, from its data to a model that the bot can ask; of the training, one step."""

import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from bot.worker.starters import TRAINED
from tools.starter import encoders, reading, seq2seq
from tools.starter.evaluation import asking
from tools.starter.training import Batch, fit, save

RECIPES = {**encoders.RECIPES, **reading.RECIPES, **seq2seq.RECIPES}
ASKED: dict[str, dict[str, Any]] = {
    "question-answering": {"question": "Where is it?", "text": "It stands in Oslo."},
    "summarization": {"text": "The pool stays open. The council said so.", "length": "medium"},
    "text-classification": {"text": "It works."},
    "token-classification": {"text": "Anna lives in Oslo."},
    "translation": {"text": "Where is it?", "from": "en", "to": "fr"},
    "zero-shot-classification": {"text": "We cooked.", "labels": ("food", "sports"), "several": False},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_makes_a_model_that_can_be_asked(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_step(model: torch.nn.Module, batches: Iterator[Batch], **given: Any) -> None:
        fit(model, batches, **given | {"steps": 1})

    for module in (encoders, reading, seq2seq):
        monkeypatch.setattr(module, "fit", one_step)
    model, tokenizer = RECIPES[name]()
    save(model, tokenizer, tmp_path)
    assert asking(name, tmp_path)(**ASKED[name])
    shipped = TRAINED / name
    if shipped.exists():
        made, there = (set(AutoTokenizer.from_pretrained(folder).get_vocab()) for folder in (tmp_path, shipped))
        # Of equally frequent pieces, the WordPiece trainer takes now these, now those.
        assert len(made & there) > 0.99 * len(there), "it is what these weights belong to"


def test_a_copier_copies_before_it_has_learned_anything() -> None:
    torch.manual_seed(0)
    tokenizer = seq2seq.pieces(iter([]), 200, (seq2seq.BEGIN,), begin=seq2seq.BEGIN)
    model = seq2seq.copier(tokenizer).eval()
    drawn = random.Random(0)
    words = ("".join(drawn.choices(string.ascii_lowercase, k=drawn.randint(2, 8))) for _ in range(40))
    text = tokenizer(" ".join(words), return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        told = model(input_ids=text, decoder_input_ids=text[:, :-1]).logits.argmax(dim=-1)
    assert (told == text[:, 1:]).float().mean() > 0.97
