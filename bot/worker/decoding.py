"""From the attachments of a request to what pipelines take."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.media.limits import Limits
from bot.request import File, Input
from bot.tasks import Kind, Task


def check(task: Task, inputs: Mapping[str, Input], limits: Limits) -> None:
    """A look at the beginnings of files. Refusal where one isn't what `task` takes, or more than `limits` allow."""
    from bot.media.audio import check_audio
    from bot.media.document import check_document
    from bot.media.image import check_image
    from bot.media.table import check_table
    from bot.media.video import check_video

    if task.pixels is not None:
        limits = replace(limits, pixels=min(task.pixels, limits.pixels))
    checks = {
        Kind.IMAGE: check_image,
        Kind.AUDIO: check_audio,
        Kind.VIDEO: check_video,
        Kind.DOCUMENT: check_document,
        Kind.TABLE: check_table,
    }
    for name, kind in task.media.items():
        value = inputs.get(name)
        if isinstance(value, File):
            checks[kind](value, limits)


def decode(task: Task, inputs: Mapping[str, Input], limits: Limits, rate: int) -> dict[str, Any]:
    """`inputs` with every file decoded: pictures as PIL images, sound as float32 samples at `rate`, videos as lists of
    frames, tables as data frames, documents as lists of pages. Refusal where one can't be."""
    return {name: _decoded(task, name, value, limits, rate) for name, value in inputs.items()}


def _decoded(task: Task, name: str, value: Input, limits: Limits, rate: int) -> Any:
    if not isinstance(value, File):
        return value
    match task.takes[name]:
        case Kind.IMAGE:
            from bot.media.image import read_image

            return read_image(value, limits)
        case Kind.AUDIO:
            from bot.media.audio import read_audio

            return read_audio(value, limits, rate, task.seconds)
        case Kind.VIDEO:
            from bot.media.video import read_video

            return read_video(value, limits)
        case Kind.DOCUMENT:
            from bot.media.document import read_document

            return read_document(value, limits)
        case Kind.TABLE:
            from bot.media.table import read_table

            return read_table(value, limits)
        case _:
            raise TypeError(name)
