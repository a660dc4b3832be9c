"""The real download code against a Hub on this machine."""

import errno
import io
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load, load_file

from bot.errors import Cancelled, ModelUnreachable, Refusal
from bot.tasks import ASK_IMAGE, FILL, OMNI, SENTIMENT, TASKS, TRANSLATE, Model
from bot.tasks.task import Modelset
from bot.worker.downloads import Watch
from bot.worker.hub import Models, ModelStore
from tests import models
from tests.conftest import SENTIMENT_MODEL
from tests.hub import FakeHub, Repository

Folder = Callable[[Callable[[Path], None]], Path]


def watch(progress: Callable[[float | None], None] = lambda _: None) -> Watch:
    return Watch(lambda share, _size: progress(share))


def default(store: ModelStore) -> Model:
    model = store.default(SENTIMENT)
    assert model is not None
    return model


@pytest.fixture
def real(hub: FakeHub, model: Folder) -> Repository:
    """The default model, on the Hub, with files that must never be fetched beside it."""
    repository = Repository.of(model(models.sentiment))
    repository.files |= {"pytorch_model.bin": b"pickle", "modeling.py": b"import os"}
    hub.repositories[SENTIMENT_MODEL] = repository
    return repository


def test_fetched_once_then_from_the_cache_without_a_request(hub: FakeHub, real: Repository, tmp_path: Path) -> None:
    files = ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch())
    assert (files.model, files.revision, files.starter) == (SENTIMENT_MODEL, real.sha, False)
    assert {path.name for path in files.folder.iterdir()} == real.files.keys() - {"pytorch_model.bin", "modeling.py"}
    hub.online = False
    hub.requests.clear()
    assert ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch()) == files
    assert hub.requests == []


def test_the_first_download_settles_the_revision(hub: FakeHub, real: Repository, tmp_path: Path) -> None:
    store = ModelStore(tmp_path, Models.HUB)
    assert default(store).revision is None
    before = store.find(SENTIMENT, None, watch())
    assert json.loads((tmp_path / "models.lock.json").read_text()) == {SENTIMENT_MODEL: real.sha}
    hub.repositories[SENTIMENT_MODEL] = Repository(real.files | {"added.json": b"{}"})
    assert default(store).revision == before.revision
    assert store.find(SENTIMENT, None, watch()) == before


def test_what_is_pinned_by_a_short_revision_is_found_again_too(
    hub: FakeHub, model: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = "fb53ab8".ljust(40, "0")
    monkeypatch.setattr(Repository, "sha", sha)
    hub.repositories["distilbert/distilroberta-base"] = Repository.of(model(models.masked))
    store = ModelStore(tmp_path, Models.HUB)
    files = store.find(FILL, None, watch())
    assert files.revision == sha
    hub.online = False
    hub.requests.clear()
    for named in (None, "distilbert/distilroberta-base", "distilbert/distilroberta-base@fb53ab8"):
        assert store.find(FILL, named, watch()) == files
    assert hub.requests == []


@pytest.mark.usefixtures("small_pieces")
def test_progress_is_the_share_of_bytes(real: Repository, tmp_path: Path) -> None:
    real.files["model.safetensors"] += bytes(12 << 16)
    real.pace = 0.1
    told: list[tuple[float | None, int | None]] = []
    watching = Watch(lambda share, size: told.append((share, size)))
    ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watching)
    fetched = sum(len(data) for name, data in real.files.items() if not name.endswith((".bin", ".py")))
    assert told[:2] == [(None, None), (0.0, fetched)], "its size is told before it is downloaded"
    shares = [share for share, size in told[2:] if share is not None and size == fetched]
    assert len(shares) == len(told) - 2 >= 2
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1


def test_a_download_ends_soon_after_it_is_cancelled(real: Repository, tmp_path: Path) -> None:
    """It looks up after each piece it reads, which is 10 MB with huggingface_hub; all of it would take 20 s here."""
    real.files["model.safetensors"] += bytes(128 << 20)
    real.pace = 0.01
    began = time.monotonic()
    stopping = Watch(lambda *_: None, lambda: time.monotonic() > began + 0.5)
    with pytest.raises(Cancelled):
        ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, stopping)
    assert time.monotonic() - began < 10


def test_unreachable_is_an_error_on_discord(hub: FakeHub, tmp_path: Path) -> None:
    hub.online = False
    with pytest.raises(ModelUnreachable, match="python -m bot pull"):
        ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch())


def test_unreachable_brings_the_starter_where_it_may(hub: FakeHub, tmp_path: Path) -> None:
    hub.online = False
    store = ModelStore(tmp_path, Models.AUTO)
    files = store.find(SENTIMENT, None, watch())
    assert files.starter
    assert files.model == "starter/text-classification"
    asked = len(hub.requests)
    assert store.find(SENTIMENT, None, watch()) == files
    assert len(hub.requests) == asked, "the Hub isn't tried again for every request"


def test_a_named_model_never_has_a_stand_in(hub: FakeHub, tmp_path: Path) -> None:
    hub.online = False
    with pytest.raises(ModelUnreachable):
        ModelStore(tmp_path, Models.AUTO, nameable="any").find(SENTIMENT, "foo/bar", watch())
    with pytest.raises(Refusal, match="starter models only"):
        ModelStore(tmp_path, Models.STARTER).find(SENTIMENT, "foo/bar", watch())


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("named", ["nobody/nothing", "nothing"])
def test_a_model_that_does_not_exist(named: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="There is no model"):
        ModelStore(tmp_path, Models.AUTO, nameable="any").find(SENTIMENT, named, watch())


@pytest.mark.parametrize("named", ["/etc", "../up", "a/b/c", "file:///etc", "https://x.example/y", "a b", "", "~/m"])
def test_a_name_is_never_a_path_or_an_address(hub: FakeHub, named: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="is no model name"):
        ModelStore(tmp_path, Models.AUTO).find(SENTIMENT, named, watch())
    assert hub.requests == []


def test_a_folder_of_that_name_is_not_taken(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "owner" / "name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match="There is no model"):
        ModelStore(tmp_path, Models.HUB, nameable="any").find(SENTIMENT, "owner/name", watch())
    assert hub.requests


def test_another_tasks_model_is_refused_before_its_weights_travel(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    hub.repositories["foo/masked"] = Repository.of(model(models.masked))
    with pytest.raises(Refusal, match=r"made for something else \(BertForMaskedLM\)"):
        ModelStore(tmp_path, Models.HUB, nameable="any").find(SENTIMENT, "foo/masked", watch())
    assert not any("/resolve/" in path for path in hub.requests)


def test_a_member_may_not_fill_the_disk_but_the_host_may(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    hub.repositories["foo/big"] = Repository.of(model(models.sentiment))
    store = ModelStore(tmp_path, Models.HUB, member_limit=1000, nameable="any")
    with pytest.raises(Refusal, match="python -m bot pull text-classification --model foo/big"):
        store.find(SENTIMENT, "foo/big", watch())
    assert store.pull(SENTIMENT, "foo/big", lambda *_: None).model == "foo/big"
    assert store.find(SENTIMENT, "foo/big", watch()).model == "foo/big", "it is here now"


def test_weights_that_are_no_safetensors_are_refused(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    repository = Repository.of(model(models.sentiment))
    repository.files["pytorch_model.bin"] = repository.files.pop("model.safetensors")
    hub.repositories["foo/pickle"] = repository
    with pytest.raises(Refusal, match="no safetensors weights"):
        ModelStore(tmp_path, Models.HUB, nameable="any").find(SENTIMENT, "foo/pickle", watch())


def test_a_gated_model_names_the_way_in(hub: FakeHub, real: Repository, tmp_path: Path) -> None:
    real.gated = True
    with pytest.raises(Refusal, match="accepted its licence"):
        ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch())
    assert hub.requests


def test_the_hosts_own_folder_needs_no_hub(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    folder = model(models.sentiment)
    store = ModelStore(tmp_path, Models.HUB, overrides={"text-classification": str(folder)})
    files = store.find(SENTIMENT, None, watch())
    assert (files.folder, files.revision) == (folder, None)
    assert hub.requests == []


def test_a_folder_of_the_hosts_that_is_not_there(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, Models.HUB, overrides={"text-classification": "/no/such/folder"})
    with pytest.raises(Refusal, match="neither a folder on this machine nor a name on the Hub"):
        store.find(SENTIMENT, None, watch())


def test_two_who_want_one_model_download_it_once(hub: FakeHub, real: Repository, tmp_path: Path) -> None:
    real.pace = 0.05
    store = ModelStore(tmp_path, Models.HUB)
    threads = [threading.Thread(target=store.find, args=(SENTIMENT, None, watch())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(path.endswith("/model.safetensors") for path in hub.requests) <= 2  # one HEAD, one GET


def pickled(folder: Path, name: str = "pytorch_model.bin") -> Repository:
    """A model as many older ones are published: without safetensors."""
    repository = Repository.of(folder)
    weights = load(repository.files.pop("model.safetensors"))
    written = io.BytesIO()
    torch.save(weights, written)
    repository.files[name] = written.getvalue()
    return repository


def test_the_hosts_own_model_may_be_a_pickle_and_is_converted_once(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    hub.repositories[SENTIMENT_MODEL] = pickled(model(models.sentiment))
    store = ModelStore(tmp_path, Models.HUB)
    files = store.find(SENTIMENT, None, watch())
    assert files.revision == hub.repositories[SENTIMENT_MODEL].sha
    assert {path.name for path in files.folder.iterdir()} >= {"model.safetensors", "config.json", "tokenizer.json"}
    assert not list(files.folder.glob("*.bin"))
    converted = load_file(files.folder / "model.safetensors")
    original = load_file(model(models.sentiment) / "model.safetensors")
    assert all(torch.equal(converted[name], original[name]) for name in original)
    hub.requests.clear()
    assert ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch()) == files
    assert hub.requests == []


def test_naming_a_default_is_no_worse_than_leaving_it_out(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    hub.repositories["Helsinki-NLP/opus-mt-pl-en"] = pickled(model(models.marian))
    hub.repositories["own/opus-mt-pl-en"] = pickled(model(models.marian))
    store = ModelStore(tmp_path, Models.HUB, member_limit=10, nameable="any")
    assert store.find(TRANSLATE, "Helsinki-NLP/opus-mt-pl-en", watch()).folder.is_dir()
    with pytest.raises(Refusal, match="no safetensors weights"):
        store.find(TRANSLATE, "own/opus-mt-pl-en", watch())


def test_a_conversion_that_broke_off_is_made_up_for(
    hub: FakeHub, model: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.repositories[SENTIMENT_MODEL] = pickled(model(models.sentiment))

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("huggingface_hub.save_torch_state_dict", full_disk)
        with pytest.raises(OSError, match="No space left"):
            ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch())
    files = ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch())
    assert (files.folder / "model.safetensors").exists()


def test_weights_that_are_more_than_weights_are_refused(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (str(tmp_path / "owned"),)

    repository = pickled(model(models.sentiment))
    written = io.BytesIO()
    torch.save({"weight": Evil()}, written)
    repository.files["pytorch_model.bin"] = written.getvalue()
    hub.repositories[SENTIMENT_MODEL] = repository
    with pytest.raises(Refusal, match="are broken, or more than weights"):
        ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch())
    assert not (tmp_path / "owned").exists()


def test_the_starters_do_every_task(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, Models.STARTER)
    for task in TASKS:
        assert store.find(task, None, watch()).starter
        assert store.only_model(task, None) == f"starter/{task.name}"


def test_what_the_disk_cannot_take_is_refused_before_the_download(
    real: Repository, hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(Refusal, match="the disk of this machine is too full"):
        ModelStore(tmp_path, Models.HUB).find(SENTIMENT, None, watch())
    assert not any("model.safetensors" in path for path in hub.requests)


def test_a_disk_that_fills_up_is_told_and_the_download_goes_on_later(
    real: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = ModelStore(tmp_path, Models.AUTO)
    with monkeypatch.context() as patched:
        patched.setattr("huggingface_hub.file_download.http_get", full)
        with pytest.raises(Refusal, match="the disk of this machine is too full"):
            store.find(SENTIMENT, None, watch())
    assert not store.find(SENTIMENT, None, watch()).starter


def test_the_default_is_of_the_set_that_was_chosen(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, Models.HUB)
    small, gpu = ASK_IMAGE.models.small, ASK_IMAGE.models.gpu
    assert store.default(ASK_IMAGE) == small
    store.modelset = Modelset.GPU
    assert store.default(ASK_IMAGE) == gpu
    assert store.default(SENTIMENT) == SENTIMENT.models.small, "there the small one is used as well"
    assert store.usual_models()["any-to-any"] == "google/gemma-4-E4B-it"


def test_what_no_small_model_does_is_said_to_need_a_gpu(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, Models.HUB)
    assert store.default(OMNI) is None
    assert "any-to-any" not in store.usual_models()
    with pytest.raises(Refusal, match="No small model does any-to-any well enough: it takes a GPU with 20 GB"):
        store.find(OMNI, None, watch())
    assert ModelStore(tmp_path, Models.AUTO).find(OMNI, None, watch()).starter, "it can be tried all the same"


def test_the_hosts_own_model_comes_before_both_sets(tmp_path: Path) -> None:
    store = ModelStore(
        tmp_path, Models.HUB, overrides={"any-to-any": "own/omni@abc", "fill-mask": FILL.models.each()[0].id}
    )
    store.modelset = Modelset.GPU
    assert store.default(OMNI) == Model("own/omni", "", "abc")
    assert store.default(FILL) == Model("distilbert/distilroberta-base", "", "fb53ab8"), "at the revision that is known"


def test_defaults_are_named_fully_and_pinned_only_from_a_source() -> None:
    for task in TASKS:
        for known in task.models.each():
            assert re.fullmatch(r"[\w.-]+/[\w.-]+", known.id)
            assert known.licence
            assert known.revision is None or re.fullmatch(r"[0-9a-f]{7}", known.revision)
