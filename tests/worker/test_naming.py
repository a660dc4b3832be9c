"""Which models members may name, and where they answer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import Refusal
from bot.tasks import SENTIMENT, SUMMARIZE, Task
from bot.worker.downloads import Watch
from bot.worker.hub import Models, ModelStore
from bot.worker.naming import Nameable
from tests import models
from tests.conftest import SENTIMENT_MODEL
from tests.hub import FakeHub, Repository

Folder = Callable[[Callable[[Path], None]], Path]


@pytest.fixture
def feelings(hub: FakeHub, model: Folder) -> Repository:
    """A model that is nobody's default."""
    repository = hub.repositories["own/feelings"] = Repository.of(model(models.sentiment))
    return repository


def find(store: ModelStore, named: str | None, task: Task = SENTIMENT, *, adult: bool = False) -> str:
    return store.find(task, named, Watch(lambda *_: None, adult=adult)).model


NO = "is none of the models that members may name here"


def test_by_default_members_name_the_hosts_own(
    hub: FakeHub, feelings: Repository, model: Folder, tmp_path: Path
) -> None:
    hub.repositories[SENTIMENT_MODEL] = feelings
    hub.repositories["host/chosen"] = Repository.of(model(models.t5))
    store = ModelStore(tmp_path, Models.HUB, overrides={"summarization": "host/chosen"})
    assert find(store, SENTIMENT_MODEL) == SENTIMENT_MODEL
    assert find(store, "host/chosen", SUMMARIZE) == "host/chosen"
    hub.requests.clear()
    with pytest.raises(Refusal, match=NO) as refused:
        find(store, "own/feelings")
    assert hub.requests == [], "the Hub isn't even asked"
    assert f"For text-classification you may name {SENTIMENT_MODEL}" in refused.value.sentence
    assert "The host can allow more (MEMBER_MODELS)" in refused.value.sentence


def test_what_the_host_pulled_may_be_named(feelings: Repository, tmp_path: Path) -> None:
    ModelStore(tmp_path, Models.HUB).pull(SENTIMENT, "own/feelings", lambda *_: None)
    assert find(ModelStore(tmp_path, Models.HUB), "own/feelings") == "own/feelings"


@pytest.mark.parametrize("nameable", ["any", ("own/feelings",), ("other/model", "own/*")])
@pytest.mark.usefixtures("feelings")
def test_the_host_may_allow_more(nameable: Nameable, tmp_path: Path) -> None:
    assert find(ModelStore(tmp_path, Models.HUB, nameable=nameable), "own/feelings") == "own/feelings"


@pytest.mark.parametrize("nameable", [("own/feeling",), ("Own/*",), ("*/feelings2", "feelings"), ("own/feelings@v1",)])
@pytest.mark.usefixtures("feelings")
def test_but_nothing_else(nameable: Nameable, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=NO) as refused:
        find(ModelStore(tmp_path, Models.HUB, nameable=nameable), "own/feelings")
    assert nameable[0] in refused.value.sentence


@pytest.mark.parametrize(
    "named", ["own/feelings@refs/pr/7", "own/feelings@" + "0" * 40, f"{SENTIMENT_MODEL}@refs/pr/1"]
)
@pytest.mark.usefixtures("feelings")
def test_a_revision_that_anybody_could_have_proposed_is_not_in_the_list(named: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=NO):
        find(ModelStore(tmp_path, Models.HUB, nameable=("own/*",)), named)


def test_a_revision_may_be_named_that_is_listed_or_used_anyway(feelings: Repository, tmp_path: Path) -> None:
    store = ModelStore(tmp_path, Models.HUB, nameable=("own/*@main",))
    with pytest.raises(Refusal, match=NO):
        find(store, "own/feelings")
    assert find(store, "own/feelings@main") == "own/feelings"
    strict = ModelStore(tmp_path, Models.HUB)
    assert find(strict, f"own/feelings@{feelings.sha[:7]}") == "own/feelings", "as it stands below an answer"
    assert find(strict, f"own/feelings@{feelings.sha}") == "own/feelings"


ADULT = "age-restricted channels only"


def test_a_marked_model_is_refused_before_it_travels_where_not_only_adults_are(
    hub: FakeHub, feelings: Repository, tmp_path: Path
) -> None:
    feelings.tags = ("text-classification", "not-for-all-audiences")
    store = ModelStore(tmp_path, Models.HUB, nameable="any")
    with pytest.raises(Refusal, match=ADULT):
        find(store, "own/feelings")
    assert not any("/resolve/" in path for path in hub.requests)
    assert find(store, "own/feelings", adult=True) == "own/feelings"


@pytest.mark.parametrize("named", [None, "own/feelings", "own/feelings@main"])
def test_the_mark_is_kept_beside_the_revision(
    hub: FakeHub, feelings: Repository, tmp_path: Path, named: str | None
) -> None:
    feelings.tags = ("not-for-all-audiences",)
    chosen = {"text-classification": "own/feelings"}
    ModelStore(tmp_path, Models.HUB).pull(SENTIMENT, "own/feelings", lambda *_: None)
    hub.online = False
    store = ModelStore(tmp_path, Models.HUB, overrides=chosen, nameable="any")
    assert store.adult_models() == {"own/feelings"}
    with pytest.raises(Refusal, match=ADULT):
        find(store, named)
    assert find(store, None, adult=True) == "own/feelings"


def test_what_another_program_left_in_the_cache_is_looked_up_first(
    hub: FakeHub, feelings: Repository, tmp_path: Path
) -> None:
    from huggingface_hub import snapshot_download

    feelings.tags = ("not-for-all-audiences",)
    snapshot_download("own/feelings", revision=feelings.sha)
    store = ModelStore(tmp_path / "data", Models.HUB, nameable="any")
    with pytest.raises(Refusal, match=ADULT):
        find(store, f"own/feelings@{feelings.sha}")
