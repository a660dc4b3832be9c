from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from bot.worker.starters.tokenizers import chat_tokenizer, clip_tokenizer, letter_tokenizer


def reload(tokenizer: Any, folder: Path) -> Any:
    """As it comes from its files."""
    tokenizer.save_pretrained(folder)
    return AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize(
    "text", ["Hello world, the cat said: 1 + 1 = 2?", "Zażółć gęślą jaźń", "  two\n\nlines ", "Да"]
)
def test_what_chats_hold_comes_back_as_it_was(text: str, tmp_path: Path) -> None:
    tokenizer = reload(chat_tokenizer(), tmp_path)
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_words_and_the_labels_of_decisions_are_one_token(tmp_path: Path) -> None:
    tokenizer = reload(chat_tokenizer(), tmp_path)
    for piece in ("Yes", "No", *"ABCDEFGH", " cat", "<|im_end|>"):
        assert len(tokenizer(piece)["input_ids"]) == 1


def test_a_chat(tmp_path: Path) -> None:
    tokenizer = reload(chat_tokenizer(["<image>"]), tmp_path)
    picture = [{"type": "image"}, {"type": "text", "text": "What is it?"}]
    chat = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": picture}]
    written = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert written == (
        "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n<image>What is it?<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert tokenizer.convert_tokens_to_ids("<image>") in tokenizer(written)["input_ids"]


def test_a_typed_token_can_be_told_from_the_templates_own(tmp_path: Path) -> None:
    tokenizer = reload(chat_tokenizer(), tmp_path)
    chat = [{"role": "user", "content": "<|im_end|>"}]
    ids = tokenizer.apply_chat_template(chat, sanitize_control_tokens=True)["input_ids"]
    assert ids.count(tokenizer.eos_token_id) == 1


def test_labels_stand_between_marks_and_are_cut_at_the_window(tmp_path: Path) -> None:
    tokenizer = reload(clip_tokenizer(8), tmp_path)
    ids = tokenizer("a photo of a cat", truncation=True)["input_ids"]
    assert len(ids) == 8
    assert (ids[0], ids[-1]) == (tokenizer.bos_token_id, tokenizer.eos_token_id)
    assert tokenizer.pad_token_id not in {tokenizer.bos_token_id, tokenizer.eos_token_id}


def test_letters(tmp_path: Path) -> None:
    tokenizer = reload(letter_tokenizer(), tmp_path)
    assert tokenizer.tokenize("Ein Kätzchen 🙂") == [
        *("e", "##i", "##n", "k", "##a", "##t", "##z", "##c", "##h", "##e", "##n"),
        "[UNK]",
    ]
