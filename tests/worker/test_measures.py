import pytest

from bot.worker.door import Served
from bot.worker.measures import KEPT, Measures


def measured(**seconds: list[float]) -> Measures:
    measures = Measures()
    for task, all_ran in seconds.items():
        for ran in all_ran:
            measures.add(Served(task, 0.0, ran))
    return measures


def test_what_is_expected_of_a_task_follows_its_latest_requests() -> None:
    assert measured(a=[3.0]).expected("a") == 3.0
    measures = measured(a=[3.0], b=[100.0])
    for _ in range(20):
        before = measures.expected("a")
        assert before is not None
        measures.add(Served("a", 0.0, 1.0))
        now = measures.expected("a")
        assert now is not None
        assert 1.0 < now < before
    assert now == pytest.approx(1.0, abs=0.05)


def test_of_a_new_task_what_others_take_is_expected_and_at_first_nothing() -> None:
    assert Measures().expected("a") is None
    assert measured(a=[2.0, 2.0, 2.0], b=[4.0]).expected("c") == pytest.approx(3.0)


def test_loading_is_a_guess_until_one_was_loaded() -> None:
    measures = Measures()
    for _ in range(30):
        measures.add_load(8.0)
    assert measures.load_seconds == pytest.approx(8.0, abs=0.1)


def test_only_the_latest_are_kept() -> None:
    measures = measured(a=[float(number) for number in range(KEPT + 10)])
    assert [served.ran for served in measures.served] == [float(number) for number in range(10, KEPT + 10)]
