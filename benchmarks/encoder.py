"""The worker against the bare model: 64 members in a closed loop classify texts of chat lengths.

    python -m benchmarks.encoder [--size minilm] [--rounds 5] [--requests 192] [--mixes lognormal,uniform,short,equal]

`ratios` are requests per second of the worker over those of
- `raw`: the bare model in the worker's number format, all texts known and tokenised beforehand, by the best way of
  batching them;
- `one_at_a_time`: the pipeline called for one text after the other, in float32;
- `thread_pool`: the pipeline called by 8 threads, in float32.

`cpu_ratios` are the same in CPU seconds, which other work on the machine disturbs less.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import transformers

from benchmarks.common import WORDS, Clock, answered, classifier, interleaved, lengths, ratio, tell, text
from bot.request import Asker, Request
from bot.worker.hub import Models, ModelStore
from bot.worker.packing import Packing
from bot.worker.thread import ThreadWorker

MEMBERS = 64
BUDGETS = (256, 512, 1024, 2048)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="minilm")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=192)
    parser.add_argument("--mixes", default="lognormal,uniform,short,equal")
    parser.add_argument("--dtype", default="float32", help="the worker's: auto, float32, bfloat16 or float16")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = classifier(Path(folder) / "model", given.size)
        asyncio.run(_measure(model, Path(folder), given))


async def _measure(model: Path, data: Path, given: argparse.Namespace) -> None:
    store = ModelStore(data, Models.HUB, overrides={"text-classification": str(model)})
    worker = ThreadWorker(store, dtype=given.dtype)
    await worker.open()
    try:
        dtype = (await answered(worker, Request("text-classification", {"text": WORDS[0]}))).source.dtype
        figures: dict[str, Any] = {"size": given.size, "members": MEMBERS, "dtype": dtype, "mixes": {}}
        of = {"model": str(model), "device": worker.device.name}
        pipe = transformers.pipeline("text-classification", dtype="float32", **of)
        bare = transformers.pipeline("text-classification", dtype=dtype, **of)
        for mix in given.mixes.split(","):
            figures["mixes"][mix] = await _measure_mix(worker, pipe, bare, mix, given)
    finally:
        await worker.close()
    figures["ratios"] = figures["mixes"].get("lognormal", next(iter(figures["mixes"].values())))["ratios"]
    tell("encoder", figures)


async def _measure_mix(
    worker: ThreadWorker, pipe: Any, bare: Any, mix: str, given: argparse.Namespace
) -> dict[str, Any]:
    chance = random.Random(7)
    texts = [text(tokens, chance) for tokens in lengths(mix, given.requests, chance)]
    loop = asyncio.get_running_loop()

    def served() -> Clock:
        with Clock() as clock:
            asyncio.run_coroutine_threadsafe(_serve(worker, texts), loop).result()
        return clock

    variants: dict[str, Callable[[], Clock]] = {
        "worker": served,
        "one_at_a_time": lambda: _call(lambda: [pipe(one, top_k=None, truncation=True) for one in texts]),
        "thread_pool": lambda: _call(lambda: _in_threads(pipe, texts)),
    }
    # The best way to batch what is known beforehand: packed without padding, or sorted by length, by some budget.
    raw = _RawLimit(bare, texts)
    best = min(BUDGETS, key=lambda budget: raw.packed(budget).wall)
    variants["raw_packed"] = lambda: raw.packed(best)
    best_sorted = min(BUDGETS, key=lambda budget: raw.sorted_by_length(budget).wall)
    variants["raw_sorted"] = lambda: raw.sorted_by_length(best_sorted)
    before = len(worker.snapshot().passes)
    rounds = await asyncio.to_thread(interleaved, variants, given.rounds)
    passes = worker.snapshot().passes[before:] or worker.snapshot().passes
    rates = {name: [len(texts) / clock.wall for clock in clocks] for name, clocks in rounds.items()}
    cpu = {name: [1000 * clock.cpu / len(texts) for clock in clocks] for name, clocks in rounds.items()}
    limit = [max(pair) for pair in zip(rates["raw_packed"], rates["raw_sorted"], strict=True)]
    least = [min(pair) for pair in zip(cpu["raw_packed"], cpu["raw_sorted"], strict=True)]
    return {
        "requests_per_second": {name: round(statistics.median(values), 1) for name, values in rates.items()},
        "cpu_ms_per_request": {name: round(statistics.median(values), 2) for name, values in cpu.items()},
        "ratios": {
            "raw": ratio(rates["worker"], limit),
            "one_at_a_time": ratio(rates["worker"], rates["one_at_a_time"]),
            "thread_pool": ratio(rates["worker"], rates["thread_pool"]),
        },
        "cpu_ratios": {
            "raw": ratio(least, cpu["worker"]),
            "one_at_a_time": ratio(cpu["one_at_a_time"], cpu["worker"]),
            "thread_pool": ratio(cpu["thread_pool"], cpu["worker"]),
        },
        "rows_per_pass": round(statistics.fmean(it.rows for it in passes), 1),
        "padding": round(sum(it.padding for it in passes) / sum(it.padding + it.tokens for it in passes), 4),
    }


async def _serve(worker: ThreadWorker, texts: list[str]) -> None:
    """Each member asks, waits for the answer, and asks the next."""
    left = iter(texts)

    async def member(number: int) -> None:
        for one in left:
            request = Request("text-classification", {"text": one}, asker=Asker(number, number % 4))
            await answered(worker, request)

    await asyncio.gather(*map(member, range(MEMBERS)))


def _call(function: Callable[[], Any]) -> Clock:
    with Clock() as clock:
        function()
    return clock


def _in_threads(pipe: Any, texts: list[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: pipe(one, top_k=None, truncation=True), texts))


class _RawLimit:
    """The bare model's forward passes over all texts, tokenised beforehand."""

    def __init__(self, pipe: Any, texts: list[str]) -> None:
        self._model = pipe.model
        rows = [pipe.tokenizer(one, truncation=True)["input_ids"] for one in texts]
        self._rows = sorted(rows, key=len)

    def packed(self, budget: int) -> Clock:
        packing = Packing(self._model, first_only=True)
        try:
            return self._run(budget, padded=False)
        finally:
            packing.remove(self._model)

    def sorted_by_length(self, budget: int) -> Clock:
        return self._run(budget, padded=True)

    def _run(self, budget: int, *, padded: bool) -> Clock:
        batches: list[list[list[int]]] = [[]]
        for row in self._rows:
            taken = len(row) * (len(batches[-1]) + 1) if padded else len(row) + sum(map(len, batches[-1]))
            if batches[-1] and taken > budget:
                batches.append([])
            batches[-1].append(row)
        device = self._model.device
        with Clock() as clock, torch.inference_mode():
            for batch in batches:
                ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in batch], batch_first=True)
                mask = torch.nn.utils.rnn.pad_sequence(
                    [torch.ones(len(row), dtype=torch.long) for row in batch], batch_first=True
                )
                self._model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits.cpu()
        return clock


if __name__ == "__main__":
    main()
