"""automatic-speech-recognition, of recordings of any length."""

from collections.abc import Iterator
from typing import Any, TypedDict

import langcodes
import numpy as np
import torch
from transformers import AutomaticSpeechRecognitionPipeline, GenerationConfig

from bot.errors import Refusal

PART = 30.0
"""Seconds heard at once; what Whisper was made for."""

OVERLAP = 5.0
"""Seconds that a part has in common with the one before, and as many with the next: words there are heard whole."""

LIKELY = 0.1
"""The share of certainty from which on a language counts as heard, where it is the expected one."""

SHORTEST = 0.1
"""Seconds. Shorter ones hold no word, and some models can't do with less."""

SILENCE = 1e-3
"""The loudest sample of what counts as silence: 60 dB below the loudest possible. Whisper hears words in it."""

LONGEST_SEGMENT = 10
"""Words of a segment, for models that tell when each word was said."""

BREATH = 0.7
"""Seconds between two words that part segments."""

SAME = 9
"""The largest distance between two tags that langcodes counts as the same language by another name."""

Samples = np.ndarray[Any, np.dtype[np.float32]]


class Segment(TypedDict):
    """What was said between two times, in seconds."""

    timestamp: tuple[float, float]
    text: str


class TranscriptionPipeline(AutomaticSpeechRecognitionPipeline):  # type: ignore[misc]  # transformers' classes are Any
    """`pipe(samples)` gives `{"text": "…", "chunks": [{"timestamp": (start, end), "text": "…"}, …]}`.

    `samples` are float32, mono, at the rate of `feature_extractor.sampling_rate`. `language` is an ISO 639 code;
    without it, Whisper finds out by itself, and other models know only their own. `hint` is the one to expect: it is
    taken where Whisper hears it too, though perhaps not clearly. With `timestamps` False there are no chunks. Raises
    Refusal for a language that the model doesn't know, and for too short a recording.
    """

    # Five beams, which transformers has here, take three times as long and hear little more.
    _default_generation_config = GenerationConfig(max_new_tokens=256, num_beams=1)

    def _sanitize_parameters(
        self, language: str | None = None, hint: str | None = None, *, timestamps: bool = True
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        if self.type == "seq2seq_whisper":
            told = self._tell(language)
            expected = self._own(hint) if hint and "task" in told and language is None else None
            if expected:
                told["hint"] = expected
            return {}, {"return_timestamps": timestamps, **told}, {"timestamps": timestamps}
        return {}, {}, {"timestamps": timestamps and self.type == "ctc"}

    def preprocess(self, samples: Samples) -> Iterator[dict[str, Any]]:
        if self.type == "tdt":
            # transformers would say twice what is heard in two parts.
            raise Refusal("I can't listen with a model of that kind. Leave the model out, or name another.")
        rate = self.feature_extractor.sampling_rate
        if len(samples) < SHORTEST * rate:
            raise Refusal("That recording is too short to hold a word.")
        start = 0
        for row in super().preprocess(samples, chunk_length_s=PART, stride_length_s=OVERLAP):
            length, _, right = row["stride"]
            heard = samples[start : start + length]
            start += length - right - round(OVERLAP * rate)
            silent = self.type == "seq2seq_whisper" and float(np.abs(heard).max()) < SILENCE
            yield {**row, "silent": silent}

    def _forward(self, row: dict[str, Any], hint: str | None = None, **parameters: Any) -> dict[str, Any]:
        if row.pop("silent"):
            nothing = torch.tensor([[self.tokenizer.eos_token_id]])
            return {"tokens": nothing, "stride": row["stride"], "is_last": row["is_last"]}
        if hint:
            parameters["language"] = self._heard(row["input_features"], hint)
        output: dict[str, Any] = super()._forward(row, **parameters)
        return output

    def postprocess(self, outputs: list[dict[str, Any]], *, timestamps: bool = True) -> dict[str, Any]:
        if self.type == "seq2seq_whisper":
            seconds = sum(length - left - right for length, left, right in (output["stride"] for output in outputs))
            raw = super().postprocess(outputs, return_timestamps=timestamps)
            segments = _within(raw.get("chunks", []), seconds / self.feature_extractor.sampling_rate)
        else:
            raw = super().postprocess(outputs, return_timestamps="word" if timestamps else None)
            segments = _grouped(raw.get("chunks", []))
        if not timestamps:
            return {"text": raw["text"].strip()}
        return {"text": " ".join(segment["text"] for segment in segments), "chunks": segments}

    def _tell(self, language: str | None) -> dict[str, Any]:
        """How Whisper is told what to do: models for English alone must not be told anything."""
        config = self.model.generation_config
        known = {token[2:-2] for token in getattr(config, "lang_to_id", None) or ()}
        if not getattr(config, "is_multilingual", True) or not known:
            if language is not None and _bare(language) != "en":
                raise Refusal("This model understands English only. Leave the model out, or name another.")
            return {}
        if language is None:
            return {"task": "transcribe"}
        match = self._own(language)
        if match is None:
            name = langcodes.Language.get(language).display_name("en")
            raise Refusal(f"This model doesn't understand {name}. Leave the language out, or name another model.")
        return {"task": "transcribe", "language": match}

    def _own(self, language: str) -> str | None:
        """Whisper's own code of a language; None where it doesn't know it."""
        known = sorted(token[2:-2] for token in self.model.generation_config.lang_to_id)
        match, distance = langcodes.closest_match(_bare(language), known, max_distance=SAME)
        return None if match == "und" or distance > SAME else match

    def _heard(self, features: torch.Tensor, hint: str) -> str:
        """The language of a part: the `hint` where the model thinks it likely enough, else the likeliest."""
        config = self.model.generation_config
        codes = {token[2:-2]: number for token, number in config.lang_to_id.items()}
        begun = torch.full((1, 1), config.decoder_start_token_id, device=features.device)
        logits = self.model(features, decoder_input_ids=begun, use_cache=False).logits[0, -1]
        odds = dict(zip(codes, logits[list(codes.values())].softmax(-1).tolist(), strict=True))
        return hint if odds[hint] >= LIKELY else max(odds, key=lambda code: odds[code])


def _bare(language: str) -> str:
    """Without region and script, which are a matter of how it looks."""
    return langcodes.Language.get(language).language or "und"


def _within(chunks: list[dict[str, Any]], seconds: float) -> list[Segment]:
    """Whisper's segments, where something was said: it also hears things after the end, and loses count of the time."""
    segments: list[Segment] = []
    now = 0.0
    for chunk in chunks:
        begins, ends = chunk["timestamp"]
        start = max(begins or 0.0, now)
        text = chunk["text"].strip()
        if text and start < seconds:
            # Where a recording ends within a word, the end is missing.
            end = max(start, min(seconds, seconds if ends is None else ends))
            segments.append(Segment(timestamp=(start, end), text=text))
            now = start
    return segments


def _grouped(words: list[dict[str, Any]]) -> list[Segment]:
    """Words put together, up to where somebody took a breath."""
    segments: list[Segment] = []
    for word in words:
        start, end = word["timestamp"]
        last = segments[-1] if segments else None
        if last and start - last["timestamp"][1] < BREATH and last["text"].count(" ") < LONGEST_SEGMENT - 1:
            last["text"] += f" {word['text']}"
            last["timestamp"] = (last["timestamp"][0], end)
        else:
            segments.append(Segment(timestamp=(start, end), text=word["text"]))
    return segments
