import random
import threading
import time

from bot.worker.threads import PlacedThreads
from bot.worker.turns import Place


def place(number: int, *, chore: bool = False) -> Place:
    return Place(chore=chore, round=number // 4, turn=number % 4, order=-number)


def test_of_what_waits_the_smallest_place_comes_first() -> None:
    threads = PlacedThreads(1, "test")
    go, began = threading.Event(), threading.Event()
    ran: list[int] = []

    def hold() -> None:
        began.set()
        go.wait(10)

    threads.submit(place(99), hold)
    assert began.wait(10)
    numbers = list(range(20))
    random.Random(0).shuffle(numbers)
    threads.submit(place(0, chore=True), lambda: ran.append(100))
    for number in numbers:
        threads.submit(place(number), lambda number=number: ran.append(number))  # type: ignore[misc]
    go.set()
    threads.close()
    assert ran == [*range(20), 100]


def test_as_many_at_once_as_there_are_threads_and_close_waits_for_all() -> None:
    threads = PlacedThreads(3, "test")
    meeting = threading.Barrier(3)
    ran: list[int] = []

    def work() -> None:
        ran.append(meeting.wait(10))
        time.sleep(0.05)
        ran.append(-1)

    for number in range(6):
        threads.submit(place(number), work)
    threads.close()
    assert sorted(ran) == [-1] * 6 + [0, 0, 1, 1, 2, 2]
