from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.request import Asker, Request
from bot.worker import choosing
from bot.worker.choosing import Load, Together, choose
from bot.worker.hub import ModelFiles
from bot.worker.job import Job, Stage
from bot.worker.turns import Turns
from tests.worker.test_pool import Clock, StandIn, filled

if TYPE_CHECKING:
    from bot.worker.rows import Rows

PATIENCE = 5.0


@dataclass
class StandInRows:
    lengths: list[int]
    key: str = ""
    outputs: list[Any] = field(default_factory=list)

    @property
    def rows(self) -> list[int]:
        return self.lengths

    @property
    def left(self) -> int:
        return len(self.lengths) - len(self.outputs)


class Asked:
    """Requests, each of another member, in the order in which they come."""

    def __init__(self) -> None:
        self._turns = Turns()
        self.jobs: list[Job] = []

    def ask(self, model: StandIn, lengths: list[int] | None, key: str = "", done: int = 0) -> Job:
        """A request whose rows have `lengths`, or that waits for its model to be loaded."""
        asker = Asker(len(self.jobs), 1)
        request = Request(model.task.name, {"text": "a"}, asker=asker)
        job = Job(request, model.task, self._turns.place(asker), stage=Stage.WAITING, size=model.bytes)
        job.files = ModelFiles(Path(model.name), model.name, None)
        if lengths is not None:
            job.rows = cast("Rows", StandInRows(lengths, key, [None] * done))
        self.jobs.append(job)
        return job


def same(one: Job, other: Job) -> bool:
    """Whether their rows may share a pass."""
    assert one.rows is not None
    assert other.rows is not None
    return (one.model, one.rows.key) == (other.model, other.rows.key)


def following(job: Job, taken: int) -> int | None:
    """The length of the row after the `taken` next ones, if there is one."""
    assert job.rows is not None
    return next(iter(job.rows.lengths[len(job.rows.outputs) + taken :]), None)


def together(asked: Asked, *models: StandIn) -> list[tuple[Job, int]]:
    todo = choose(reversed(asked.jobs), filled(*models, budget=10**6), PATIENCE)
    assert isinstance(todo, Together)
    return todo.rows


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(choosing, "time", clock)
    return clock


Requests = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["", "other"]),
        st.lists(st.integers(1, 110), min_size=1, max_size=6),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=12,
)


@given(Requests, st.integers(1, 1500), st.booleans(), st.booleans())
def test_what_shares_a_pass(
    requests: list[tuple[int, str, list[int], int]], budget: int, packs: bool, alone: bool
) -> None:
    models = [StandIn(name, packs=packs, alone=alone, budget=budget) for name in "ab"]
    asked = Asked()
    for number, key, lengths, done in requests:
        asked.ask(models[number], lengths, key, min(done, len(lengths) - 1))
    rows = together(asked, *models)
    first = asked.jobs[0]
    assert first.rows is not None
    assert rows[0] == (first, len(first.rows.outputs)), "whose turn it is"
    taken: dict[Job, list[int]] = {}
    lengths = []
    for job, number in rows:
        assert job.rows is not None
        assert same(job, first)
        taken.setdefault(job, []).append(number)
        lengths.append(job.rows.lengths[number])
    for job, numbers in taken.items():
        assert job.rows is not None
        assert numbers == list(range(len(job.rows.outputs), len(job.rows.outputs) + len(numbers))), "in order"
    assert len(rows) == 1 or sum(lengths) <= budget
    if alone:
        assert len(rows) == 1
    elif packs:
        left = [following(job, len(taken.get(job, []))) for job in asked.jobs if same(job, first)]
        assert all(sum(lengths) + length > budget for length in left if length is not None), "nothing else fits"


def test_a_pass_is_filled_with_a_row_of_each_in_turn() -> None:
    model = StandIn("a", budget=70)
    asked = Asked()
    for lengths in ([10] * 50, [10], [10] * 50, [10] * 2):
        asked.ask(model, lengths)
    counts = Counter(asked.jobs.index(job) for job, _ in together(asked, model))
    assert counts == {0: 2, 1: 1, 2: 2, 3: 2}
    model.budget = 40
    assert [asked.jobs.index(job) for job, _ in together(asked, model)] == [0, 1, 2, 3]


def test_without_packing_those_of_nearly_the_same_length_go_together() -> None:
    model = StandIn("a", packs=False)
    asked = Asked()
    for length in (100, 110, 97, 103, 10, 100):
        asked.ask(model, [length])
    assert [asked.jobs.index(job) for job, _ in together(asked, model)] == [0, 5, 2, 3]


@given(st.lists(st.lists(st.integers(80, 120), min_size=1, max_size=3), min_size=2, max_size=10))
def test_without_packing_less_than_a_twentieth_is_padding(requests: list[list[int]]) -> None:
    model = StandIn("a", packs=False, budget=10**6)
    asked = Asked()
    for lengths in requests:
        asked.ask(model, lengths)
    chosen = [job.rows.lengths[number] for job, number in together(asked, model) if job.rows is not None]
    assert len(chosen) * max(chosen) - sum(chosen) <= 0.05 * len(chosen) * max(chosen)
    if any(0.95 * requests[0][0] <= lengths[0] <= requests[0][0] for lengths in requests[1:]):
        assert len(chosen) > 1


def test_a_model_that_takes_the_place_of_no_wanted_one_is_loaded_when_its_turn_comes() -> None:
    loaded, missing, unwanted = StandIn("loaded"), StandIn("missing"), StandIn("unwanted")
    asked = Asked()
    first = asked.ask(missing, None)
    asked.ask(loaded, [5])
    assert choose(asked.jobs, filled(loaded, budget=200), PATIENCE) == Load(first), "there is room"
    assert choose(asked.jobs, filled(loaded, unwanted, budget=200), PATIENCE) == Load(first), "one has to leave"
    asked = Asked()
    alone = asked.ask(missing, None)
    assert choose([alone], filled(loaded, budget=100), PATIENCE) == Load(alone), "nobody else waits"
    assert choose([], filled(loaded), PATIENCE) is None


def test_who_would_take_a_wanted_models_place_is_passed_over_for_a_while(clock: Clock) -> None:
    loaded, missing = StandIn("loaded"), StandIn("missing")
    asked = Asked()
    first = asked.ask(missing, None)
    second = asked.ask(loaded, [5])
    pool = filled(loaded, budget=150)
    for _ in range(3):
        assert choose(asked.jobs, pool, PATIENCE) == Together(loaded.loaded, [(second, 0)])
        clock.now += PATIENCE / 2.1
    clock.now += PATIENCE
    loaded.users = 1
    assert isinstance(choose(asked.jobs, pool, PATIENCE), Together), "it is in use"
    loaded.users = 0
    assert choose(asked.jobs, pool, PATIENCE) == Load(first)


def test_who_was_passed_over_is_patient_anew_once_the_model_was_there(clock: Clock) -> None:
    """Or two models that have no room together would be loaded in turn for a pass each."""
    one, other = StandIn("one"), StandIn("other")
    asked = Asked()
    asked.ask(other, [5] * 9)
    asked.ask(one, [5] * 9)
    assert isinstance(choose(asked.jobs, filled(one, budget=150), PATIENCE), Together)
    clock.now += 2 * PATIENCE
    assert isinstance(choose(asked.jobs, filled(one, budget=150), PATIENCE), Load)
    assert isinstance(choose(asked.jobs, filled(other, budget=150), PATIENCE), Together)
    assert isinstance(choose(asked.jobs, filled(one, budget=150), PATIENCE), Together)
    clock.now += 2 * PATIENCE
    assert isinstance(choose(asked.jobs, filled(one, budget=150), PATIENCE), Load)


def test_rows_that_were_made_run_only_once_their_model_is_loaded() -> None:
    gone = StandIn("gone")
    asked = Asked()
    job = asked.ask(gone, [5, 5])
    assert choose(asked.jobs, filled(), PATIENCE) == Load(job)
