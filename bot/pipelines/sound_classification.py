"""audio-classification and zero-shot-audio-classification, of recordings of any length.

transformers looks at the first ten seconds, at ten seconds by chance, or at all at once, which takes memory by the
square: it depends on the model.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from transformers import AudioClassificationPipeline, ZeroShotAudioClassificationPipeline
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.pipelines.base import ChunkPipeline

from bot.errors import Refusal

PART = 10.0
"""Seconds heard at once; what the models for all kinds of sounds were made for."""

PARTS = 12
"""Heard of a recording, at most: of a longer one, as many from its beginning to its end."""

SHORTEST = 0.1
"""Seconds; some models can't do with less."""

Samples = np.ndarray[Any, np.dtype[np.float32]]


class SoundClassificationPipeline(AudioClassificationPipeline, ChunkPipeline):  # type: ignore[misc]  # transformers' classes are Any
    """`pipe(samples)` gives `[{"label", "score"}, …]`, best first: what the parts of a recording come to on average.

    `samples` are float32, mono, at the rate of `feature_extractor.sampling_rate`. Raises Refusal for too short a
    recording.
    """

    def preprocess(self, samples: Samples) -> Iterator[dict[str, Any]]:
        parts = _parts(samples, self.feature_extractor.sampling_rate)
        for number, part in enumerate(parts, 1):
            yield {**super().preprocess(part), "is_last": number == len(parts)}

    def _forward(self, row: dict[str, Any]) -> dict[str, Any]:
        is_last = row.pop("is_last")
        return {"logits": super()._forward(row).logits, "is_last": is_last}

    def postprocess(self, outputs: list[dict[str, Any]], **parameters: Any) -> list[dict[str, Any]]:
        scores: list[dict[str, Any]] = super().postprocess(
            SequenceClassifierOutput(logits=_mean(outputs)), **parameters
        )
        return scores


class ZeroShotSoundClassificationPipeline(ZeroShotAudioClassificationPipeline, ChunkPipeline):  # type: ignore[misc]
    """The same for labels of one's own: `pipe(samples, candidate_labels=["rain", "applause"])`."""

    def preprocess(self, samples: Samples, **parameters: Any) -> Iterator[dict[str, Any]]:
        parts = _parts(samples, self.feature_extractor.sampling_rate)
        for number, part in enumerate(parts, 1):
            yield {**super().preprocess(part, **parameters), "is_last": number == len(parts)}

    def _forward(self, row: dict[str, Any]) -> dict[str, Any]:
        is_last = row.pop("is_last")
        return {**super()._forward(row), "is_last": is_last}

    def postprocess(self, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        together = {"candidate_labels": outputs[0]["candidate_labels"], "logits": _mean(outputs)}
        scores: list[dict[str, Any]] = super().postprocess(together)
        return scores


def _parts(samples: Samples, rate: int) -> list[Samples]:
    if len(samples) < SHORTEST * rate:
        raise Refusal("That recording is too short to tell anything from it.")
    longest = int(PART * rate)
    count = min(PARTS, math.ceil(len(samples) / longest))
    length = min(longest, len(samples))
    starts = np.linspace(0, len(samples) - length, count).astype(int)
    return [samples[start : start + length] for start in starts]


def _mean(outputs: list[dict[str, Any]]) -> torch.Tensor:
    return torch.cat([output["logits"] for output in outputs]).float().mean(0, keepdim=True)
