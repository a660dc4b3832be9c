"""From a task and a model to a pipeline: transformers' own, or one of ours where it has none or none that will do."""

from pkgutil import resolve_name
from typing import Any

from transformers import (
    AutoConfig,
    AutoFeatureExtractor,
    AutoImageProcessor,
    AutoProcessor,
    AutoTokenizer,
    AutoVideoProcessor,
)
from transformers.pipelines import check_task
from transformers.pipelines.base import Pipeline

from bot.pipelines.own import OWN

_PARTS = {
    "tokenizer": AutoTokenizer,
    "image_processor": AutoImageProcessor,
    "feature_extractor": AutoFeatureExtractor,
    "processor": AutoProcessor,
    "video_processor": AutoVideoProcessor,
}

UNUSABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, ImportError)
"""What transformers raises where a tokenizer or a processor is missing or broken."""


def pipeline_class(task: str) -> Any:
    """KeyError where there is no such task."""
    return OWN[task][0] if task in OWN else resolve_name(check_task(task)[1]["impl"])


def model_class(task: str, config: Any) -> Any:
    """The class that loads the model of `config` for `task`. ValueError where there is none.

    Of several that would do it is the one that the weights were saved from. transformers itself takes the first, and so
    builds a decision model of 8 billion numbers out of the config of a small one that only writes.
    """
    choices = (OWN[task][1] if task in OWN else ()) or check_task(task)[1]["pt"]
    # A few architectures have several classes for a task.
    found = [_as_tuple(choice._model_mapping[type(config)]) for choice in choices if _knows(choice, config)]  # noqa: SLF001
    classes = [model for models in found for model in models]
    saved = config.architectures or ()
    usable = [model for model in classes if model.__name__ in saved] or classes
    if not usable:
        raise ValueError(f"Unrecognized configuration class {type(config).__name__}")
    return usable[0]


def _knows(choice: Any, config: Any) -> bool:
    return type(config) in choice._model_mapping  # noqa: SLF001 - as transformers' own pipelines ask it


def _as_tuple(models: Any) -> tuple[Any, ...]:
    return tuple(models) if isinstance(models, list | tuple) else (models,)


def build(task: str, model: Any, source: str, *, device: str, revision: str = "main") -> Pipeline:
    """A pipeline around `model`, with the tokenizer and processors from `source`, a folder or a name.

    Raises one of `UNUSABLE` where it lacks what the pipeline needs.
    """
    chosen = pipeline_class(task)
    parts: dict[str, Any] = {}
    for name, auto in _PARTS.items():
        wanted = getattr(chosen, f"_load_{name}")
        if wanted is False:
            continue
        try:
            parts[name] = auto.from_pretrained(source, revision=revision, trust_remote_code=False)
        except UNUSABLE:
            if wanted:
                raise
    return chosen(model=model, task=task, device=device, **parts)


def pipeline(
    task: str, model: str, *, revision: str | None = None, dtype: str = "auto", device: str = "cpu"
) -> Pipeline:
    """What `transformers.pipeline` is, for every task of this bot. `model` is a name or a folder."""
    at = revision or "main"
    config = AutoConfig.from_pretrained(model, revision=at, trust_remote_code=False)
    loaded = model_class(task, config).from_pretrained(
        model, revision=at, dtype=dtype, use_safetensors=True, trust_remote_code=False
    )
    return build(task, loaded.eval(), model, device=device, revision=at)
