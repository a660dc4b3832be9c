"""Documents: pictures are one page, PDFs are drawn in a process that may end as it likes."""

import pytest
from hypothesis import given, settings

from bot.errors import Refusal
from bot.media import apart
from bot.media.decoders import main
from bot.media.document import PAGES, check_document, read_document
from bot.media.image import WORKING_SIDE
from bot.media.limits import Limits
from bot.request import File
from tests.media.making import pdf, picture
from tests.media.mangling import mangled

LIMITS = Limits()


def test_a_picture_is_a_page() -> None:
    assert [page.size for page in read_document(File("x.png", picture()), LIMITS)] == [(60, 40)]


def test_the_pages_of_a_pdf() -> None:
    pages = read_document(File("x.pdf", pdf(2)), LIMITS)
    assert [(page.mode, page.size) for page in pages] == [("RGB", (1448, WORKING_SIDE))] * 2
    colours = [page.getpixel((700, 900)) for page in pages]
    assert colours[0] == (255, 255, 255)
    assert colours[1] == pytest.approx((254, 0, 0), abs=3)


def test_sizes() -> None:
    assert [page.size for page in read_document(File("x.pdf", pdf(size=(72, 144))), LIMITS)] == [(180, 360)]
    assert [page.size for page in read_document(File("x.pdf", pdf(size=(9000, 3))), LIMITS)] == [(WORKING_SIDE, 1)]


def test_only_the_first_pages() -> None:
    assert len(read_document(File("x.pdf", pdf(PAGES + 3, (50, 50))), LIMITS)) == PAGES


ENCRYPTED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O("
    + b"o" * 32 + b")/U(" + b"u" * 32 + b")/P -4>>/ID[(1)(1)]>>\n%%EOF"
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "x.pdf is empty"),
        (b"%PDF-1.7\n nothing", "x.pdf is damaged or incomplete"),
        (pdf()[:500], "x.pdf is damaged or incomplete"),
        (ENCRYPTED, "x.pdf has a password. Save it without one"),
        (b"PK\x03\x04" + bytes(26) + b"word/document.xml", "is a Word document, which I can't open. .*save it as PDF"),
        (b"just words", "x.pdf is a text file, not a document"),
        (bytes(range(256)), "x.pdf is no picture"),
    ],
)
def test_what_is_no_document_is_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        read_document(File("x.pdf", data), LIMITS)


def test_limits() -> None:
    check_document(File("x.pdf", pdf()), LIMITS)
    with pytest.raises(Refusal, match="has 60 × 40 pixels"):
        check_document(File("x.png", picture()), Limits(pixels=100))


def test_too_long_to_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    with pytest.raises(Refusal, match=r"x.pdf takes me too long to read"):
        read_document(File("x.pdf", pdf()), LIMITS)


def test_a_process_that_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "__file__", "/nonexistent")
    with pytest.raises(Refusal, match=r"x.pdf is damaged or incomplete"):
        read_document(File("x.pdf", pdf()), LIMITS)


@settings(max_examples=8, deadline=None)
@given(mangled(pdf(2, (50, 50))))
def test_any_bytes(data: bytes) -> None:
    try:
        pages = read_document(File("x.pdf", data), LIMITS)
    except Refusal:
        return
    assert 1 <= len(pages) <= PAGES
    assert all(page.mode == "RGB" and max(page.size) <= WORKING_SIDE for page in pages)
