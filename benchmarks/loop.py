"""How late the event loop is while the worker is busy: the lag of a timer that wants to fire every 5 ms.

    python -m benchmarks.loop [--rounds 5] [--seconds 3]

The worker is kept busy by classification, by generation, by questions to texts of 100,000 characters, by loading models
of 260 MB one after the other, and its threads by decoding pictures of 4,000 × 4,000 pixels. `ratios` are the 99th
percentiles of the lag over that of the idle loop in the same round.
"""

import argparse
import asyncio
import io
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from PIL import Image
from transformers import BertForQuestionAnswering

from benchmarks.common import answered, classifier, lengths, quantile, ratio, tell, text, writer
from bot.request import Asker
from bot.tasks import ANSWER, CLASSIFY, SENTIMENT, SUMMARIZE
from bot.worker.hub import Models, ModelStore
from bot.worker.opening import opened
from bot.worker.thread import ThreadWorker
from bot.worker.threads import PlacedThreads
from bot.worker.turns import Turns

TICK = 0.005
LONG_TEXT = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), given.rounds, given.seconds))


async def _measure(data: Path, rounds: int, seconds: float) -> None:
    chance = random.Random(3)
    large = [classifier(data / f"large{number}", "distilbert", seed=number) for number in range(2)]
    chosen = {
        SENTIMENT.name: classifier(data / "classifier"),
        ANSWER.name: classifier(data / "reader", "small", head=BertForQuestionAnswering),
        SUMMARIZE.name: writer(data / "writer"),
    }
    store = ModelStore(data, Models.HUB, overrides={task: str(folder) for task, folder in chosen.items()})
    tight = ModelStore(data, Models.HUB, overrides={SENTIMENT.name: str(large[0]), CLASSIFY.name: str(large[1])})
    weights = sum(path.stat().st_size for path in large[0].glob("*.safetensors"))
    short = [text(tokens, chance) for tokens in lengths("lognormal", 500, chance)]
    long = text(30_000, chance)[:LONG_TEXT]
    png = io.BytesIO()
    Image.effect_noise((4000, 4000), 50).convert("RGB").save(png, "PNG")

    async with (
        opened(ThreadWorker(store, memory=10**10)) as worker,
        opened(ThreadWorker(tight, memory=int(1.5 * weights))) as loader,
    ):

        async def classify(number: int) -> None:
            await answered(worker, SENTIMENT.request({"text": short[number % len(short)]}, asker=Asker(number % 64)))

        async def generate(number: int) -> None:
            await answered(worker, SUMMARIZE.request({"text": short[number % len(short)]}, asker=Asker(number % 64)))

        async def read(number: int) -> None:
            await answered(worker, ANSWER.request({"question": short[number], "text": long}, asker=Asker(number % 64)))

        async def load(number: int) -> None:
            values = {"text": short[number], "labels": "a, b"} if number % 2 else {"text": short[number]}
            await answered(loader, (CLASSIFY if number % 2 else SENTIMENT).request(values))

        hands = PlacedThreads(2, "decoding")
        turns = Turns()

        async def decode(_number: int) -> None:
            loop = asyncio.get_running_loop()
            done = loop.create_future()

            def work() -> None:
                Image.open(io.BytesIO(png.getvalue())).convert("RGB").resize((224, 224))
                loop.call_soon_threadsafe(done.set_result, None)

            hands.submit(turns.place(None), work)
            await done

        busy: dict[str, tuple[Callable[[int], Awaitable[None]], int]] = {
            "classification": (classify, 64),
            "generation": (generate, 8),
            "long_text": (read, 2),
            "loading": (load, 1),
            "decoding": (decode, 2),
        }
        for work, _ in busy.values():
            await work(0)
        lags: dict[str, list[list[float]]] = {name: [] for name in ("idle", *busy)}
        for _ in range(rounds):
            lags["idle"].append(await _lags(seconds))
            for name, (work, at_once) in busy.items():
                async with _kept_busy(work, at_once):
                    lags[name].append(await _lags(seconds))
        hands.close()
    p99 = {name: [quantile(one, 0.99) for one in several] for name, several in lags.items()}
    tell(
        "loop",
        {
            "model_mb": round(weights / 1e6),
            "lag_ms": {
                name: {
                    "p50": _ms(statistics.median(quantile(one, 0.5) for one in several)),
                    "p99": _ms(statistics.median(p99[name])),
                    "max": _ms(max(map(max, several))),
                }
                for name, several in lags.items()
            },
            "ratios": {name: ratio(p99[name], p99["idle"]) for name in busy},
        },
    )


@asynccontextmanager
async def _kept_busy(work: Callable[[int], Awaitable[None]], at_once: int) -> AsyncIterator[None]:
    numbers = itertools.count()
    over = False

    async def member() -> None:
        while not over:
            await work(next(numbers) % 400)

    members = [asyncio.create_task(member()) for _ in range(at_once)]
    await asyncio.sleep(0.2)
    try:
        yield
    finally:
        over = True
        await asyncio.gather(*members)


async def _lags(seconds: float) -> list[float]:
    lags = []
    end = time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        await asyncio.sleep(TICK)
        lags.append(time.perf_counter() - began - TICK)
    return lags


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


if __name__ == "__main__":
    main()
