import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Cancelled, Refusal
from bot.tasks import ENTITIES, SENTIMENT, Model, Task
from bot.worker.downloads import Watch
from bot.worker.fetching import Fetches, Waiter
from bot.worker.hub import ModelFiles, Models, ModelStore
from tests import models
from tests.conftest import SENTIMENT_MODEL
from tests.hub import FakeHub, Repository

FILES = ModelFiles(Path("folder"), "foo/bar", "abc")


class Somebody:
    """Who waits for a model, and what they were told."""

    def __init__(self) -> None:
        self.told: list[float | None] = []
        self.found: list[ModelFiles | Exception] = []
        self.gone = False
        self.done = threading.Event()

    @property
    def waiter(self) -> Waiter:
        return Waiter(lambda share, _size: self.told.append(share), lambda: self.gone, self._done)

    def _done(self, found: ModelFiles | Exception) -> None:
        self.found.append(found)
        self.done.set()

    def wait(self) -> ModelFiles | Exception:
        assert self.done.wait(20)
        (found,) = self.found
        return found


class Scripted(ModelStore):
    """A store whose every `find` does the next of `script`."""

    def __init__(self, *script: Callable[[Watch], ModelFiles]) -> None:
        self.script = iter(script)
        self.asked: list[tuple[str, str | None]] = []

    def find(
        self, task: Task, named: str | None, watch: Watch, *, among: Model | None = None, real: bool = False
    ) -> ModelFiles:
        self.asked.append((task.name, named))
        return next(self.script)(watch)


class Counting(ModelStore):
    finds = 0

    def find(self, *args: Any, **kwargs: Any) -> ModelFiles:
        self.finds += 1
        return super().find(*args, **kwargs)


@pytest.fixture
def opened() -> Iterator[Callable[[ModelStore], Fetches]]:
    """Fetches from a store, closed in the end."""
    opened: list[Fetches] = []

    def open_(store: ModelStore) -> Fetches:
        opened.append(Fetches(store))
        return opened[-1]

    yield open_
    for fetches in opened:
        fetches.close()


Open = Callable[[ModelStore], Fetches]


@pytest.mark.usefixtures("small_pieces")
def test_two_who_want_one_model_download_it_once_and_both_see_how_far_it_is(
    hub: FakeHub, model: Callable[..., Path], tmp_path: Path, opened: Open
) -> None:
    repository = hub.repositories[SENTIMENT_MODEL] = Repository.of(model(models.sentiment))
    repository.files["model.safetensors"] += bytes(8 << 16)
    repository.pace = 0.1
    store = Counting(tmp_path, Models.HUB)
    fetches = opened(store)
    one, other = Somebody(), Somebody()
    for somebody in (one, other):
        fetches.fetch(SENTIMENT, None, None, somebody.waiter)
    found = one.wait()
    assert isinstance(found, ModelFiles)
    assert found == other.wait()
    assert (found.folder / "model.safetensors").stat().st_size == len(repository.files["model.safetensors"])
    assert store.finds == 1
    for somebody in (one, other):
        assert somebody.told[0] is None
        shares = [share for share in somebody.told if share is not None]
        assert any(0 < share < 1 for share in shares)
        assert shares == sorted(shares)


def test_who_joins_late_sees_at_once_how_far_it_is(opened: Open) -> None:
    halfway, go = threading.Event(), threading.Event()

    def find(watch: Watch) -> ModelFiles:
        watch.progress(0.2, 100)
        watch.progress(0.5, 100)
        halfway.set()
        go.wait(20)
        watch.progress(0.9, 100)
        return FILES

    store = Scripted(find)
    fetches = opened(store)
    early, late = Somebody(), Somebody()
    fetches.fetch(SENTIMENT, "foo/bar", None, early.waiter)
    assert halfway.wait(20)
    fetches.fetch(SENTIMENT, "foo/bar", None, late.waiter)
    assert late.told == [0.5]
    go.set()
    assert (early.wait(), late.wait()) == (FILES, FILES)
    assert (early.told, late.told) == ([0.2, 0.5, 0.9], [0.5, 0.9])
    assert len(store.asked) == 1


def test_it_is_given_up_once_nobody_wants_it(opened: Open) -> None:
    began, go, ended = threading.Event(), threading.Event(), threading.Event()
    unwanted: list[bool] = []

    def find(watch: Watch) -> ModelFiles:
        began.set()
        go.wait(20)
        for somebody in (one, other):
            unwanted.append(watch.unwanted())
            somebody.gone = True
        unwanted.append(watch.unwanted())
        ended.set()
        raise Cancelled

    store = Scripted(find)
    fetches = opened(store)
    one, other = Somebody(), Somebody()
    fetches.fetch(SENTIMENT, None, None, one.waiter)
    assert began.wait(20)
    fetches.fetch(SENTIMENT, None, None, other.waiter)
    go.set()
    assert ended.wait(20)
    fetches.close()
    assert unwanted == [False, False, True]
    assert len(store.asked) == 1
    assert one.found == other.found == []


def test_who_comes_just_when_it_was_given_up_gets_the_model(opened: Open) -> None:
    def give_up(watch: Watch) -> ModelFiles:
        first.gone = True
        assert watch.unwanted()
        fetches.fetch(SENTIMENT, None, None, second.waiter)
        raise Cancelled

    store = Scripted(give_up, lambda _: FILES)
    fetches = opened(store)
    first, second = Somebody(), Somebody()
    fetches.fetch(SENTIMENT, None, None, first.waiter)
    assert second.wait() == FILES
    assert first.found == []


def test_an_error_reaches_all_and_the_next_tries_again(opened: Open) -> None:
    began, go = threading.Event(), threading.Event()

    def fail(_: Watch) -> ModelFiles:
        began.set()
        go.wait(20)
        raise Refusal("There is no such model.")

    fetches = opened(Scripted(fail, lambda _: FILES))
    one, other, later = Somebody(), Somebody(), Somebody()
    fetches.fetch(SENTIMENT, "foo/bar", None, one.waiter)
    assert began.wait(20)
    fetches.fetch(SENTIMENT, "foo/bar", None, other.waiter)
    go.set()
    for somebody in (one, other):
        assert isinstance(somebody.wait(), Refusal)
    fetches.fetch(SENTIMENT, "foo/bar", None, later.waiter)
    assert later.wait() == FILES


def test_one_model_for_two_tasks_is_looked_at_for_each(opened: Open) -> None:
    """It may fit only one of them."""
    both = threading.Barrier(2)

    def find(_: Watch) -> ModelFiles:
        both.wait(20)
        return FILES

    store = Scripted(find, find)
    fetches = opened(store)
    people = Somebody(), Somebody()
    for task, somebody in zip((SENTIMENT, ENTITIES), people, strict=True):
        fetches.fetch(task, "foo/bar", None, somebody.waiter)
    assert [somebody.wait() for somebody in people] == [FILES, FILES]
    assert sorted(store.asked) == [("text-classification", "foo/bar"), ("token-classification", "foo/bar")]
