import shutil
from pathlib import Path
from typing import Any

import pytesseract
import pytest
import transformers
from PIL import Image, ImageDraw, ImageFont
from tokenizers import pre_tokenizers
from transformers import (
    AutoModelForDocumentQuestionAnswering,
    DonutSwinConfig,
    DonutSwinModel,
    LayoutLMv3Config,
    LayoutLMv3ForQuestionAnswering,
    LayoutLMv3ImageProcessorPil,
    LayoutLMv3Tokenizer,
    MBartConfig,
    MBartForCausalLM,
    RobertaTokenizer,
    VisionEncoderDecoderModel,
)

from bot.errors import Refusal
from bot.pipelines import document_question_answering as documents
from bot.pipelines import pipeline
from bot.pipelines.document_question_answering import DocumentQuestionAnsweringPipeline, read_words
from tests.pipelines.apart import rows, run
from tests.pipelines.pictures import starter

INVOICE = ["Invoice", "4711", "Anna", "Berg", "Total", "12.50", "EUR"]
LETTER = ["Dear", "Ben,", "see", "you", "on", "Monday"]
PAGE = Image.new("RGB", (400, 200), "white")
QUESTION = "What is the total?"


def place(number: int) -> tuple[int, int, int, int]:
    """Where word `number` stands on a page: four in a line."""
    left, top = 90 * (number % 4) + 10, 40 * (number // 4) + 20
    return left, top, left + 80, top + 30


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words that are read on each page, to be filled in."""
    pages: list[list[str]] = []
    left: list[list[str]] = []

    def read(_page: Image.Image) -> tuple[list[str], list[tuple[int, int, int, int]]]:
        if not left:
            left.extend(pages)
        words = left.pop(0)
        return words, [place(number) for number in range(len(words))]

    monkeypatch.setattr(documents, "read_words", read)
    return pages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("document")


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return starter("document-question-answering", folder)


def stock(folder: Path, words: list[str], question: str = QUESTION, **parameters: Any) -> Any:
    scaled = [
        [int(side * 1000 / (400, 200)[axis % 2]) for axis, side in enumerate(place(n))] for n in range(len(words))
    ]
    ask = transformers.pipeline("document-question-answering", model=str(folder))
    return ask(image=PAGE, question=question, word_boxes=list(zip(words, scaled, strict=True)), **parameters)


def test_answers_are_those_of_transformers_with_their_places(pipe: Any, folder: Path, written: Any) -> None:
    written[:] = [INVOICE]
    wanted = stock(folder, INVOICE, top_k=4)
    answers = run(pipe, {"pages": [PAGE], "question": QUESTION}, top_k=4)
    assert [(answer["score"], answer["answer"]) for answer in answers] == [
        (answer["score"], answer["answer"]) for answer in wanted
    ]
    for answer, other in zip(answers, wanted, strict=True):
        lefts, tops, rights, bottoms = zip(*(place(n) for n in range(other["start"], other["end"] + 1)), strict=True)
        assert answer["box"] == (min(lefts), min(tops), max(rights), max(bottoms))
        assert answer["page"] == 1
    assert pipe({"pages": [PAGE], "question": QUESTION}, top_k=4) == answers


def test_the_best_of_all_pages_comes_first(pipe: Any, written: Any) -> None:
    asked = {"pages": [PAGE, PAGE, PAGE], "question": QUESTION}
    alone = []
    for words in (INVOICE, LETTER):
        written[:] = [words]
        alone.append(run(pipe, {"pages": [PAGE], "question": QUESTION}, top_k=3))
    written[:] = [INVOICE, [], LETTER]
    answers = run(pipe, asked, top_k=3)
    every = alone[0] + [answer | {"page": 3} for answer in alone[1]]
    assert answers == sorted(every, key=lambda answer: answer["score"], reverse=True)[:3]
    assert [row["is_last"] for row in rows(pipe, asked)] == [False, True]


def test_a_full_page_is_read_to_its_end_and_no_place_counts_twice(pipe: Any, written: Any) -> None:
    written[:] = [INVOICE * 60]
    asked = {"pages": [PAGE.resize((400, 5000))], "question": QUESTION}
    made = rows(pipe, asked)
    assert len(made) > 3
    assert max(word for word in made[-1]["word_ids"] if word is not None) == len(INVOICE) * 60 - 1
    places = [(answer["answer"], answer["box"]) for answer in run(pipe, asked, top_k=20)]
    assert len(places) == len(set(places)) == 20


def test_a_question_as_long_as_a_book_is_cut_off(pipe: Any, written: Any) -> None:
    written[:] = [INVOICE * 20]
    for question in ("what is " * 900, "x" * 5000):
        (first, *_) = made = rows(pipe, {"pages": [PAGE], "question": question})
        assert all(row["input_ids"].shape[1] <= 512 for row in made)
        assert {"Invoice", "4711"} <= {first["words"][word] for word in first["word_ids"] if word is not None}


def test_no_words_anywhere(pipe: Any, written: Any) -> None:
    written[:] = [[], []]
    with pytest.raises(Refusal, match="couldn't find a word"):
        rows(pipe, {"pages": [PAGE, PAGE], "question": QUESTION})


def test_words_are_told_apart_whatever_the_tokenizer(folder: Path) -> None:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    known = {token: n for n, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", *letters])}
    tokenizer = RobertaTokenizer(vocab=known, merges=[], add_prefix_space=False)
    assert "Ġ" not in tokenizer.tokenize(["a", "b"], is_split_into_words=True)
    model = AutoModelForDocumentQuestionAnswering.from_pretrained(folder)
    DocumentQuestionAnsweringPipeline(model=model, tokenizer=tokenizer, device="cpu")
    assert tokenizer.tokenize(["a", "b"], is_split_into_words=True) == ["Ġ", "a", "Ġ", "b"]


def test_layoutlmv3_which_looks_at_the_page_too(tmp_path: Path, written: Any) -> None:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    known = {token: n for n, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", *letters])}
    tokenizer = LayoutLMv3Tokenizer(vocab=known, merges=[], model_max_length=128)
    config = LayoutLMv3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=130,
        coordinate_size=5,
        shape_size=6,
        input_size=32,
    )
    LayoutLMv3ForQuestionAnswering(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    LayoutLMv3ImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(tmp_path)
    pipe = pipeline("document-question-answering", str(tmp_path))
    written[:] = [INVOICE]
    (row,) = rows(pipe, {"pages": [PAGE], "question": QUESTION})
    assert row["pixel_values"].shape == (1, 3, 32, 32)
    (answer,) = run(pipe, {"pages": [PAGE], "question": QUESTION})
    assert set(answer["answer"].split()) <= set(INVOICE)
    dark = run(pipe, {"pages": [PAGE.point(lambda _: 0)], "question": QUESTION})
    assert dark[0]["score"] != answer["score"]


def test_a_model_that_reads_no_words_is_refused() -> None:
    seeing = DonutSwinConfig(image_size=32, embed_dim=8, depths=[1], num_heads=[1], window_size=4)
    writing = MBartConfig(
        vocab_size=20, d_model=8, decoder_layers=1, decoder_attention_heads=1, decoder_ffn_dim=8, is_decoder=True
    )
    donut = VisionEncoderDecoderModel(encoder=DonutSwinModel(seeing), decoder=MBartForCausalLM(writing))
    with pytest.raises(Refusal, match="LayoutLM"):
        DocumentQuestionAnsweringPipeline(model=donut, device="cpu")


def test_without_tesseract_the_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Refusal, match=r"needs Tesseract.*The host can install it"):
        read_words(PAGE)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(RuntimeError("Tesseract process timeout"), "too long"), (pytesseract.TesseractError(1, "no"), "couldn't read")],
)
def test_a_page_that_tesseract_gives_up_on(monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/tesseract")
    monkeypatch.setattr(pytesseract, "image_to_data", fail)
    with pytest.raises(Refusal, match=sentence):
        read_words(PAGE)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract isn't installed here")
def test_words_on_a_real_page() -> None:
    page = Image.new("RGB", (500, 200), "white")
    ImageDraw.Draw(page).text((50, 80), "Total 42 euros", fill="black", font=ImageFont.load_default(40))
    words, boxes = read_words(page)
    assert words == ["Total", "42", "euros"]
    assert all(40 <= left < right <= 500 and 70 <= top < bottom <= 130 for left, top, right, bottom in boxes)
    assert boxes == sorted(boxes)
    assert read_words(Image.new("RGB", (50, 50), "white")) == ([], [])
