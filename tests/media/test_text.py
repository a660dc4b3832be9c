import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.media.text import read_text
from bot.request import File

GERMAN = "Grüße aus Köln! Das Schwimmbad bleibt für die Schüler geöffnet, sagte der Bürgermeister gestern."


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
def test_whatever_the_encoding(encoding: str) -> None:
    assert read_text(File("note.txt", GERMAN.encode(encoding))) == GERMAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Привет, как твои дела сегодня? Очень хорошая погода.", "cp1251"),
        ("日本語のテキストです。今日はいい天気ですね。", "shift_jis"),
        ("Zażółć gęślą jaźń, a potem wróć do domu na obiad.", "cp1250"),
    ],
)
def test_older_ones_too(text: str, encoding: str) -> None:
    assert read_text(File("note.txt", text.encode(encoding))) == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_utf_8_comes_back_as_it_was_written(text: str) -> None:
    assert read_text(File("note.txt", text.encode())) == text.removeprefix("\ufeff")


def test_line_breaks_of_every_system() -> None:
    assert read_text(File("note.txt", b"a\r\nb\rc\nd")) == "a\nb\nc\nd"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "x.bin is no text file that I can read"),
        (b"PK\x03\x04" + bytes(range(256)) * 20, "x.bin is no text file that I can read"),
        (b"hello \0\0 world", "x.bin is no text file that I can read"),
        (b"", "x.bin is empty"),
        (b" \r\n\t", "There is no text in x.bin"),
        ("\ufeff".encode(), "There is no text in x.bin|x.bin is empty"),
    ],
)
def test_what_is_no_text_is_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        read_text(File("x.bin", data))


def test_noise_is_no_text() -> None:
    with pytest.raises(Refusal, match="is no text file"):
        read_text(File("x.bin", os.urandom(5000)))
