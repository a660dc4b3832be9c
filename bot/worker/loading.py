"""From a model's files to a pipeline on the device."""

import json
import logging
import threading
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import torch
import transformers
from safetensors import SafetensorError
from transformers import AutoConfig

from bot import pipelines
from bot.errors import Refusal
from bot.tasks import Kind, Task
from bot.worker.cancelling import Brake
from bot.worker.device import Device
from bot.worker.hub import ModelFiles, wrong_head
from bot.worker.memory import broken_weights
from bot.worker.packing import padding_index

log = logging.getLogger(__name__)

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

LEAST, MOST_ON_CPU, MOST_ON_GPU = 256, 1024, 16_384
"""Tokens of a pass. With fewer a batch gains little; more gain nothing."""

MORE_TO_WRITE = 4
"""How many times that a model that writes may read at once: a step of writing takes about as long for many."""

PASS = 0.25
"""Seconds that a full pass may take, because meanwhile everybody else waits."""


class Loaded:
    """A pipeline on the device, with what runs it.

    Attributes:
        key: its task and folder; no two are loaded at once with the same.
        bytes: of the device; not to be asked for before its number format is settled.
        users: how many requests are being prepared, run or finished with it.
        packs: whether rows of any lengths may share a pass, because none is padded.
        alone: whether each row needs a pass of its own, because in a batch its answer would be another.
        writes: whether a pass writes text, step by step.
        most: tokens of a pass that the memory bears.
    """

    def __init__(self, task: Task, files: ModelFiles, pipeline: Any) -> None:
        self.task = task
        self.files = files
        self.key = task.name, str(files.folder)
        self.pipeline = pipeline
        self.brake = Brake(pipeline.model)
        self.tokenizing = threading.Lock()
        self.users = 0
        self.packs = False
        self.alone = True
        self.writes = bool(getattr(pipeline, "_pipeline_calls_generate", False))
        most = MOST_ON_CPU if pipeline.device.type == "cpu" else MOST_ON_GPU
        self.most = most * MORE_TO_WRITE if self.writes else most
        self._rate = 0.0

    @property
    def budget(self) -> int:
        """Tokens that rows of several requests may have in one pass."""
        return self.most if self.writes else min(self.most, max(LEAST, round(self._rate * PASS)))

    def learn(self, tokens: int, seconds: float) -> None:
        """A pass of so many tokens took so long."""
        rate = tokens / max(seconds, 1e-6)
        self._rate = 0.8 * self._rate + 0.2 * rate if self._rate else rate

    @property
    def rate(self) -> int:
        """Samples a second of the sound that it listens to."""
        pipeline = self.pipeline
        extractor = pipeline.feature_extractor or getattr(pipeline.processor, "feature_extractor", None)
        return int(getattr(extractor, "sampling_rate", 16_000))

    @property
    def dtype(self) -> str:
        return str(self.pipeline.model.dtype).removeprefix("torch.")

    @cached_property
    def bytes(self) -> int:
        size: int = self.pipeline.model.get_memory_footprint()
        return size


def load(task: Task, files: ModelFiles, device: Device, dtype: torch.dtype) -> Loaded:
    """Build the pipeline. Refusal where the files don't hold a model for `task` (its head would be random)."""
    model = _load_model(task, files, dtype)
    try:
        pipeline = pipelines.build(task.name, model, str(files.folder), device=device.name)
    except pipelines.UNUSABLE as error:
        log.warning("a model for %s can't be used: %s", task.name, type(error).__name__)
        raise Refusal(
            f"{files.public_name} comes without a tokenizer or processor that I can load. {_way_out(task)}"
        ) from error
    if pipeline.tokenizer is not None:
        _bound_window(pipeline.tokenizer, pipeline.model)
    if hasattr(pipeline, "prompt"):
        pipeline.prompt = next((known.prompt for known in task.models.each() if known.id == files.model), "")
    return Loaded(task, files, pipeline)


def _way_out(task: Task) -> str:
    """What to do about a model that can't be loaded; transformers doesn't always say which library it misses."""
    sees = {Kind.IMAGE, Kind.VIDEO} & set(task.media.values())
    if sees and not (find_spec("torchvision") and find_spec("timm")):
        return "It may need torchvision or timm: the host can add them with `make install EXTRAS=vision`."
    return "Try another model."


def _load_model(task: Task, files: ModelFiles, dtype: torch.dtype) -> Any:
    """The model; loaded here rather than by a pipeline, for the list of missing weights."""
    try:
        config = AutoConfig.from_pretrained(files.folder, trust_remote_code=False)
        model_class = pipelines.model_class(task.name, config)
        model, report = model_class.from_pretrained(
            files.folder, dtype=dtype, use_safetensors=True, trust_remote_code=False, output_loading_info=True
        )
    except ImportError as error:
        raise Refusal(f"{files.public_name} can't be loaded here. {_way_out(task)}") from error
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        # What transformers raises for files it can't use; the text may hold paths, so it isn't shown.
        if "trust_remote_code" in str(error):
            raise Refusal(
                f"{files.public_name} needs code that comes with it, and I run none. {_way_out(task)}"
            ) from error
        architecture = _architecture(files)
        if not architecture.endswith(task.heads) or "Unrecognized configuration class" in str(error):
            raise wrong_head(task, files.public_name, architecture) from error
        raise broken_weights(files) from error
    # What a bare encoder was saved without is a pooler that nobody asks. What was never learnt, such as the numbers of
    # positions, is made anew; transformers changes its mind about whether it is saved.
    missing = set(report["missing_keys"]).difference(name for name, _ in model.named_buffers())
    if not getattr(config, "tie_word_embeddings", True):
        # Encoder and decoder then have words of their own, and nobody uses those of both.
        missing.discard("model.shared.weight")
    if any("pooler" not in key for key in missing):
        raise wrong_head(task, files.public_name, _architecture(files))
    return model.eval()


def _architecture(files: ModelFiles) -> str:
    try:
        config = json.loads((files.folder / "config.json").read_text())
    except (OSError, ValueError) as error:
        raise Refusal(
            f"{files.public_name} has no config.json that I can read, so it is no transformers model."
        ) from error
    architectures = config.get("architectures") or [config.get("model_type") or "unknown"]
    return str(architectures[0])


def _bound_window(tokenizer: Any, model: Any) -> None:
    """Give the tokenizer the model's window where its own files name none, or truncation would do nothing."""
    config = getattr(model.config, "text_config", model.config)
    positions = getattr(config, "max_position_embeddings", None)
    if positions is None or tokenizer.model_max_length <= positions:
        return
    if padding := padding_index(model):
        positions -= padding + 1
    tokenizer.model_max_length = positions
