import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping

from hypothesis import given
from hypothesis import strategies as st

from bot.request import Asker, Request
from bot.worker.job import Stage
from bot.worker.measures import Measures
from bot.worker.queue import Queue
from bot.worker.turns import Place, Turns


class Line:
    """Requests that wait, and are served in the order of their places."""

    def __init__(self, servers: Mapping[int, int | None] | None = None) -> None:
        self.turns = Turns()
        self.servers = servers or {}
        self.waiting: dict[Place, Asker | None] = {}

    def ask(self, user: int | None) -> Place:
        asker = None if user is None else Asker(user, self.servers.get(user, 1))
        place = self.turns.place(asker)
        self.waiting[place] = asker
        return place

    def serve(self, *, more: bool = False) -> int | None:
        """Who is served next; with `more`, the request then wants another turn."""
        place = min(self.waiting)
        asker = self.waiting.pop(place)
        self.turns.reached(place)
        if more:
            self.waiting[self.turns.next_round(place, asker)] = asker
        return None if asker is None else asker.user

    def leave(self, user: int) -> None:
        """All that `user` waits for is cancelled."""
        for place, asker in list(self.waiting.items()):
            if asker is not None and asker.user == user:
                del self.waiting[place]
                self.turns.leave(place, asker)

    def users(self) -> set[int]:
        return {asker.user for asker in self.waiting.values() if asker is not None}

    def served(self) -> list[int | None]:
        return [self.serve() for _ in range(len(self.waiting))]


def ask_all(line: Line, users: Iterable[int | None]) -> None:
    for user in users:
        line.ask(user)


def test_members_take_turns_and_so_do_servers_within_a_round() -> None:
    line = Line({1: 10, 2: 10, 3: 10, 4: 20, 5: None, 6: None})
    ask_all(line, (1, 1, 2, 3, 4, 4, 5, 6))
    assert line.served() == [1, 4, 5, 6, 2, 3, 1, 4]


def test_a_hundred_requests_of_one_put_off_nobodys_first() -> None:
    line = Line()
    ask_all(line, [1] * 100)
    assert [line.serve() for _ in range(7)] == [1] * 7
    ask_all(line, (2, 3, 2))
    assert [line.serve() for _ in range(6)] == [2, 3, 1, 2, 1, 1]


def test_a_hundred_long_requests_of_one_have_one_turn_a_round() -> None:
    line = Line()
    ask_all(line, [1] * 100)
    for _ in range(250):
        assert line.serve(more=True) == 1
    line.ask(2)
    served = [line.serve(more=True) for _ in range(20)]
    assert served == [2, 1] * 10


def test_what_nobody_asked_for_comes_after_people_in_order() -> None:
    line = Line()
    chores = [line.ask(None), line.ask(None)]
    line.ask(1)
    assert line.serve() == 1
    assert min(line.waiting) == chores[0]
    assert line.serve(more=True) is None
    line.ask(1)
    assert line.serve() == 1
    assert min(line.waiting) == chores[0], "one that has begun is brought to its end first"


def test_who_left_before_being_served_waits_no_longer_for_that() -> None:
    line = Line()
    for _ in range(50):
        line.ask(1)
        line.leave(1)
    ask_all(line, (2, 2, 2, 1, 1))
    assert line.served() == [2, 1, 2, 1, 2]


def test_who_was_served_is_forgotten() -> None:
    line = Line()
    for user in range(500):
        line.servers = {user: user}
        ask_all(line, (user, user))
        line.served()
    assert len(line.turns._members) <= 1
    assert len(line.turns._servers) <= 1


Steps = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 4)),
        st.tuples(st.just("serve"), st.booleans()),
        st.tuples(st.just("leave"), st.integers(0, 4)),
    ),
    max_size=120,
)
Servers = st.fixed_dictionaries({user: st.sampled_from([10, 20, None]) for user in range(5)})


@given(Steps, Servers)
def test_nobody_is_served_much_more_than_another_who_waits_all_along(
    steps: list[tuple[str, int]], servers: dict[int, int | None]
) -> None:
    """In each round everybody who waits is served once; where in it depends on their servers.

    So over any time in which somebody waits, another is served as often as they, once more where the time begins before
    their turn in the first round, and once more where it ends before their turn in the last.
    """
    line = Line(servers)
    ahead: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    """How much more others were served than somebody, over the worst time that ends now and in which they waited."""
    for step, value in steps:
        if step == "ask":
            line.ask(value)
        elif step == "leave":
            line.leave(value)
        elif line.waiting:
            waited = line.users()
            served = line.serve(more=bool(value))
            assert served is not None
            for user in waited - {served}:
                ahead[user][served] += 1
            ahead[served] = defaultdict(int, {other: max(0, more - 1) for other, more in ahead[served].items()})
        for user in set(ahead) - line.users():
            del ahead[user]
        assert all(more <= 2 for others in ahead.values() for more in others.values())


async def test_a_queue_forgets_requests_that_ended_unserved_and_members_once_it_is_empty() -> None:
    queue = Queue(threading.Condition(), 200, Measures())
    busy, clumsy = Asker(1, 1), Asker(2, 1)

    def admit(asker: Asker) -> Place:
        return queue.admit(Request("text-classification", {"text": "a"}, asker=asker)).place

    for _ in range(10):
        admit(busy)
    for _ in range(10):
        queue.admit(Request("text-classification", {"text": "a"}, asker=clumsy)).run.cancel()
    assert admit(clumsy).round == 0
    running = next(job for job in queue.jobs() if job.request.asker == clumsy)
    queue.reach([running])
    running.run.cancel()
    assert admit(clumsy).round == 1, "this one was served"
    for job in queue.jobs():
        assert job.stage is Stage.PREPARING
        job.run.cancel()
    assert not queue._turns._members
