"""Models are code, unless nobody runs it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.worker.thread import ThreadWorker
from tests import models
from tests.hub import FakeHub, Repository
from tests.worker.test_thread import done, refusal, request

Folder = Callable[[Callable[[Path], None]], Path]


def with_code(folder: Path, mark: Path, **config: Any) -> Repository:
    """A model whose every class is to come from its own files, which would leave a mark."""
    repository = Repository.of(folder)
    code = f"from pathlib import Path\nPath({str(mark)!r}).touch()\n"
    repository.files |= {"evil.py": code.encode(), "custom_generate/generate.py": code.encode()}
    names = "AutoConfig", "AutoModel", "AutoModelForSequenceClassification", "AutoProcessor"
    every = {"auto_map": dict.fromkeys(names, "evil.Evil")}
    tokenizer = {"auto_map": {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}}
    for name, added in (("config.json", every | config), ("tokenizer_config.json", tokenizer)):
        repository.files[name] = json.dumps(json.loads(repository.files[name]) | added).encode()
    return repository


async def test_code_that_comes_with_a_model_is_neither_fetched_nor_run(
    hub: FakeHub, worker: ThreadWorker, model: Folder, tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    hub.repositories["foo/code"] = with_code(model(models.sentiment), mark)
    source = (await done(worker.submit(request(model="foo/code")))).source
    assert source.steps[0].model == "foo/code", "as transformers' own BERT, which it says it is"
    assert not mark.exists()
    assert not any(path.endswith(".py") for path in hub.requests)
    assert list((tmp_path / "cache").rglob("*.py")) == []


async def test_a_model_that_only_its_own_code_can_load_is_refused(
    hub: FakeHub, worker: ThreadWorker, model: Folder, tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    hub.repositories["foo/code"] = with_code(model(models.sentiment), mark, model_type="evil")
    sentence = (await refusal(worker.submit(request(model="foo/code")))).sentence
    assert "foo/code needs code that comes with it, and I run none" in sentence
    assert not mark.exists()


@pytest.mark.parametrize("attention", ["foo/kernel", "kernels-community/flash-attn2"])
async def test_a_models_settings_bring_no_kernel_from_the_hub(
    hub: FakeHub, worker: ThreadWorker, model: Folder, attention: str
) -> None:
    repository = hub.repositories["foo/kernel"] = Repository.of(model(models.sentiment))
    config = json.loads(repository.files["config.json"]) | {"attn_implementation": attention}
    repository.files["config.json"] = json.dumps(config).encode()
    await refusal(worker.submit(request(model="foo/kernel")))
    assert not any("kernel" in path and "foo/kernel" not in path for path in hub.requests)
