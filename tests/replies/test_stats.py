import pytest

from bot.replies.cards import Card
from bot.replies.stats import stats_card
from bot.worker.door import LoadedModel, Pass, Served, Snapshot
from tests.conftest import texts

EMPTY = Snapshot("cpu", 0, 0, (), budget=4_000_000_000)
BUSY = Snapshot(
    "cuda",
    waiting=5,
    running=2,
    loaded=(
        LoadedModel("text-classification", "ann/small", 500_000_000),
        LoadedModel("translation", "facebook/m2m100_418M", 2_000_000_000, pinned=True),
    ),
    waiting_by_task={"translation": 4, "text-classification": 1},
    budget=5_000_000_000,
    served=(Served("text-classification", 0.1, 0.02), Served("translation", 0.3, 2.0)),
    passes=(
        Pass("text-classification", rows=6, requests=3, tokens=90, padding=10, seconds=0.1),
        Pass("translation", rows=1, requests=1, tokens=100, padding=0, seconds=0.1),
    ),
)


def shown(card: Card) -> str:
    return "\n".join(texts(card.view.to_components()))


def test_before_anything_was_asked_sentences_stand_in_for_pictures() -> None:
    card = stats_card(EMPTY)
    assert not card.files
    assert shown(card) == (
        "## How busy I am\nOn cpu · running: 0 · nothing waits\n"
        "### Waits and runs\nNothing was answered since I was started.\n"
        "### Batches: rows that a model runs at once\nNo model ran since I was started.\n"
        "### Models in memory\nNone is loaded. They may take 4.0 GB."
    )


def test_a_busy_worker_in_figures() -> None:
    assert shown(stats_card(BUSY)) == (
        "## How busy I am\nOn cuda · running: 2 · waiting: 5\n"
        "### Waits and runs\nLatest requests: 2 · median wait: **200 ms** · median run: **1.0 s**\n"
        "### Batches: rows that a model runs at once\nLatest passes: 2 · rows a pass: **3.5** · "
        "for several requests: **50%** · padding: **5%** of the tokens\n"
        "### Models in memory\nLoaded: 2 · pinned: 1 · taken: **2.5 GB** of 5.0 GB"
    )


def test_each_picture_is_told_in_words_too() -> None:
    card = stats_card(BUSY)
    (container,) = card.view.to_components()
    galleries = [it["items"][0] for it in container["components"] if "items" in it]
    assert [it["media"]["url"] for it in galleries] == [f"attachment://{file.filename}" for file in card.files]
    for item, file, words in zip(
        galleries,
        card.files,
        ("/translate 4", "/sentiment waits 100 ms", "1 had 5–8", "small (/sentiment)"),
        strict=True,
    ):
        assert file.fp.read(4) == b"\x89PNG"
        assert words in item["description"]
        assert item["description"] == file.description


def test_a_pass_without_tokens_has_no_padding() -> None:
    passes = (Pass("text-classification", rows=1, requests=1, tokens=0, padding=0, seconds=0.1),)
    assert "padding: **0%**" in shown(stats_card(Snapshot("cpu", 0, 0, (), passes=passes)))


@pytest.mark.parametrize("name", ["x" * 300, "[a](b) **@everyone** <@123>\n# $\\frac{1", "モデル", "owner/" + "W" * 90])
def test_odd_names_and_discords_limits(name: str) -> None:
    loaded = tuple(LoadedModel("translation", name, 1 + number, pinned=True) for number in range(40))
    card = stats_card(Snapshot(name, 0, 0, loaded, served=BUSY.served, passes=BUSY.passes))
    assert "@everyone" not in shown(card)
    assert len(shown(card)) <= 4000
    assert card.view.total_children_count <= 40
    assert len(card.files) <= 10
    assert all(len(file.description or "") <= 1024 for file in card.files)
