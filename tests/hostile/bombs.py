"""Small files that become large, or say that they would."""

import io
import struct
import wave
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from tests.media import making

_SHEET = "xl/worksheets/sheet1.xml"

_BLOCK = 65_535


@cache
def zeros() -> bytes:
    """200 million of them, as zlib has them: a thousandth."""
    packer, piece = zlib.compressobj(9), bytes(1_000_000)
    return b"".join(packer.compress(piece) for _ in range(200)) + packer.flush()


def png(width: int, height: int, depth: int = 1, colour: int = 0) -> bytes:
    """A PNG of up to 200 MB of one colour; `colour` 0 is grey, 6 is red, green, blue and alpha."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return _png(("IHDR", header), ("IDAT", zeros()))


def png_with_a_long_comment() -> bytes:
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return _png(("IHDR", header), ("zTXt", b"a\0\0" + zeros()), ("IDAT", zlib.compress(b"\0\0")))


def _png(*chunks: tuple[str, bytes]) -> bytes:
    data = b"\x89PNG\r\n\x1a\n"
    for name, content in (*chunks, ("IEND", b"")):
        named = name.encode() + content
        data += struct.pack(">I", len(content)) + named + struct.pack(">I", zlib.crc32(named))
    return data


def gif(width: int, height: int, frame: tuple[int, int] | None = None) -> bytes:
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    place = struct.pack("<HHHHB", 0, 0, *(frame or (width, height)), 0)
    return b"GIF89a" + screen + b"," + place + b"\x02\x02\x4c\x01\0;"


def webp() -> bytes:
    side = 16_383 - 1
    bits = b"\x2f" + struct.pack("<I", side | side << 14) + bytes(100)
    chunk = b"VP8L" + struct.pack("<I", len(bits)) + bits + b"\0"
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def silence(seconds: int, told: bool = True) -> bytes:
    """FLAC at 8 kHz, in which eight seconds of silence take 15 bytes."""
    blocks = seconds * 8000 // _BLOCK
    samples = blocks * _BLOCK if told else 0
    info = (
        struct.pack(">HH", _BLOCK, _BLOCK) + bytes(6) + (8000 << 44 | 15 << 36 | samples).to_bytes(8, "big") + bytes(16)
    )
    return b"fLaC\x80\0\0\x22" + info + b"".join(map(_silent_block, range(blocks)))


def _silent_block(number: int) -> bytes:
    header = b"\xff\xf8\x74\x08" + chr(number).encode("utf-8", "surrogatepass") + struct.pack(">H", _BLOCK - 1)
    header += bytes([_crc(header, 8, 0x07)])
    block = header + b"\0\0\0"
    return block + struct.pack(">H", _crc(block, 16, 0x8005))


def _crc(data: bytes, width: int, polynomial: int) -> int:
    value, top, mask = 0, 1 << (width - 1), (1 << width) - 1
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
    return value


def wav_of_floats(value: float) -> bytes:
    samples = struct.pack("<f", value) * 4000
    how = struct.pack("<HHIIHH", 3, 1, 8000, 32_000, 4, 32)
    chunks = b"WAVEfmt " + struct.pack("<I", len(how)) + how + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def wav_that_says_too_much() -> bytes:
    data = bytearray(wav_of_floats(0.25))
    place = data.index(b"data") + 4
    data[place : place + 4] = b"\xff\xff\xff\xf0"
    return bytes(data)


def wav_without_samples() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((1, 2, 8000, 0, "NONE", ""))
    return file.getvalue()


def mp4_of_many_samples() -> bytes:
    """A few hundred bytes whose table says that there are 150 million frames. FFmpeg makes room for each: gigabytes."""
    data, count = bytearray(making.video("mp4", "mpeg4")), 150_000_000
    struct.pack_into(">II", data, data.index(b"stsz") + 8, 1, count)
    struct.pack_into(">III", data, data.index(b"stts") + 8, 1, count, 1)
    struct.pack_into(">IIII", data, data.index(b"stsc") + 8, 1, 1, count, 1)
    return bytes(data)


def xlsx() -> bytes:
    """A sheet that begins well and goes on for 100 million spaces."""
    return _changed_workbook({_SHEET: lambda sheet: sheet[:-12] + b" " * 100_000_000 + sheet[-12:]})


def xlsx_of_laughs() -> bytes:
    entities = ['<!ENTITY l0 "ha">', *(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))]
    doctype = f"<!DOCTYPE worksheet [{''.join(entities)}]>".encode()
    return _changed_workbook({_SHEET: lambda sheet: doctype + sheet.replace(b">x<", b">&l9;<")})


def xlsx_with_a_far_row() -> bytes:
    return _changed_workbook({_SHEET: lambda sheet: sheet.replace(b'r="2"', b'r="999999999999"')})


def xlsx_of_many_parts() -> bytes:
    file = io.BytesIO(making.workbook([["a"], [1]]))
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(5000):
            archive.writestr(f"xl/media/{number}", b"")
    return file.getvalue()


def _changed_workbook(changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(making.workbook([["a", "b"], ["x", 1]]))) as whole,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for name in whole.namelist():
            change = changes.get(name, bytes)
            changed.writestr(name, change(whole.read(name)))
    return file.getvalue()


def pdf_with(content: bytes, *more: bytes) -> bytes:
    """A page whose content is `content`, deflated; `more` are objects from the fifth on."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        _stream(b"/Filter/FlateDecode", content),
        *more,
    ]
    return _pdf(objects)


def pdf_of_a_large_picture() -> bytes:
    size = b"/Type/XObject/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceRGB"
    return pdf_with(zlib.compress(b"595 0 0 842 0 0 cm /X Do"), _stream(size + b"/Filter/FlateDecode", zeros()))


def pdf_in_a_circle() -> bytes:
    """Its pages are their own children."""
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 2 0 R]/Count 1000000>>"])


def _stream(how: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (how, len(content), content)


def _pdf(objects: list[bytes]) -> bytes:
    return (
        b"%PDF-1.7\n" + b"".join(_numbered(objects)) + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF\n" % (len(objects) + 1)
    )


def _numbered(objects: list[bytes]) -> Iterator[bytes]:
    for number, content in enumerate(objects, start=1):
        yield b"%d 0 obj\n%s\nendobj\n" % (number, content)
