"""Pictures to try pipelines on, and starter models to try them with."""

import random
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageDraw

from bot.pipelines import pipeline
from bot.worker.starters import multimodal, vision

BUILDERS = {**vision.BUILDERS, **multimodal.BUILDERS}


def picture(seed: int = 0, size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Some shapes in some colours."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, _colour(chance))
    draw = ImageDraw.Draw(image)
    for shape in (draw.rectangle, draw.ellipse, draw.rectangle, draw.ellipse):
        left, top = chance.randrange(size[0]), chance.randrange(size[1])
        shape([left, top, left + size[0] // 3, top + size[1] // 3], fill=_colour(chance))
    return image


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)


def starter(task: str, folder: Path) -> Any:
    """A pipeline around the starter model for `task`, which is built in `folder`."""
    torch.manual_seed(0)
    BUILDERS[task](folder)
    return pipeline(task, str(folder))
