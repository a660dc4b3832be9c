from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pipelines.parts import UNSAID, split, window
from bot.worker.starters.tokenizers import letter_tokenizer

TOKENIZER = letter_tokenizer()


@settings(deadline=None, max_examples=50)
@given(st.text("ab .\n", max_size=200), st.integers(5, 40))
def test_no_part_is_too_long_and_nothing_is_left_out(text: str, most: int) -> None:
    parts = split(text, TOKENIZER, most)
    assert all(len(TOKENIZER(part, add_special_tokens=False)["input_ids"]) <= most for _, part in parts)
    assert all(text[start : start + len(part)] == part for start, part in parts)
    assert "".join("".join(part.split()) for _, part in parts) == "".join(text.split())


def test_it_cuts_between_paragraphs_then_sentences_then_words() -> None:
    assert [part for _, part in split("Ab cd. Ef gh.\n\nIj kl.", TOKENIZER, 14)] == ["Ab cd. Ef gh.", "Ij kl."]
    assert [part for _, part in split("Ab cd. Ef gh.", TOKENIZER, 7)] == ["Ab cd.", "Ef gh."]
    assert [part for _, part in split("Ab cd ef gh", TOKENIZER, 5)] == ["Ab cd", "ef gh"]


@pytest.mark.parametrize(
    ("tokenizer", "config", "tokens"),
    [
        (512, {"max_position_embeddings": 1024}, 512),
        (int(1e30), {"max_position_embeddings": 1024}, 1024),
        (int(1e30), {"n_positions": 512}, 512),
        (int(1e30), {}, UNSAID),
        (4096, {"max_position_embeddings": -1}, UNSAID),
    ],
)
def test_the_window_is_the_smallest_that_somebody_names(tokenizer: int, config: dict[str, int], tokens: int) -> None:
    pipe: Any = SimpleNamespace(
        tokenizer=SimpleNamespace(model_max_length=tokenizer), model=SimpleNamespace(config=SimpleNamespace(**config))
    )
    assert window(pipe) == tokens
