import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.replies import gauges
from bot.replies.gauges import Spread
from bot.tasks import TASKS
from bot.worker.door import LoadedModel, Pass, Served

tasks = st.sampled_from([task.name for task in TASKS])
seconds = st.floats(0, 5000)
waiting = st.dictionaries(tasks, st.integers(1, 200), min_size=1)
served = st.lists(st.builds(Served, tasks, seconds, seconds), min_size=1, max_size=40)
passes = st.lists(
    st.builds(Pass, tasks, st.integers(1, 700), st.integers(1, 9), st.integers(0, 999), st.integers(0, 99), seconds),
    min_size=1,
    max_size=40,
)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
loaded = st.lists(st.builds(LoadedModel, tasks, names, st.integers(1, 10**11), st.booleans()), min_size=1, max_size=12)


def opened(png: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(png))
    assert picture.format == "PNG"
    assert picture.width == 960
    return picture.convert("RGB")


@settings(max_examples=15, deadline=None)
@given(waiting, served, passes, loaded, st.integers(0, 10**11))
def test_whatever_was_measured_can_be_drawn_and_described(
    waiting: dict[str, int], served: list[Served], passes: list[Pass], loaded: list[LoadedModel], budget: int
) -> None:
    opened(gauges.queue(waiting))
    opened(gauges.times(served))
    opened(gauges.batches(passes))
    opened(gauges.models(loaded, budget))
    for words in (
        gauges.describe_queue(waiting),
        gauges.describe_times(served),
        gauges.describe_batches(passes),
        gauges.describe_models(loaded, budget),
    ):
        assert len(words) <= 1024, "alt text isn't cut"


def test_the_longest_queue_is_on_top() -> None:
    waiting = {"translation": 2, "text-classification": 6, "summarization": 3}
    assert gauges.describe_queue(waiting) == "Waiting now: /sentiment 6, /summarize 3, /translate 2"


def test_median_and_95th_percentile() -> None:
    assert Spread.of([0.5]) == Spread(0.5, 0.5)
    assert Spread.of([float(second) for second in range(100, 0, -1)]) == Spread(50.5, 95.0)


def test_waits_and_runs_are_told_by_task_the_busiest_first() -> None:
    served = [
        Served("translation", 61.0, 2.0),
        Served("text-classification", 0.1, 0.02),
        Served("text-classification", 0.3, 0.04),
    ]
    assert gauges.describe_times(served) == (
        "Median times, and what 95% stay within: "
        "/sentiment waits 200 ms (95%: 300 ms), runs 30 ms (95%: 40 ms); "
        "/translate waits 1 min (95%: 1 min), runs 2.0 s (95%: 2.0 s)"
    )


def test_waits_and_runs_differ_by_colour_and_a_longer_time_is_farther_right() -> None:
    picture = opened(gauges.times([Served("text-classification", 0.02, 5.0)]))
    row = [(x, y) for x in range(picture.width) for y in range(75, picture.height - 40)]
    waits = [x for x, y in row if picture.getpixel((x, y)) == (240, 178, 50)]
    runs = [x for x, y in row if picture.getpixel((x, y)) == (143, 150, 232)]
    assert 0 < max(waits) < min(runs)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([1], "1 had 1"),
        ([1, 1, 2, 3, 4, 5, 24], "2 had 1, 1 had 2, 2 had 3–4, 1 had 5–8, 1 had 17–32"),
        ([1, 2, 4, 5, 512], "1 had 1, 2 had 2–4, 1 had 5–16, 1 had 257–1024"),
    ],
)
def test_rows_are_counted_in_steps(rows: list[int], words: str) -> None:
    passes = [Pass("summarization", count, 1, 10, 0, 0.1) for count in rows]
    assert gauges.describe_batches(passes) == f"Passes by their rows: {words}"


MODELS = [
    LoadedModel("text-classification", "ann/small", 500_000_000),
    LoadedModel("translation", "facebook/m2m100_418M", 2_000_000_000, pinned=True),
]


def test_models_are_told_with_what_is_free() -> None:
    assert gauges.describe_models(MODELS, 5_000_000_000) == (
        "Memory: m2m100_418M (/translate, pinned) 2.0 GB, small (/sentiment) 500 MB, free (of 5.0 GB) 2.5 GB"
    )


def test_the_bar_shows_how_much_is_free() -> None:
    picture = opened(gauges.models(MODELS, 5_000_000_000))
    track = sum(picture.getpixel((x, 60)) == (58, 60, 66) for x in range(picture.width))
    assert abs(track / (0.94 * picture.width) - 0.5) < 0.02


def test_only_the_largest_models_are_named() -> None:
    loaded = [LoadedModel("summarization", f"ann/model-{number}", number * 10**6) for number in range(1, 10)]
    words = gauges.describe_models(loaded, 10**8)
    assert "model-9 (/summarize) 9 MB" in words
    assert "model-3 " not in words
    assert "3 more (smaller ones) 6 MB, free (of 100 MB) 55 MB" in words


def test_more_than_the_budget_leaves_nothing_free() -> None:
    assert gauges.describe_models(MODELS, 10**9).endswith("free (of 1.0 GB) 0 MB")
