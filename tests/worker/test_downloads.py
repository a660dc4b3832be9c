"""What is broken off goes on later. Through ModelStore, by the real huggingface_hub, from a Hub on this machine."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import Cancelled, ModelUnreachable, Refusal
from bot.tasks import SENTIMENT
from bot.worker.downloads import Watch
from bot.worker.hub import Models, ModelStore
from tests import models
from tests.conftest import SENTIMENT_MODEL
from tests.hub import FakeHub, Repository

Folder = Callable[[Callable[[Path], None]], Path]

WEIGHTS = "model.safetensors"


@pytest.fixture
def large(hub: FakeHub, model: Folder) -> Repository:
    """The default model, with weights of some megabytes."""
    repository = hub.repositories[SENTIMENT_MODEL] = Repository.of(model(models.sentiment))
    repository.files[WEIGHTS] += bytes(4 << 20)
    return repository


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "data", Models.HUB)


def watch() -> Watch:
    return Watch(lambda *_: None)


def parts(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "cache").rglob("*.incomplete"))


def is_whole(store: ModelStore, large: Repository) -> bool:
    folder = store.find(SENTIMENT, None, watch()).folder
    return (folder / WEIGHTS).read_bytes() == large.files[WEIGHTS]


@pytest.mark.usefixtures("small_pieces")
def test_a_cancelled_download_goes_on_where_it_stopped(
    hub: FakeHub, large: Repository, store: ModelStore, tmp_path: Path
) -> None:
    large.pace = 0.02
    shares: list[float] = []
    half = Watch(lambda share, _size: shares.append(share or 0.0), lambda: bool(shares) and shares[-1] > 0.3)
    with pytest.raises(Cancelled):
        store.find(SENTIMENT, None, half)
    (part,) = parts(tmp_path)
    here = part.stat().st_size
    assert 0 < here < len(large.files[WEIGHTS])
    large.pace, told = 0.0, []
    store.find(SENTIMENT, None, Watch(lambda share, _size: told.append(share)))
    assert hub.ranges == [(f"/{SENTIMENT_MODEL}/resolve/{large.sha}/{WEIGHTS}", here)]
    assert any(share and share > here / len(large.files[WEIGHTS]) * 0.9 for share in told), "it isn't told as 0 %"
    assert parts(tmp_path) == []
    assert is_whole(store, large)


@pytest.mark.usefixtures("small_pieces")
def test_a_connection_that_breaks_is_taken_up_again_and_again(
    hub: FakeHub, large: Repository, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    large.cut = 1 << 20

    def hang_up(share: float | None, _size: int | None) -> None:
        hub.online = not share

    with pytest.raises(ModelUnreachable):
        store.find(SENTIMENT, None, Watch(hang_up))
    hub.online = True
    assert is_whole(store, large)
    begun = [begin for _, begin in hub.ranges]
    assert begun == sorted(set(begun)), "nothing is fetched twice"
    assert len(begun) >= 4


def test_what_a_killed_process_fetched_is_kept(
    hub: FakeHub, large: Repository, store: ModelStore, tmp_path: Path
) -> None:
    large.files[WEIGHTS] += bytes(40 << 20)
    large.pace = 0.005
    code = (
        "import sys; from pathlib import Path; from bot.tasks import SENTIMENT;"
        "from bot.worker.downloads import Watch; from bot.worker.hub import Models, ModelStore;"
        "ModelStore(Path(sys.argv[1]), Models.HUB).find(SENTIMENT, None, Watch(lambda *_: None))"
    )
    environment = {**os.environ, "HF_HUB_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "data")], env=environment)
    end = time.monotonic() + 60
    while not any(part.stat().st_size for part in parts(tmp_path)):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    process.kill()
    process.wait()
    (part,) = parts(tmp_path)
    here = part.stat().st_size
    large.pace = 0.0
    assert is_whole(store, large)
    assert [begin for _, begin in hub.ranges] == [here]


@pytest.mark.parametrize("damage", ["other bytes", "too many bytes"])
def test_what_was_damaged_on_the_disk_is_not_used(
    large: Repository, store: ModelStore, tmp_path: Path, damage: str, hub: FakeHub
) -> None:
    monkey = Watch(lambda *_: None, lambda: bool(parts(tmp_path)))
    with pytest.raises(Cancelled):
        store.find(SENTIMENT, None, monkey)
    (part,) = parts(tmp_path)
    part.write_bytes(b"\xff" * (1000 if damage == "other bytes" else len(large.files[WEIGHTS]) + 1))
    if damage == "other bytes":
        with pytest.raises(Refusal, match="were damaged on their way"):
            store.find(SENTIMENT, None, watch())
    assert is_whole(store, large)


def test_the_rest_of_a_download_needs_no_room_for_all_of_it(
    large: Repository, store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Cancelled):
        store.find(SENTIMENT, None, Watch(lambda *_: None, lambda: bool(parts(tmp_path))))
    (part,) = parts(tmp_path)
    part.write_bytes(large.files[WEIGHTS][:-1000])
    room = sum(map(len, large.files.values())) - part.stat().st_size
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": room}))
    assert is_whole(store, large)
