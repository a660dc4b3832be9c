from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from bot.errors import Refusal
from bot.pipelines import pipeline
from bot.pipelines.speech import PAUSE, SpeechPipeline
from bot.worker.starters import audio
from tests.pipelines.apart import rows, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text-to-audio")
    torch.manual_seed(0)
    audio.BUILDERS["text-to-audio"](folder)
    return folder


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return pipeline("text-to-audio", str(folder))


@pytest.fixture
def quiet(pipe: Any) -> Any:
    """Without chance, so that the same comes out twice."""
    model = pipe.model
    noises = model.noise_scale, model.noise_scale_duration
    model.noise_scale = model.noise_scale_duration = 0.0
    yield pipe
    model.noise_scale, model.noise_scale_duration = noises


def test_the_sound_is_that_of_transformers(quiet: Any) -> None:
    stock = transformers.TextToAudioPipeline(model=quiet.model, tokenizer=quiet.tokenizer)
    wanted = stock("The cat sat.", forward_params={"speaker_id": 2})
    said = run(quiet, "The cat sat.", voice=3)
    np.testing.assert_allclose(said["audio"], wanted["audio"], atol=1e-5)
    assert said["sampling_rate"] == wanted["sampling_rate"] == 16_000
    assert said["audio"].dtype == np.float32
    assert said["audio"].ndim == 1
    assert np.abs(said["audio"]).max() > 0.01, "to be heard"


def test_a_long_text_is_said_in_parts_with_pauses(quiet: Any) -> None:
    sentence = "The quick brown fox jumps over the lazy dog by the river, and nobody knows why it never stops."
    text = f"{sentence} {sentence} {sentence}"
    assert len(rows(quiet, text)) == 2
    first, second = (run(quiet, part)["audio"] for part in (f"{sentence} {sentence}", sentence))
    pause = np.zeros(int(PAUSE * 16_000), np.float32)
    np.testing.assert_allclose(run(quiet, text)["audio"], np.concatenate([first, pause, second]), atol=1e-5)


def test_the_same_text_always_sounds_the_same(pipe: Any) -> None:
    before = torch.random.get_rng_state()
    once = run(pipe, "Hello there.")
    assert torch.equal(before, torch.random.get_rng_state()), "nobody else's chance is touched"
    assert np.array_equal(once["audio"], pipe("Hello there.")["audio"])


def test_voices(pipe: Any) -> None:
    first, second = (run(pipe, "Hello there.", voice=voice)["audio"] for voice in (1, 2))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, run(pipe, "Hello there.")["audio"]), "the first is the usual one"
    for voice in (0, 5):
        with pytest.raises(Refusal, match="has 4 voices"):
            run(pipe, "Hello there.", voice=voice)


def test_a_model_with_one_voice(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe.model.config, "num_speakers", 1)
    assert pipe.voices == ()
    assert "speaker_id" not in rows(pipe, "Hello.", voice=1)[0]
    with pytest.raises(Refusal, match="only one voice"):
        run(pipe, "Hello.", voice=2)


@pytest.mark.parametrize("text", ["你好", "…!?", "🙂", " "])
def test_nothing_to_say(pipe: Any, text: str) -> None:
    with pytest.raises(Refusal, match="nothing in that text"):
        run(pipe, text)


def test_what_cannot_be_said_is_left_out(quiet: Any) -> None:
    line = "The quick brown fox jumps over the lazy dog by the river, and nobody knows why it never stops."
    with_more = run(quiet, f"{line} {line}\n\n{'你好' * 50}")
    assert np.array_equal(with_more["audio"], run(quiet, f"{line} {line}")["audio"])


def test_a_model_that_reads_phonetic_spelling_is_refused(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe.tokenizer, "phonemize", True)
    monkeypatch.setattr(pipe, "processor", None)
    with pytest.raises(Refusal, match="phonetic"):
        run(pipe, "Hello.")


def test_a_model_that_only_draws_sound_is_refused() -> None:
    config = transformers.SpeechT5Config(vocab_size=10, hidden_size=24, encoder_layers=1, decoder_layers=1)
    with pytest.raises(Refusal, match="needs a second one"):
        SpeechPipeline(transformers.SpeechT5ForTextToSpeech(config))
