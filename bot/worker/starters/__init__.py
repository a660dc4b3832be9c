"""Starter models: small stand-ins, for where no real model can be had.

Those in `trained/` answer sensibly, as far as a model of a few megabytes can; `tools/starter` made them. The others are
built on this machine and untrained: they show that everything between a member and a model works, and their answers
mean nothing.
"""

import shutil
from pathlib import Path

import torch

from bot.tasks import Task
from bot.worker.starters import audio, multimodal, text, vision

TRAINED = Path(__file__).parent / "trained"
"""Where the trained ones are, each in a folder that is named like its task."""

_BUILDERS = {**text.BUILDERS, **audio.BUILDERS, **vision.BUILDERS, **multimodal.BUILDERS}


def starter_model(task: Task, parent: Path) -> Path:
    """The folder of the stand-in for `task`: a trained one, or below `parent`, built at first use (under a second)."""
    if task.trained_starter:
        return TRAINED / task.name
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
