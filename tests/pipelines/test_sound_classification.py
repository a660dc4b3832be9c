from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from transformers import AutoFeatureExtractor, AutoModel, AutoModelForAudioClassification, AutoTokenizer

from bot.errors import Refusal
from bot.pipelines.sound_classification import SoundClassificationPipeline, ZeroShotSoundClassificationPipeline
from bot.worker.starters.audio import BUILDERS
from tests.pipelines.apart import rows, run

WORDS = ["rain", "a dog barking", "applause"]


def hum(rate: int, seconds: float, pitch: float = 300.0) -> Any:
    return (0.3 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("audio-classification")
    torch.manual_seed(0)
    BUILDERS["audio-classification"](folder)
    return SoundClassificationPipeline(
        model=AutoModelForAudioClassification.from_pretrained(folder),
        feature_extractor=AutoFeatureExtractor.from_pretrained(folder),
        task="audio-classification",
    )


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("zero-shot-audio-classification")
    torch.manual_seed(0)
    BUILDERS["zero-shot-audio-classification"](folder)
    return ZeroShotSoundClassificationPipeline(
        model=AutoModel.from_pretrained(folder),
        tokenizer=AutoTokenizer.from_pretrained(folder),
        feature_extractor=AutoFeatureExtractor.from_pretrained(folder),
        task="zero-shot-audio-classification",
    )


def test_of_a_short_recording_the_answer_is_that_of_transformers(named: Any, free: Any) -> None:
    stock = transformers.AudioClassificationPipeline(model=named.model, feature_extractor=named.feature_extractor)
    short = hum(16_000, 4)
    assert run(named, short, top_k=3) == stock(short, top_k=3)
    assert named(short, top_k=3) == stock(short, top_k=3)
    assert run(named, short) != run(named, hum(16_000, 4, 900))

    stock = transformers.ZeroShotAudioClassificationPipeline(
        model=free.model, tokenizer=free.tokenizer, feature_extractor=free.feature_extractor
    )
    short = hum(48_000, 4)
    assert run(free, short, candidate_labels=WORDS) == stock(short, candidate_labels=WORDS)
    assert run(free, short, candidate_labels=WORDS) != run(free, hum(48_000, 4, 900), candidate_labels=WORDS)


def test_all_of_a_long_one_counts_and_nothing_is_left_to_chance(named: Any, free: Any) -> None:
    for pipe, rate, told in ((named, 16_000, {}), (free, 48_000, {"candidate_labels": WORDS})):
        first, last = hum(rate, 10), hum(rate, 10, 900)
        assert len(rows(pipe, np.concatenate([first, last]), **told)) == 2
        once = run(pipe, np.concatenate([first, last]), **told)
        assert run(pipe, np.concatenate([first, last]), **told) == once
        assert once not in (run(pipe, first, **told), run(pipe, last, **told))


def test_of_a_very_long_one_parts_from_its_beginning_to_its_end(named: Any) -> None:
    recording = np.zeros(1_000 * 16_000, np.float32)
    recording[-1] = 1.0
    made = rows(named, recording)
    assert len(made) == 12
    assert all(row["input_values"].shape[-1] == 160_000 for row in made)
    assert made[-1]["input_values"][0, -1] > 1


@pytest.mark.parametrize("samples", [0, 1_000])
def test_too_short(named: Any, free: Any, samples: int) -> None:
    with pytest.raises(Refusal, match="too short"):
        run(named, np.ones(samples, np.float32))
    with pytest.raises(Refusal, match="too short"):
        run(free, np.ones(samples, np.float32), candidate_labels=WORDS)
