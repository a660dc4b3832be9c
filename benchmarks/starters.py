"""How long the trained starter models take to load, and how much memory they hold: all of them, one after the other.

    python -m benchmarks.starters [--rounds 5]

Each round is a process of its own, in which torch, transformers and the pipelines' modules are imported before the
clock starts, as they are in a running worker. Prints JSON: `seconds` and `megabytes` (of resident memory, over that of
the process before), the median of the rounds and each of them.
"""

import argparse
import json
import statistics
import subprocess
import sys


def load_all() -> tuple[float, float]:
    """Seconds and megabytes that loading takes in this process."""
    import time

    import psutil

    from bot.pipelines import pipeline
    from bot.pipelines.building import pipeline_class
    from bot.tasks import TASKS
    from bot.worker.starters import TRAINED, starter_model

    tasks = [task for task in TASKS if task.trained_starter]
    for task in tasks:
        pipeline_class(task.name)
    process = psutil.Process()
    before, began = process.memory_info().rss, time.perf_counter()
    loaded = [pipeline(task.name, str(starter_model(task, TRAINED)), dtype="float32", device="cpu") for task in tasks]
    seconds, held = time.perf_counter() - began, process.memory_info().rss - before
    assert len(loaded) == len(tasks)
    return seconds, held / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(load_all()))
        return
    command = [sys.executable, "-m", "benchmarks.starters", "--one"]
    rounds = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
        for _ in range(given.rounds)
    ]
    seconds, megabytes = zip(*rounds, strict=True)
    told = {"seconds": seconds, "megabytes": megabytes}
    print(json.dumps({name: {"median": statistics.median(it), "rounds": it} for name, it in told.items()}, indent=2))


if __name__ == "__main__":
    main()
