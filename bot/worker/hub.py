"""Where a model's files come from: a folder of the host's, the Hugging Face cache, the Hub, or the starter models."""

import errno
import json
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from bot.errors import ModelUnreachable, Refusal
from bot.tasks import TASKS, Model, Task
from bot.tasks.task import GPU_MEMORY, STARTER, Modelset
from bot.worker.downloads import check_disk, disk_full, progress_bar

# Read when torch, transformers and huggingface_hub are imported, which happens further down and elsewhere.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # or torch's threads spin while the event loop wants the core
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")  # or a thread asks a Space to convert foreign models
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

log = logging.getLogger(__name__)

PATTERNS = ["*.json", "*.safetensors", "*.txt", "*.model", "*.spm", "*.jinja", "*.npz", "*.npy"]
"""What is downloaded: never code, never pickles. Looking into the cache needs the very same list."""

_PICKLES = ["pytorch_model*.bin"]
"""Downloaded too where a model of the host's has no safetensors; read as plain tensors, and converted once."""

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?(@[\w./-]{1,100})?")


class Models(StrEnum):
    """`hub`: the real models only. `starter`: stand-ins only. `auto`: stand-ins where the Hub can't be reached, and
    trained ones while the real model is on its way."""

    HUB = "hub"
    STARTER = "starter"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this machine's disk."""

    folder: Path
    model: str
    revision: str | None
    starter: bool = False

    @property
    def public_name(self) -> str:
        """Its name for members: of a folder of the host's, only what the folder is called."""
        return self.model if self.revision or self.starter else Path(self.model).name


Progress = Callable[[float | None, int | None], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """Who waits for a download, which ends once `unwanted` says so.

    `progress` is told the share that is here, from 0 to 1, and the bytes of all; None where that is unknown.
    """

    progress: Progress
    unwanted: Callable[[], bool] = lambda: False


class ModelStore:
    """Finds and fetches models. Every method may block for long: call it from a thread that may.

    Args:
        data: where starter models and `models.lock.json`, the revisions that were settled on, are kept.
        source: which models may be used.
        overrides: the host's own choice of model by task name: `owner/name`, `owner/name@revision` or a folder.
        token: for the Hub, where the host has one.
        member_limit: bytes; what a member may make this machine download by naming a model.

    Attributes:
        modelset: which of the defaults are used.
    """

    def __init__(
        self,
        data: Path,
        source: Models,
        *,
        overrides: dict[str, str] | None = None,
        token: str | None = None,
        member_limit: int = 2 * 10**9,
    ) -> None:
        self._data = data
        self._source = source
        self._overrides = overrides or {}
        self._token = token
        self._member_limit = member_limit
        self.modelset = Modelset.SMALL
        self._lock = threading.Lock()
        self._try_hub_again = 0.0
        self._downloading: dict[str, threading.Lock] = {}

    @property
    def has_starters(self) -> bool:
        """Whether starter models may answer."""
        return self._source is not Models.HUB

    def default(self, task: Task) -> Model | None:
        """The model a task uses when nobody names another, at the revision settled on before, if any.

        None where no small one does it, and this machine is too small for the others.
        """
        chosen = task.models.of(self.modelset)
        if task.name in self._overrides:
            model, _, revision = self._overrides[task.name].partition("@")
            chosen = Model(model, "", revision or _revision_of(task, model))
        return chosen and replace(chosen, revision=chosen.revision or self._locked(chosen.id))

    def usual_models(self) -> dict[str, str]:
        """By task: the default's name; without those that are folders, which have none for others."""
        models = {task.name: self.default(task) for task in TASKS}
        return {task: model.id for task, model in models.items() if model and not Path(model.id).is_dir()}

    def only_model(self, task: Task, named: str | None, *, real: bool = False) -> str | None:
        """The one model that will do a request, where the task has no choice: it was named, or set by the host."""
        if named is None and not real and self._on_starters():
            return _starter_name(task)
        return named or self._overrides.get(task.name)

    def meanwhile(self, task: Task) -> ModelFiles | None:
        """What may answer while the default of `task` is downloaded; None where nothing may, or it is here already.

        A task that chooses among models has no such stand-in: they are small, and its starter can do only a part of
        what they can.
        """
        if self._source is not Models.AUTO or self._on_starters() or not task.trained_starter or task.other_models:
            return None
        chosen = self.default(task)
        here = chosen is None or Path(chosen.id).is_dir() or self._cached(chosen.id, chosen.revision)
        return None if here else self._starter(task)

    def find(
        self, task: Task, named: str | None, watch: Watch, *, among: Model | None = None, real: bool = False
    ) -> ModelFiles:
        """The files for `task`, downloaded where they have to be.

        Args:
            named: a member's own choice of model.
            watch: told of the download.
            among: where nobody named one, the task's choice among several defaults.
            real: no starter will do.

        Raises Refusal where the model can't be had or doesn't fit the task, Cancelled where `watch` stopped it.
        """
        if named is None:
            return self._find_default(task, among, watch, real=real)
        if self._source is Models.STARTER:
            raise Refusal("This bot runs on its starter models only (MODELS=starter), so no other model can be named.")
        model, revision = self._parse(task, named)
        limit = None if task.has_default(model) else self._member_limit
        return self._fetch(task, model, revision, watch, limit=limit)

    def pull(self, task: Task, named: str | None, progress: Progress) -> ModelFiles:
        """Fetch what the host asks for, of any size: the default of `task`, or `named` (`name` or `name@revision`)."""
        watch = Watch(progress)
        if named is None:
            return self._find_real(task, None, watch)
        model, revision = self._parse(task, named)
        return self._fetch(task, model, revision, watch, limit=None)

    def _on_starters(self) -> bool:
        unreachable = self._source is Models.AUTO and time.monotonic() < self._try_hub_again
        return self._source is Models.STARTER or unreachable

    def _find_default(self, task: Task, among: Model | None, watch: Watch, *, real: bool) -> ModelFiles:
        nothing = self._source is Models.AUTO and self.default(task) is None
        if (self._on_starters() or nothing) and not real:
            return self._starter(task)
        try:
            return self._find_real(task, among, watch)
        except ModelUnreachable:
            if self._source is Models.HUB:
                raise
            # Finding out can take many seconds, which not everybody should wait.
            self._try_hub_again = time.monotonic() + 60
            if real:
                raise
            return self._starter(task)

    def _find_real(self, task: Task, among: Model | None, watch: Watch) -> ModelFiles:
        if among is not None:
            return self._fetch(task, among.id, among.revision or self._locked(among.id), watch, limit=None)
        chosen = self.default(task)
        if chosen is None:
            raise Refusal(
                f"No small model does {task.name} well enough: it takes a GPU with {GPU_MEMORY / 1e9:.0f} GB. "
                "The host can choose a model for it all the same (TASK_MODELS)."
            )
        if task.name in self._overrides and Path(chosen.id).is_dir():
            return ModelFiles(Path(chosen.id).resolve(), chosen.id, None)
        if not _ID.fullmatch(chosen.id):
            raise Refusal(
                f"The host's model for {task.name} is neither a folder on this machine nor a name on the Hub."
            )
        return self._fetch(task, chosen.id, chosen.revision, watch, limit=None)

    def _parse(self, task: Task, named: str) -> tuple[str, str | None]:
        """The model and revision of a name that somebody gave, which is never taken for a path or an address."""
        if not _ID.fullmatch(named):
            raise Refusal(f"“{named[:100]}” is no model name. It looks like this: {task.models.each()[0].id}")
        model, _, revision = named.partition("@")
        return model, revision or self._locked(model)

    def _starter(self, task: Task) -> ModelFiles:
        from bot.worker.starters import starter_model

        with self._lock:
            return ModelFiles(starter_model(task, self._data / "starter"), _starter_name(task), None, starter=True)

    def _fetch(
        self,
        task: Task,
        model: str,
        revision: str | None,
        watch: Watch,
        limit: int | None,
    ) -> ModelFiles:
        with self._lock:
            one_at_a_time = self._downloading.setdefault(model, threading.Lock())
        with one_at_a_time:
            cached = self._cached(model, revision)
            if cached is None:
                watch.progress(None, None)
                cached = self._download(task, model, revision, watch, limit)
        return ModelFiles(cached, model, cached.name)

    def _cached(self, model: str, revision: str | None) -> Path | None:
        """The snapshot's folder, named by its commit; only if a commit is settled, so that nothing changes unasked."""
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError

        if revision is None:
            return None
        if (converted := self._converted(model, revision)).is_dir():
            return converted
        try:
            folder = Path(snapshot_download(model, revision=revision, allow_patterns=PATTERNS, local_files_only=True))
        except LocalEntryNotFoundError:
            return None
        # Without weights it is what a pickle was downloaded beside; its conversion isn't done.
        return folder if any(folder.glob("*.safetensors")) else None

    def _download(
        self,
        task: Task,
        model: str,
        revision: str | None,
        watch: Watch,
        limit: int | None,
    ) -> Path:
        import httpx2
        from huggingface_hub import HfApi, snapshot_download
        from huggingface_hub.errors import (
            GatedRepoError,
            HfHubHTTPError,
            LocalEntryNotFoundError,
            OfflineModeIsEnabled,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )

        unreachable = ModelUnreachable(
            f"{model} is not on this machine, and the Hugging Face Hub can't be reached from here. "
            "Try again later, or ask the host to fetch it with `python -m bot pull`."
        )
        try:
            info = HfApi(token=self._token).model_info(model, revision=revision, timeout=10, files_metadata=True)
            # What members name has no choice but safetensors.
            pickled = limit is None and not _has(info, "*.safetensors") and _has(info, *_PICKLES)
            patterns = PATTERNS + _PICKLES if pickled else PATTERNS
            _check_fits(task, model, info, pickled=pickled)
            size = sum(entry.size or 0 for entry in info.siblings or () if _matches(entry.rfilename, patterns))
            if limit is not None and size > limit:
                raise Refusal(
                    f"{model} is {size / 1e9:.1f} GB; members may name models of up to {limit / 1e9:.1f} GB here. "
                    f"The host can fetch it: `python -m bot pull {task.name} --model {model}`."
                )
            check_disk(model, size)
            log.info("downloading %s for %s: %s", model, task.name, gigabytes(size))
            watch.progress(0.0, size)
            folder = snapshot_download(
                model,
                revision=info.sha,
                allow_patterns=patterns,
                token=self._token,
                tqdm_class=progress_bar(size, watch),
            )
        except GatedRepoError as error:
            raise Refusal(
                f"{model} is only given to those who accepted its licence. The host can do that on its page "
                "and set HF_TOKEN."
            ) from error
        except (RepositoryNotFoundError, RevisionNotFoundError) as error:
            what = f"{model}@{revision}" if isinstance(error, RevisionNotFoundError) else model
            raise Refusal(f"There is no model “{what}” on the Hugging Face Hub, or it is private.") from error
        except (OfflineModeIsEnabled, LocalEntryNotFoundError, httpx2.TransportError, OSError) as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise disk_full(model, size) from error
            if isinstance(error, HfHubHTTPError) and error.response is not None and error.response.status_code < 500:
                raise Refusal(f"The Hugging Face Hub refused to hand out {model}. Try another model.") from error
            kept = self._cached(model, revision or "main")
            if kept is None:
                raise unreachable from error
            return kept
        self._settle(model, Path(folder).name)
        return self._convert(model, Path(folder)) if pickled else Path(folder)

    def _converted(self, model: str, revision: str) -> Path:
        return self._data / "converted" / model.replace("/", "--") / revision

    def _convert(self, model: str, folder: Path) -> Path:
        """The same model with its weights as safetensors, in the data folder."""
        import pickle

        import torch
        from huggingface_hub import save_torch_state_dict

        target = self._converted(model, folder.name)
        draft = target.with_name(target.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        pickles = [path for pattern in _PICKLES for path in folder.glob(pattern)]
        shutil.copytree(folder, draft, ignore=shutil.ignore_patterns(*_PICKLES, "*.bin.index.json"))
        weights: dict[str, torch.Tensor] = {}
        try:
            for path in pickles:
                # Tensors only: anything else that a pickle could do is an error.
                weights |= torch.load(path, map_location="cpu", weights_only=True)
        except (pickle.UnpicklingError, RuntimeError) as error:
            raise Refusal(f"The weights of {model} are broken, or more than weights. Try another model.") from error
        save_torch_state_dict(weights, draft)
        draft.rename(target)
        return target

    def _locked(self, model: str) -> str | None:
        revision = self._read_lock().get(model)
        return str(revision) if revision is not None else None

    def _settle(self, model: str, revision: str) -> None:
        with self._lock:
            revisions = {model: revision} | self._read_lock()
            self._data.mkdir(parents=True, exist_ok=True)
            draft = self._data / "models.lock.json.new"
            draft.write_text(json.dumps(dict(sorted(revisions.items())), indent=2) + "\n")
            draft.replace(self._data / "models.lock.json")

    def _read_lock(self) -> dict[str, Any]:
        try:
            revisions = json.loads((self._data / "models.lock.json").read_text())
        except FileNotFoundError:
            return {}
        return revisions if isinstance(revisions, dict) else {}


def _revision_of(task: Task, model: str) -> str | None:
    return next((known.revision for known in task.models.each() if known.id == model), None)


def gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 50_000_000 else f"{size / 1e6:.0f} MB"


def _starter_name(task: Task) -> str:
    return STARTER + task.name


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _has(info: Any, *patterns: str) -> bool:
    return any(_matches(entry.rfilename, list(patterns)) for entry in info.siblings or ())


def _check_fits(task: Task, model: str, info: Any, *, pickled: bool) -> None:
    """Refuse before the download what could not be loaded, or only with a random head."""
    architectures = (info.config or {}).get("architectures") or []
    if architectures and not any(name.endswith(task.heads) for name in architectures):
        raise wrong_head(task, model, architectures[0])
    if not pickled and not _has(info, "*.safetensors"):
        raise Refusal(f"{model} has no safetensors weights, and I load nothing else. Try another model.")


def wrong_head(task: Task, model: str, architecture: str) -> Refusal:
    return Refusal(
        f"{model} was made for something else ({architecture}): for {task.name} its answers would be random. "
        f"Name a model made for it, or leave the model out to use {task.models.each()[0].id}."
    )
