"""One busy member among twenty: 1,000 requests to 6 models where memory holds 3, half of them from the busy one.

    python -m benchmarks.fairness [--rounds 5] [--requests 1000]

19 members ask one thing after the other, with a pause of up to half a second; the busy one sends all of theirs at once.
`ratios`:
- `others_p95`: the 95th percentile of the others' time to the answer, with the busy member over without him;
- `loads`: models loaded over the fewest possible for this order of arrival (Belady's optimum for a memory of 3).
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.common import answered, classifier, lengths, quantile, ratio, tell, text
from bot.request import Asker, Request
from bot.worker.hub import ModelFiles, Models, ModelStore
from bot.worker.thread import ThreadWorker

MODELS, HELD = 6, 3
OTHERS = 19
BUSY = OTHERS
PAUSE = 0.5
"""Seconds at most between an answer and the next question."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        models = [classifier(Path(folder) / f"model{n}", "small", seed=n, vocabulary=10_000) for n in range(MODELS)]
        asyncio.run(_measure(models, Path(folder), given))


async def _measure(models: list[Path], data: Path, given: argparse.Namespace) -> None:
    rounds: dict[bool, list[_Round]] = {True: [], False: []}
    for number in range(given.rounds):
        for busy in (True, False) if number % 2 else (False, True):
            rounds[busy].append(await _round(models, data, given.requests, seed=number, busy=busy))
    p95 = {busy: [quantile(one.others, 0.95) for one in several] for busy, several in rounds.items()}
    tell(
        "fairness",
        {
            "requests": given.requests,
            "models": MODELS,
            "held": HELD,
            "others_p95_s": {
                "with_the_busy_one": round(statistics.median(p95[True]), 3),
                "without": round(statistics.median(p95[False]), 3),
            },
            "others_p50_s": {
                "with_the_busy_one": round(statistics.median(quantile(one.others, 0.5) for one in rounds[True]), 3),
                "without": round(statistics.median(quantile(one.others, 0.5) for one in rounds[False]), 3),
            },
            "loads": {
                "with_the_busy_one": statistics.median(one.loads for one in rounds[True]),
                "fewest": statistics.median(one.fewest for one in rounds[True]),
            },
            "seconds": round(statistics.median(one.seconds for one in rounds[True]), 1),
            "ratios": {
                "others_p95": ratio(p95[True], p95[False]),
                "loads": ratio([one.loads for one in rounds[True]], [one.fewest for one in rounds[True]]),
            },
        },
    )


class _Round:
    def __init__(self) -> None:
        self.others: list[float] = []
        """Seconds from question to answer."""
        self.arrivals: list[int] = []
        """The models asked for, in order."""
        self.loads = 0
        self.fewest = 0
        self.seconds = 0.0


async def _round(models: list[Path], data: Path, requests: int, *, seed: int, busy: bool) -> _Round:
    """One run with a worker of its own, which begins with nothing loaded."""
    chance = random.Random(seed)
    # Members name them as they name models on the Hub; here they are folders that only stand in for those.
    store = _Folders(data, models)
    size = sum(path.stat().st_size for path in models[0].glob("*.safetensors"))
    worker = ThreadWorker(store, memory=int(size * (HELD + 0.5)), limit=2 * requests)
    await worker.open()
    result = _Round()

    def request(member: int, text: str, model: int) -> Request:
        result.arrivals.append(model)
        return Request("text-classification", {"text": text}, model=str(model), asker=Asker(member, member % 4))

    plan = [
        (text(tokens, chance), chance.randrange(MODELS), chance.uniform(0, PAUSE))
        for tokens in lengths("lognormal", requests, chance)
    ]
    half = iter(plan[: requests // 2])

    async def other(member: int) -> None:
        for words, model, pause in half:
            await asyncio.sleep(pause)
            began = time.perf_counter()
            await answered(worker, request(member, words, model))
            result.others.append(time.perf_counter() - began)

    began = time.perf_counter()
    try:
        everybody: list[Coroutine[Any, Any, Any]] = [other(member) for member in range(OTHERS)]
        if busy:
            everybody += [answered(worker, request(BUSY, words, model)) for words, model, _ in plan[requests // 2 :]]
        await asyncio.gather(*everybody)
        result.seconds = time.perf_counter() - began
        result.loads = worker.snapshot().loads
    finally:
        await worker.close()
    result.fewest = fewest_loads(result.arrivals, HELD)
    return result


class _Folders(ModelStore):
    """Models by number, from this disk."""

    def __init__(self, data: Path, models: Sequence[Path]) -> None:
        super().__init__(data, Models.HUB)
        self._models = models

    def find(self, _task: Any, named: str | None, _watch: Any, *, among: Any = None, real: bool = False) -> Any:  # noqa: ARG002
        assert named is not None
        return ModelFiles(self._models[int(named)], named, "main")


def fewest_loads(arrivals: Sequence[int], held: int) -> int:
    """How often models must be loaded at least, if requests are served as they arrive (Belady, 1966).

    Of what is held, that one leaves which is asked for latest.
    """
    memory: set[int] = set()
    loads = 0
    for now, wanted in enumerate(arrivals):
        if wanted in memory:
            continue
        loads += 1
        if len(memory) == held:
            later = arrivals[now:]
            memory.remove(max(memory, key=lambda model: later.index(model) if model in later else len(later)))
        memory.add(wanted)
    return loads


if __name__ == "__main__":
    main()
