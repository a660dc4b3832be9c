import asyncio
import threading

from bot.answers import Text
from bot.errors import Cancelled
from bot.worker.door import Done, Event, Failed, Loading, Queued, Running, Source
from bot.worker.run import PACE, ThreadRun

DONE = Done(Text("hello"), Source((), starter=False, device="cpu", dtype="float32", seconds=0.0))


async def read(run: ThreadRun) -> list[Event]:
    async with asyncio.timeout(10):
        return [event async for event in run]


async def test_events_from_another_thread_arrive_in_order() -> None:
    run = ThreadRun(lambda: None)
    events = (Queued(0, None), Loading(None), Running(), DONE)
    threading.Thread(target=lambda: [run.post(event) for event in events]).start()
    assert await read(run) == list(events)


async def test_what_was_not_read_gives_way_to_the_next_of_its_kind() -> None:
    run = ThreadRun(lambda: None)
    for event in (Queued(3, None), Running(), Loading(0.1), DONE):
        run.post(event)
    await asyncio.sleep(0)
    assert await read(run) == [Queued(3, None), Running(), Loading(0.1), DONE]


async def test_events_of_one_kind_are_paced_and_the_latest_wins() -> None:
    run = ThreadRun(lambda: None)
    loop = asyncio.get_running_loop()
    for share in (0.1, 0.2, 0.3, 0.4):
        run.post(Loading(share))
    loop.call_later(PACE * 1.5, run.post, DONE)
    arrived = [(loop.time(), event) async for event in run]
    assert [event for _, event in arrived] == [Loading(0.1), Loading(0.4), DONE]
    assert arrived[1][0] - arrived[0][0] >= PACE * 0.9


async def test_the_end_overtakes_a_paced_event() -> None:
    run = ThreadRun(lambda: None)
    for event in (Loading(0.1), Loading(0.2), DONE):
        run.post(event)
    assert await read(run) == [Loading(0.1), DONE]


async def test_exactly_one_end() -> None:
    run = ThreadRun(lambda: None)
    failed = Failed(Cancelled())
    assert run.post(failed)
    assert not run.post(DONE)
    assert not run.post(Running())
    assert await read(run) == [failed]


async def test_cancel_tells_the_worker() -> None:
    told: list[bool] = []
    run = ThreadRun(lambda: told.append(True))
    run.cancel()
    assert run.cancelled.is_set()
    assert told == [True]
