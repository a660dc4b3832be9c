"""Where a model's files come from: a folder of the host's, the Hugging Face cache, the Hub, or the starter models."""

import errno
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.errors import ModelUnreachable, Refusal
from bot.tasks import TASKS, Model, Task
from bot.tasks.task import GPU_MEMORY, STARTER, Modelset
from bot.worker.converting import PICKLES, convert
from bot.worker.downloads import Download, Progress, Watch, matches
from bot.worker.lock import Lock
from bot.worker.naming import Nameable, for_adults_only, is_nameable, not_nameable

# Read when torch, transformers and huggingface_hub are imported, which happens further down and elsewhere.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # or torch's threads spin while the event loop wants the core
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")  # or a thread asks a Space to convert foreign models
os.environ.setdefault("USE_HUB_KERNELS", "NO")  # or a model's settings make transformers fetch code, where it can
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

log = logging.getLogger(__name__)

PATTERNS = ["*.json", "*.safetensors", "*.txt", "*.model", "*.spm", "*.jinja", "*.npz", "*.npy"]
"""What is downloaded: never code, never pickles. Looking into the cache needs the very same list."""

_ADULT = "not-for-all-audiences"
"""The Hub's tag for models that are for adults only."""

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


class ModelStore:
    """Finds and fetches models. Every method may block for long: call it from a thread that may.

    Args:
        data: where starter models and `models.lock.json`, the revisions that were settled on, are kept.
        source: which models may be used.
        overrides: the host's own choice of model by task name: `owner/name`, `owner/name@revision` or a folder.
        token: for the Hub, where the host has one.
        member_limit: bytes; what a member may make this machine download by naming a model.
        nameable: what members may name beside the host's own models.

    Attributes:
        modelset: which of the defaults are used.
        check_memory: raises Refusal for a model that could never be loaded. Told the task, the model's name, and how
            many numbers of which format it has, before it is downloaded.
    """

    def __init__(
        self,
        data: Path,
        source: Models,
        *,
        overrides: dict[str, str] | None = None,
        token: str | None = None,
        member_limit: int = 2 * 10**9,
        nameable: Nameable = (),
    ) -> None:
        self._data = data
        self._source = source
        self._overrides = overrides or {}
        self._token = token
        self._member_limit = member_limit
        self._nameable = nameable
        self.modelset = Modelset.SMALL
        self.check_memory: Callable[[Task, str, Mapping[str, int]], object] = lambda *_: None
        self._settled = Lock(data)
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
        return chosen and replace(chosen, revision=self._commit(chosen.id, chosen.revision))

    def usual_models(self) -> dict[str, str]:
        """By task: the default's name; without those that are folders, which have none for others."""
        models = {task.name: self.default(task) for task in TASKS}
        return {task: model.id for task, model in models.items() if model and not Path(model.id).is_dir()}

    def adult_models(self) -> frozenset[str]:
        """Those that answer only where adults only are, as far as they were ever fetched."""
        return self._settled.adult()

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

        Raises Refusal where the model can't be had, doesn't fit the task or isn't for whoever waits, Cancelled where
        `watch` stopped it.
        """
        if named is None:
            return self._find_default(task, among, watch, real=real)
        if self._source is Models.STARTER:
            raise Refusal("This bot runs on its starter models only (MODELS=starter), so no other model can be named.")
        model, revision = self._parse(task, named)
        own = self._own_models()
        usual = self._commit(model, own.get(model)) or ""
        if model in own and usual.startswith(revision or ""):
            revision = usual or None
        elif not is_nameable(self._nameable, model, revision):
            raise not_nameable(task, named, self._named_for(task), self._nameable)
        default = task.has_default(model) or self._overrides.get(task.name, "").partition("@")[0] == model
        return self._fetch(task, model, revision, watch, limit=None if default else self._member_limit)

    def pull(self, task: Task, named: str | None, progress: Progress) -> ModelFiles:
        """Fetch what the host asks for, of any size: the default of `task`, or `named` (`name` or `name@revision`)."""
        watch = Watch(progress, adult=True)
        if named is None:
            return self._find_real(task, None, watch)
        model, revision = self._parse(task, named)
        return self._fetch(task, model, revision, watch, limit=None)

    def _own_models(self) -> dict[str, str | None]:
        """The models that are the host's: defaults, the host's choice, what is here already. By name the revision that
        has to be used."""
        defaults = [model for task in TASKS for model in (*task.models.each(), *task.other_models)]
        chosen = [name.partition("@") for name in self._overrides.values()]
        return (
            dict.fromkeys(self._settled.revisions())
            | {model.id: model.revision for model in defaults}
            | {model: revision or None for model, _, revision in chosen}
        )

    def _named_for(self, task: Task) -> list[str]:
        """Those that are meant for `task`."""
        models = [model.id for model in (self.default(task), *task.models.each()) if model]
        return [model for model in dict.fromkeys(models) if not Path(model).is_dir()]

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
            return self._fetch(task, among.id, among.revision, watch, limit=None)
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
        return model, revision or None

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
            if model in self.adult_models() and not watch.adult:
                raise for_adults_only(model)
            # Of what another program left in the cache, nobody has seen yet how the Hub marks it.
            known, revision = model in self._settled.revisions(), self._commit(model, revision)
            cached = self._cached(model, revision) if known else None
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
        from huggingface_hub import HfApi
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
            info: Any = HfApi(token=self._token).model_info(model, revision=revision, timeout=10, files_metadata=True)
            adult = _ADULT in (info.tags or ())
            if adult and not watch.adult:
                raise for_adults_only(model)
            # What members name has no choice but safetensors.
            pickled = limit is None and not _has(info, "*.safetensors") and _has(info, *PICKLES)
            _check_fits(task, model, info, pickled=pickled)
            self.check_memory(task, model, _numbers(info, PICKLES if pickled else ["*.safetensors"]))
            download = Download(model, info, PATTERNS + PICKLES if pickled else PATTERNS, self._token)
            if limit is not None and download.size > limit:
                raise Refusal(
                    f"{model} is {download.size / 1e9:.1f} GB; members may name models of up to {limit / 1e9:.1f} GB "
                    f"here. The host can fetch it: `python -m bot pull {task.name} --model {model}`."
                )
            download.check_disk()
            log.info("downloading %s for %s: %s", model, task.name, gigabytes(download.size))
            watch.progress(0.0, download.size)
            # Already now, so that a download that is broken off goes on with the same files.
            self._settled.settle(model, info.sha, adult=adult)
            folder = download.fetch(watch)
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
                raise download.disk_full() from error
            if isinstance(error, HfHubHTTPError) and error.response is not None and error.response.status_code < 500:
                raise Refusal(f"The Hugging Face Hub refused to hand out {model}. Try another model.") from error
            kept = self._cached(model, revision or "main")
            if kept is None:
                raise unreachable from error
            return kept
        if not pickled:
            return folder
        convert(model, folder, self._converted(model, folder.name))
        return self._converted(model, folder.name)

    def _converted(self, model: str, revision: str) -> Path:
        """Where a model is with its weights as safetensors, if it was published without."""
        return self._data / "converted" / model.replace("/", "--") / revision

    def _commit(self, model: str, revision: str | None) -> str | None:
        """What was settled, where that or nothing is asked for; else `revision`."""
        settled = self._settled.revisions().get(model, "")
        return settled if settled and settled.startswith(revision or "") else revision


def _revision_of(task: Task, model: str) -> str | None:
    return next((known.revision for known in task.models.each() if known.id == model), None)


def gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 50_000_000 else f"{size / 1e6:.0f} MB"


def _starter_name(task: Task) -> str:
    return STARTER + task.name


def _has(info: Any, *patterns: str) -> bool:
    return any(matches(entry.rfilename, list(patterns)) for entry in info.siblings or ())


def _numbers(info: Any, patterns: list[str]) -> Mapping[str, int]:
    """How many numbers of which format the weights have: as the Hub read it, else as many float32 as fill the files."""
    if info.safetensors is not None:
        numbers: Mapping[str, int] = info.safetensors.parameters
        return numbers
    weights = [entry for entry in info.siblings or () if matches(entry.rfilename, patterns)]
    return {"F32": sum(entry.size or 0 for entry in weights if "/" not in entry.rfilename) // 4}


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
