"""A reply drawn as Discord shows it, more or less: for the gallery, where no Discord is at hand."""

import io
import re
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from bot.replies.drawing import COLOURS, SIGNS
from bot.replies.figures import BACKGROUND, BEST, FAINT, TEXT, TRACK
from bot.replies.lettering import font
from bot.replies.renderers import Rendered

WIDTH = 640
_MARGIN, _GAP, _ACCENT = 22, 12, 6
_SIZES = {"## ": 25, "### ": 19, "-# ": 14}
_HIGHEST = 560


@dataclass
class Painter:
    """Paints from top to bottom on a card that is cut to its length in the end."""

    card: Image.Image = field(default_factory=lambda: Image.new("RGB", (WIDTH, 4000), BACKGROUND))
    y: float = 16

    def __post_init__(self) -> None:
        self.pen = ImageDraw.Draw(self.card)

    def text(self, text: str) -> None:
        """A text display, in the part of Discord's markdown that replies use."""
        quoted = False
        for line in text.splitlines():
            quoted = quoted or line.startswith(">>> ")
            start = self.y
            body = line.removeprefix(">>> ").removeprefix("> ")
            indent = 16 if quoted or body != line else 0
            self._line(body, _MARGIN + indent)
            if indent:
                self.pen.rounded_rectangle((_MARGIN, start, _MARGIN + 4, self.y), radius=2, fill="#4e5058")
        self.y += _GAP

    def _line(self, line: str, left: float) -> None:
        mark = next((mark for mark in _SIZES if line.startswith(mark)), "")
        size, colour = _SIZES.get(mark, 17), FAINT if mark == "-# " else TEXT
        always_bold, bold, code, x = mark.startswith("##"), False, False, left
        for word in re.split(r"(\*\*|__|`|(?<= ))", line.removeprefix(mark)):
            if word in {"**", "__", "`"}:
                bold, code = bold ^ (word == "**"), code ^ (word == "`")
                continue
            letters = font(size, bold=bold or always_bold)
            shown = word.replace("\\", "").replace("🔊", "♪")
            if x + letters.getlength(shown.rstrip()) > WIDTH - _MARGIN and x > left:
                x, self.y = left, self.y + size * 1.45
            if shown.strip() in SIGNS:
                place = (x, self.y + 3, x + size, self.y + 3 + size)
                self.pen.rounded_rectangle(place, radius=3, fill=COLOURS[SIGNS.index(shown.strip())])
                x += size * 1.35
                continue
            if code and shown:
                place = (x - 3, self.y + 1, x + letters.getlength(shown) + 3, self.y + size * 1.35)
                self.pen.rounded_rectangle(place, radius=4, fill="#1e1f22")
            self.pen.text((x, self.y), shown, fill=colour, font=letters)
            x += letters.getlength(shown)
        self.y += size * 1.5

    def pictures(self, pictures: list[Image.Image]) -> None:
        """A gallery: one as wide as the card, several in a mosaic with the first above."""
        self.picture(pictures[0], _MARGIN, WIDTH - 2 * _MARGIN)
        across = 4
        side = (WIDTH - 2 * _MARGIN - (across - 1) * 8) // across
        for number, picture in enumerate(pictures[1:]):
            x, y = _MARGIN + number % across * (side + 8), self.y + number // across * (side + 8)
            ground = Image.new("RGB", (side, side), TRACK)
            small = picture.convert("RGBA")
            small.thumbnail((side - 16, side - 16))
            ground.paste(small, ((side - small.width) // 2, (side - small.height) // 2), small)
            self.card.paste(ground, (x, int(y)))
        if len(pictures) > 1:
            self.y += (len(pictures) + across - 2) // across * (side + 8)
        self.y += _GAP - 8

    def picture(self, picture: Image.Image, left: int, width: int) -> None:
        scale = min(width / picture.width, _HIGHEST / picture.height)
        shown = picture.convert("RGB").resize(
            (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS
        )
        self.card.paste(shown, (left, int(self.y)))
        self.y += shown.height + 8

    def file(self, name: str, size: int) -> None:
        """A file to keep."""
        self.pen.rounded_rectangle((_MARGIN, self.y, WIDTH - _MARGIN, self.y + 52), radius=8, fill=TRACK)
        self.pen.text((_MARGIN + 16, self.y + 9), name, fill="#00a8fc", font=font(16))
        self.pen.text((_MARGIN + 16, self.y + 31), f"{size / 1000:.1f} kB", fill=FAINT, font=font(12))
        self.y += 52 + 8

    def voice(self, waveform: bytes, seconds: float) -> None:
        """A voice message, as it stands below its card."""
        middle, count = self.y + 26, 60
        self.pen.rounded_rectangle((_MARGIN, self.y, WIDTH - _MARGIN, self.y + 52), radius=26, fill=TRACK)
        self.pen.ellipse((_MARGIN + 8, self.y + 8, _MARGIN + 44, self.y + 44), fill=BEST)
        left = _MARGIN + 21
        self.pen.polygon([(left, middle - 9), (left, middle + 9), (left + 14, middle)], fill=TEXT)
        for number in range(count):
            height = 2 + 16 * waveform[number * len(waveform) // count] / max(1, *waveform)
            x = _MARGIN + 62 + number * 7.6
            self.pen.rounded_rectangle((x, middle - height, x + 4, middle + height), radius=2, fill=FAINT)
        told = f"{int(seconds) // 60}:{int(seconds) % 60:02}"
        self.pen.text((WIDTH - _MARGIN - 18, middle), told, fill=TEXT, font=font(15), anchor="rm")
        self.y += 52 + 8

    def finished(self) -> Image.Image:
        self.pen.rectangle((0, 0, _ACCENT - 1, self.y), fill=BEST)
        return self.card.crop((0, 0, WIDTH, int(self.y) + 8))


def card(title: str, quotes: list[str], rendered: Rendered) -> Image.Image:
    """The reply with its heading, what was asked, the answer, and what stands below it."""
    painter = Painter()
    for text in (f"### {title}", *(f"> {quote}" for quote in quotes), rendered.text):
        painter.text(text)
    files = {file.uri: file for file in rendered.files}
    for item in rendered.items:
        shown = item.to_component_dict()
        if "items" in shown:
            data = [files[one["media"]["url"]].fp.read() for one in shown["items"]]
            painter.pictures([Image.open(io.BytesIO(one)) for one in data])
        elif rendered.voice:
            painter.voice(rendered.voice.waveform, rendered.voice.seconds)
        else:
            file = files[shown["file"]["url"]]
            painter.file(file.filename, len(file.fp.read()))
    return painter.finished()
