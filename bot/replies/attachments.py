"""Other people's files, as Discord hands them out: what they are, and their bytes."""

from pathlib import PurePath

import discord

from bot.errors import Refusal
from bot.media.limits import Limits
from bot.request import File
from bot.tasks import Kind, Task

_BY_ENDING = {
    Kind.IMAGE: {"avif", "bmp", "gif", "jpeg", "jpg", "png", "tif", "tiff", "webp"},
    Kind.AUDIO: {"aac", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav"},
    Kind.VIDEO: {"avi", "m4v", "mkv", "mov", "mp4", "webm"},
    Kind.TABLE: {"csv", "json", "tsv", "xlsx"},
    Kind.DOCUMENT: {"pdf"},
}
_ALSO = {Kind.IMAGE: {Kind.DOCUMENT}, Kind.VIDEO: {Kind.AUDIO}}
"""A picture may be a scanned page, and a video has sound."""


def kinds_of(attachment: discord.Attachment) -> frozenset[Kind]:
    """What `attachment` can be used as, by its name and by what Discord says of it; its bytes may tell otherwise."""
    ending = PurePath(attachment.filename).suffix.lower().removeprefix(".")
    claimed = (attachment.content_type or "").partition("/")[0]
    found = {kind for kind, endings in _BY_ENDING.items() if ending in endings or claimed == kind.value}
    return frozenset(found.union(*(_ALSO.get(kind, set()) for kind in found)))


def announced(task: Task, name: str, attachment: discord.Attachment, limits: Limits) -> File:
    """What stands for an attachment until its bytes are here. Refusal where they needn't be fetched."""
    if task.takes.get(name) in {None, Kind.LONG_TEXT}:
        task.check_size(attachment.filename, attachment.size)
    elif attachment.size > limits.bytes:
        raise Refusal(
            f"{attachment.filename} is {attachment.size / 1e6:.1f} MB; I take files of up to {limits.bytes / 1e6:g} MB."
        )
    return File(attachment.filename, b"", attachment.content_type, attachment.is_spoiler())


async def fetched(attachment: discord.Attachment) -> File:
    """With its bytes. Refusal where Discord doesn't hand them out."""
    try:
        data = await attachment.read()
    except discord.HTTPException as error:
        raise Refusal(f"Discord didn't hand out {attachment.filename}. Attach it again.") from error
    return File(attachment.filename, data, attachment.content_type, attachment.is_spoiler())
