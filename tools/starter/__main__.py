"""The trained starter models: `python -m tools.starter train` makes them, `evaluate` says how good they are."""

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.tasks import find
from bot.worker.starters import TRAINED

# Those that take longest come first.
TRIED = (
    "translation",
    "question-answering",
    "summarization",
    "zero-shot-classification",
    "token-classification",
    "text-classification",
)
SHIPPED = tuple(name for name in TRIED if find(name).trained_starter)
"""Those that are good enough; the others have to be named."""
AT_ONCE = 2
"""Trainings, each on one core."""


def train(name: str, folder: Path) -> None:
    """Train the model of a task, and write it with its card to `folder`."""
    import torch

    from tools.starter import encoders, reading, seq2seq
    from tools.starter.cards import write_card
    from tools.starter.evaluation import MEASURES, asking
    from tools.starter.training import save

    torch.set_num_threads(1)
    # What others do on this machine doesn't count.
    began = time.process_time()
    model, tokenizer = {**encoders.RECIPES, **reading.RECIPES, **seq2seq.RECIPES}[name]()
    seconds = time.process_time() - began
    save(model, tokenizer, folder)
    write_card(name, folder, MEASURES[name](asking(name, folder)), seconds)


def _train_each(names: list[str], folder: Path) -> None:
    def run(name: str) -> None:
        command = [sys.executable, "-m", "tools.starter", "train", name, "--to", str(folder)]
        subprocess.run(command, check=True)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(run, names))


def _evaluate(names: list[str], folder: Path) -> None:
    from tools.starter.evaluation import MEASURES, asking

    print(json.dumps({name: MEASURES[name](asking(name, folder / name)) for name in names}, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.starter", description=__doc__)
    parser.add_argument("what", choices=("train", "evaluate"))
    parser.add_argument(
        "tasks", nargs="*", metavar="task", help=f"of {', '.join(TRIED)}; those that ship where left out"
    )
    parser.add_argument("--to", "--in", type=Path, default=TRAINED, dest="folder", help="the folder of their folders")
    given = parser.parse_args()
    if unknown := set(given.tasks) - set(TRIED):
        parser.error(f"there is no starter for {', '.join(sorted(unknown))}")
    names = [name for name in TRIED if name in (given.tasks or SHIPPED)]
    if given.what == "evaluate":
        _evaluate(names, given.folder)
    elif len(names) == 1:
        train(names[0], given.folder / names[0])
    else:
        _train_each(names, given.folder)


if __name__ == "__main__":
    main()
