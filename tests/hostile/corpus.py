"""Files that mean harm, or were harmed, made by code. Those that are known from elsewhere are named as there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from bot.request import File
from bot.tasks import Kind
from tests.hostile import bombs
from tests.media import making

PICTURES, SOUNDS, VIDEOS = (Kind.IMAGE, Kind.DOCUMENT), (Kind.AUDIO,), (Kind.VIDEO,)
TABLES, DOCUMENTS = (Kind.TABLE,), (Kind.DOCUMENT,)
MEDIA = (Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.TABLE, Kind.DOCUMENT)


@dataclass(frozen=True)
class Hostile:
    """A file, and as what it is given.

    Attributes:
        name: of the file, as a member would have it.
        kinds: what it is aimed at. As anything else it may be given as well.
        refused: whether it must be, as each of `kinds`. Else it may also be answered.
    """

    name: str
    kinds: tuple[Kind, ...]
    make: Callable[[], bytes]
    refused: bool = True

    @cached_property
    def data(self) -> bytes:
        return self.make()

    @property
    def file(self) -> File:
        return File(self.name, self.data)


def _half(make: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: (data := make())[: len(data) // 2]


def _plain(data: bytes) -> Callable[[], bytes]:
    return lambda: data


_HTML = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>\n"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/><script>alert(1)</script></svg>'
_FORMULAS = b'name,note\n=1+1,=cmd|\' /C calc\'!A0\n@SUM(A1:A9),"=HYPERLINK(""http://x.example"",""y"")"\n+1,-1\n'
_WORDS = b"https://example.org/cat.png\n"
_PASSWD = b"file:///etc/passwd\n"

CORPUS: tuple[Hostile, ...] = (
    # Nothing, and next to nothing.
    Hostile("nothing.bin", MEDIA, bytes),
    Hostile("byte.bin", MEDIA, _plain(b"\0")),
    Hostile("zeros.bin", MEDIA, _plain(bytes(100_000))),
    Hostile("1x1.png", PICTURES, lambda: making.picture(size=(1, 1)), refused=False),
    # Pictures.
    Hostile("30000x30000.png", PICTURES, lambda: bombs.png(30_000, 30_000)),
    Hostile("just-below.png", PICTURES, lambda: bombs.png(7000, 7000, depth=8, colour=6), refused=False),
    Hostile("comment.png", PICTURES, bombs.png_with_a_long_comment),
    Hostile("screen.gif", (*PICTURES, *VIDEOS), lambda: bombs.gif(65_535, 65_535)),
    Hostile("frame-beyond-screen.gif", PICTURES, lambda: bombs.gif(1, 1, frame=(65_535, 65_535))),
    Hostile("16383x16383.webp", PICTURES, bombs.webp),
    *(
        Hostile(f"half.{kind.lower()}", PICTURES, _half(partial(making.picture, kind, size=(300, 200))))
        for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
    ),
    Hostile("drawing.svg", PICTURES, _plain(_SVG)),
    Hostile("photo.heic", PICTURES, _plain(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500))),
    Hostile("script.eps", PICTURES, _plain(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n")),
    # Sound.
    Hostile("day-of-silence.flac", SOUNDS, lambda: bombs.silence(86_400)),
    Hostile("untold-silence.flac", SOUNDS, lambda: bombs.silence(86_400, told=False)),
    Hostile("not-a-number.wav", SOUNDS, lambda: bombs.wav_of_floats(float("nan"))),
    Hostile("infinite.wav", SOUNDS, lambda: bombs.wav_of_floats(float("inf"))),
    Hostile("lying.wav", SOUNDS, bombs.wav_that_says_too_much, refused=False),
    Hostile("without-samples.wav", SOUNDS, bombs.wav_without_samples),
    Hostile("without-sound.mp4", SOUNDS, lambda: making.video("mp4", "mpeg4")),
    *(
        Hostile(f"half-{name}", SOUNDS, _half(partial(making.sound, *how)), refused=False)
        for name, how in making.SOUNDS.items()
    ),
    # Videos.
    Hostile("without-frames.mp4", VIDEOS, lambda: making.video("mp4", "mpeg4", frames=0)),
    Hostile("without-pictures.mp4", VIDEOS, lambda: making.sound("ipod", "aac", 44_100)),
    Hostile("many-samples.mp4", (*VIDEOS, *SOUNDS), bombs.mp4_of_many_samples),
    *(
        Hostile(f"half-{name}", VIDEOS, _half(partial(making.video, *how)), refused=False)
        for name, how in making.VIDEOS.items()
    ),
    # Lists of other files.
    Hostile("list.m3u8", (*SOUNDS, *VIDEOS), _plain(b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n" + _PASSWD)),
    Hostile("list.mp3", (*SOUNDS, *VIDEOS), _plain(b"ffconcat version 1.0\nfile '/etc/passwd'\n")),
    Hostile("list.pls", (*SOUNDS, *VIDEOS), _plain(b"[playlist]\nFile1=http://127.0.0.1:9/\nNumberOfEntries=1\n")),
    Hostile("session.sdp", (*SOUNDS, *VIDEOS), _plain(b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 5004 RTP/AVP 0\n")),
    Hostile(
        "manifest.mpd", (*SOUNDS, *VIDEOS), _plain(b'<?xml version="1.0"?><MPD><BaseURL>file:///etc/</BaseURL></MPD>')
    ),
    # Tables.
    Hostile("million-columns.csv", TABLES, lambda: b",".join([b"a"] * 1_000_000) + b"\n1\n"),
    Hostile("million-cells.csv", TABLES, lambda: b"a,b\n" + b"," * 1_000_000),
    Hostile("million-rows.csv", TABLES, lambda: b"a,b\n" + b"1,2\n" * 1_000_000),
    Hostile("open-quote.csv", TABLES, lambda: b'a,b\n"' + b"x\n" * 500_000),
    Hostile("formulas.csv", TABLES, _plain(_FORMULAS), refused=False),
    Hostile("deep.json", TABLES, lambda: b"[" * 1_000_000),
    Hostile("deep-objects.json", TABLES, lambda: b'{"a":' * 100_000),
    Hostile("empty-objects.json", TABLES, lambda: b"[" + b"{}," * 2_000_000 + b"{}]"),
    Hostile("long-number.json", TABLES, lambda: b'[{"a":' + b"9" * 100_000 + b"}]"),
    Hostile("bomb.xlsx", TABLES, bombs.xlsx),
    Hostile("billion-laughs.xlsx", TABLES, bombs.xlsx_of_laughs),
    Hostile("row-of-numbers.xlsx", TABLES, bombs.xlsx_with_a_far_row, refused=False),
    Hostile("many-parts.xlsx", TABLES, bombs.xlsx_of_many_parts),
    Hostile("half.xlsx", TABLES, _half(lambda: making.workbook([["a"], [1]]))),
    # PDFs.
    Hostile("bomb.pdf", DOCUMENTS, lambda: bombs.pdf_with(bombs.zeros()), refused=False),
    Hostile("picture-bomb.pdf", DOCUMENTS, bombs.pdf_of_a_large_picture, refused=False),
    Hostile("circle.pdf", DOCUMENTS, bombs.pdf_in_a_circle, refused=False),
    Hostile("large-page.pdf", DOCUMENTS, lambda: making.pdf(size=(5000, 5000)), refused=False),
    Hostile("half.pdf", DOCUMENTS, _half(making.pdf), refused=False),
    # Not what they are called.
    Hostile("page.png", MEDIA, _plain(_HTML)),
    Hostile("picture.mp3", (*SOUNDS, *VIDEOS, *TABLES), making.picture),
    Hostile("song.png", (*PICTURES, *TABLES), lambda: making.sound("mp3", "libmp3lame", 44_100)),
    Hostile("clip.csv", (*PICTURES, *TABLES), lambda: making.video("mp4", "mpeg4")),
    Hostile("scan.jpg", (Kind.IMAGE, *SOUNDS, *VIDEOS, *TABLES), making.pdf),
    Hostile("letter.pdf", MEDIA, _plain(b"PK\x03\x04" + bytes(26) + b"word/document.xml")),
    Hostile("program.wav", MEDIA, _plain(b"MZ\x90\0" + bytes(3000))),
    # Addresses, and names that lead elsewhere: neither is ever followed.
    Hostile("address.txt", MEDIA, _plain(_WORDS)),
    Hostile("file.png", MEDIA, _plain(_PASSWD)),
    Hostile("../../../../etc/passwd", (*SOUNDS, *VIDEOS, *TABLES), making.picture),
    Hostile("../../secret.png", PICTURES, making.picture, refused=False),
    Hostile("file:///etc/passwd", PICTURES, making.picture, refused=False),
    Hostile("@everyone **[x](http://x.example)** `<@1>`" * 10, MEDIA, _plain(b"\1\2\3")),
)
