"""text-to-audio: texts of any length, read aloud."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import torch
from semantic_text_splitter import TextSplitter
from transformers import TextToAudioPipeline
from transformers.models.auto.modeling_auto import MODEL_FOR_TEXT_TO_SPECTROGRAM_MAPPING_NAMES
from transformers.pipelines.base import ChunkPipeline

from bot.errors import Refusal

PART = 200
"""Characters said at once, at most: Bark says no more than some 14 seconds, and VITS runs out of breath."""

PAUSE = 0.25
"""Seconds between two parts."""


class Spoken(TypedDict):
    """`audio` is mono, float32 [samples], from -1 to 1; `sampling_rate` in samples a second."""

    audio: "np.ndarray[Any, np.dtype[np.float32]]"
    sampling_rate: int


class SpeechPipeline(TextToAudioPipeline, ChunkPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe("text", voice=2)` gives `{"audio", "sampling_rate"}`.

    A text is said in parts, of whole sentences where possible. The same text always sounds the same. Raises Refusal for
    a voice that the model doesn't have, a text without anything to say, and a model that makes no sound by itself.
    """

    def __init__(self, model: Any, *args: Any, **kwargs: Any) -> None:
        if type(model).__name__ in MODEL_FOR_TEXT_TO_SPECTROGRAM_MAPPING_NAMES.values():
            # transformers would fetch a second one, to make sound of what this one draws.
            raise Refusal("That model needs a second one to make a sound. Leave the model out, or name another.")
        super().__init__(model, *args, **kwargs)

    def _sanitize_parameters(self, voice: int | None = None) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {} if voice is None else {"voice": voice}, {}, {}

    @property
    def voices(self) -> tuple[int | str, ...]:
        """What the model calls its voices; none where it has only one."""
        if known := getattr(self.processor, "speaker_embeddings", None):
            names = [name for name in self.processor.available_voice_presets if _is_there(known, name)]
            return tuple(sorted(names, key=lambda name: (not name.startswith("v2/en"), name[:3] != "v2/", name)))
        speakers = getattr(self.model.config, "num_speakers", 1) or 1
        return tuple(range(speakers)) if speakers > 1 else ()

    def preprocess(self, text: str, voice: int | None = None) -> Iterator[dict[str, Any]]:
        """`voice` counts from 1."""
        chosen = self._choose(voice)
        named = {"voice_preset": chosen} if isinstance(chosen, str) else {}
        parts = [part for part in TextSplitter(PART).chunks(text) if any(map(str.isalnum, part))]
        rows = [self._row(part, named) for part in parts]
        rows = [row for row in rows if row["input_ids"].shape[-1] > 1]
        if not rows:
            raise Refusal("There is nothing in that text that this model can say. Try words, or another model.")
        for number, row in enumerate(rows, 1):
            speaker = {"speaker_id": chosen} if isinstance(chosen, int) else {}
            yield {**row, **speaker, "is_last": number == len(rows)}

    def _row(self, part: str, named: dict[str, Any]) -> dict[str, Any]:
        try:
            encoded = super().preprocess(part, **named)
        except (ImportError, RuntimeError) as error:
            # VITS models for phonemes, as most for English are, need a library and a program that know them.
            raise Refusal(
                "That model reads phonetic spelling, which I can't write. Leave the model out, or name another."
            ) from error
        return {**encoded, "seed": zlib.crc32(part.encode())}

    def _choose(self, voice: int | None) -> int | str | None:
        voices = self.voices
        if voice is not None and voice > 1 and not voices:
            raise Refusal("This model has only one voice. Leave “voice” out, or name another model.")
        if voice is not None and voices and not 0 < voice <= len(voices):
            raise Refusal(f"This model has {len(voices)} voices. Choose one from 1 to {len(voices)}.")
        # Without any, Bark would have another voice in each part.
        return voices[(voice or 1) - 1] if voices else None

    def _forward(self, row: dict[str, Any]) -> dict[str, Any]:
        is_last, seed = row.pop("is_last"), row.pop("seed")
        with torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(seed)
            audio = super()._forward(row, forward_params={}, generate_kwargs={})
        return {"audio": audio, "is_last": is_last}

    def postprocess(self, outputs: list[dict[str, Any]]) -> Spoken:
        pieces: list[Any] = []
        for output in outputs:
            samples = np.atleast_1d(super().postprocess(output["audio"])["audio"])
            # Music comes in stereo, [channels, samples].
            pieces += [
                samples if samples.ndim == 1 else samples.mean(axis=0),
                np.zeros(int(PAUSE * self.sampling_rate)),
            ]
        return Spoken(
            audio=np.concatenate(pieces[:-1]).clip(-1, 1).astype(np.float32), sampling_rate=self.sampling_rate
        )


def _is_there(known: dict[str, Any], name: str) -> bool:
    """Whether the files of a voice of Bark's were downloaded with the model."""
    return all(Path(known["repo_or_path"], path).exists() for path in known[name].values())
