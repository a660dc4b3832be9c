"""Starter models: tiny stand-ins, built on this machine, for where no real model can be had.

They are untrained: they show that everything between a member and a model works, and their answers mean nothing.
"""

import shutil
from pathlib import Path

import torch

from bot.tasks import Task
from bot.worker.starters import audio, multimodal, text, vision

_BUILDERS = {**text.BUILDERS, **audio.BUILDERS, **vision.BUILDERS, **multimodal.BUILDERS}


def starter_model(task: Task, parent: Path) -> Path:
    """The folder of the stand-in for `task` below `parent`, built at first use (under a second)."""
    folder = parent / task.name
    if not folder.exists():
        draft = parent / f"{task.name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            _BUILDERS[task.name](draft)
        draft.rename(folder)
    return folder
