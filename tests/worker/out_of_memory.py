"""A process of its own for test_engine: little address space, and a worker in it."""

import asyncio
import json
import resource
import sys
from pathlib import Path

import psutil

from bot.errors import Refusal
from bot.request import Request
from bot.worker.door import Failed
from bot.worker.hub import Models, ModelStore
from bot.worker.thread import ThreadWorker


async def ask(worker: ThreadWorker, text: str) -> str:
    last = [event async for event in worker.submit(Request("text-classification", {"text": text}))][-1]
    if isinstance(last, Failed):
        return last.error.sentence if isinstance(last.error, Refusal) else repr(last.error)
    return type(last).__name__


async def main(model: str, data: Path) -> list[str]:
    worker = ThreadWorker(ModelStore(data, Models.HUB, overrides={"text-classification": model}), device="cpu")
    await worker.open()
    first = await ask(worker, "short")
    taken = psutil.Process().memory_info().vms
    # Enough for a short text's activations, far from enough for a long one's.
    resource.setrlimit(resource.RLIMIT_AS, (taken + (64 << 20), resource.RLIM_INFINITY))
    long = await ask(worker, "word " * 100)
    again = await ask(worker, "short")
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await worker.close()
    return [first, long, again]


sys.stdout.write(json.dumps(asyncio.run(main(sys.argv[1], Path(sys.argv[2])))))
