"""What renderers work with: the question that was asked, and the parts that an answer is made of."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import numpy as np
from PIL import Image

from bot.media.limits import NO_LIMITS
from bot.replies import fitting
from bot.replies.split import Size, split
from bot.request import File, Request
from bot.tasks import Kind, Task

ROOM = Size(2400, 5500)
"""What an answer's text may take of a card: Discord allows 4,000 characters and about 10,000 bytes in all."""

Item = discord.ui.Item[discord.ui.LayoutView]
Parts = tuple[tuple[Item, ...], tuple[discord.File, ...]]
"""Components, and the files that they show."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What Discord wants of a voice message: Ogg with Opus, its length, and a point of its waveform a byte."""

    ogg: bytes = field(repr=False)
    seconds: float
    waveform: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer's text, what stands below it, and the files that both refer to.

    Where there is a `voice`, `items` and `files` show the same for where no voice message can be sent.
    """

    text: str
    items: tuple[Item, ...] = ()
    files: tuple[discord.File, ...] = ()
    voice: Voice | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture: its file's name but for the ending; PNG, JPEG or WebP; what is in it, for those who don't see it."""

    name: str
    data: bytes = field(repr=False)
    description: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer answers. `limit` is the bytes that Discord takes a file."""

    task: Task
    request: Request
    limit: int

    @property
    def name(self) -> str:
        """How files about it are called, but for the ending."""
        return self.task.command.replace(" ", "-")

    @property
    def nothing(self) -> str:
        return f"*{self.task.nothing}*"

    @property
    def spoiler(self) -> bool:
        """Whether it is about something that is hidden until people click on it."""
        return any(isinstance(value, File) and value.spoiler for value in self.request.inputs.values())

    def pictures(self, page: int | None = None) -> list[Image.Image]:
        """The pictures that were asked about, as the model saw them; of a document its `page`, from 1."""
        from bot.media.document import read_document
        from bot.media.image import read_image

        pictures = [read_image(file, NO_LIMITS) for file in self._files(Kind.IMAGE)]
        for file in self._files(Kind.DOCUMENT):
            pages = read_document(file, NO_LIMITS)
            pictures.append(pages[min(max(page or 1, 1), len(pages)) - 1])
        return pictures

    def frames(self, most: int) -> list[np.ndarray[Any, Any]]:
        """Frames of the video that was asked about, RGB; none where it wasn't about one."""
        from bot.media.video import read_video

        limits = replace(NO_LIMITS, frames=most)
        return [frame for file in self._files(Kind.VIDEO) for frame in read_video(file, limits)]

    def tables(self) -> Iterator[Any]:
        """The tables that were asked about, as DataFrames of texts."""
        from bot.media.table import read_table

        yield from (read_table(file, NO_LIMITS) for file in self._files(Kind.TABLE))

    def gallery(self, *drawn: Drawn) -> Parts:
        """Pictures, made to fit: one as wide as the card, or several in a mosaic."""
        files, shown = [], []
        for one in drawn:
            data = fitting.fitted_picture(one.data, fitting.room(self.limit, len(drawn)))
            file = _picture(fitting.file_name(one.name, fitting.ending(data)), data, one.description, self.spoiler)
            files.append(file)
            shown.append(discord.MediaGalleryItem(file, description=file.description, spoiler=self.spoiler))
        return (discord.ui.MediaGallery[discord.ui.LayoutView](*shown),) if shown else (), tuple(files)

    def document(self, suffix: str, text: str, description: str) -> Parts:
        """A text file to keep."""
        return self.attached(suffix, fitting.fitted_text(text, fitting.room(self.limit, 4)), description)

    def attached(self, suffix: str, data: bytes, description: str) -> Parts:
        """A file of any kind, which fits."""
        file = discord.File(
            io.BytesIO(data),
            filename=fitting.file_name(self.name, suffix),
            description=description,
            spoiler=self.spoiler,
        )
        return (discord.ui.File[discord.ui.LayoutView](file, spoiler=self.spoiler),), (file,)

    def written(self, shown: str, whole: str) -> tuple[str, Parts]:
        """`shown` where there is room for it; else as much as there is, and the `whole` text in a file."""
        if ROOM.holds(shown):
            return shown, ((), ())
        beginning = split(shown, Size(ROOM.characters - 60, ROOM.bytes - 60))[0]
        told = f"{beginning}\n-# …and so on: the whole text is in the file."
        return told, self.document("txt", whole, "The whole text")

    def _files(self, kind: Kind) -> Iterator[File]:
        for name, wanted in self.task.takes.items():
            value = self.request.inputs.get(name)
            if wanted is kind and isinstance(value, File):
                yield value


def joined(*parts: Parts) -> Parts:
    """The same one below the other."""
    return tuple(item for items, _ in parts for item in items), tuple(file for _, files in parts for file in files)


def picture(name: str, png: bytes, description: str) -> Parts:
    """A picture as wide as the card, and its file; `description` is for those who don't see it."""
    file = _picture(name, png, description, spoiler=False)
    gallery: discord.ui.MediaGallery[discord.ui.LayoutView] = discord.ui.MediaGallery(
        discord.MediaGalleryItem(file, description=file.description)
    )
    return (gallery,), (file,)


def _picture(name: str, data: bytes, description: str, spoiler: bool) -> discord.File:
    told = " ".join(description.split())[: fitting.LONGEST_DESCRIPTION]
    return discord.File(io.BytesIO(data), filename=name, description=told or "A picture", spoiler=spoiler)
