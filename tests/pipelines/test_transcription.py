import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from transformers import (
    Wav2Vec2Config,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
)

from bot.errors import Refusal
from bot.pipelines import pipeline
from bot.worker.starters import audio
from tests.pipelines.apart import finish, rows, run

RATE = 16_000


def hum(seconds: float, pitch: float = 300.0) -> Any:
    return (0.3 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("automatic-speech-recognition")
    torch.manual_seed(0)
    audio.BUILDERS["automatic-speech-recognition"](folder)
    return folder


@pytest.fixture(scope="module")
def whisper(folder: Path) -> Any:
    return pipeline("automatic-speech-recognition", str(folder))


@pytest.fixture(scope="module")
def ctc(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("ctc")
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ'"]
    (folder / "vocab.json").write_text(json.dumps({letter: n for n, letter in enumerate(letters)}))
    torch.manual_seed(0)
    Wav2Vec2ForCTC(
        Wav2Vec2Config(
            vocab_size=len(letters),
            pad_token_id=0,
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=64,
            conv_dim=(16, 16, 16),
            conv_stride=(10, 8, 4),
            conv_kernel=(20, 16, 8),
            num_feat_extract_layers=3,
            num_conv_pos_embeddings=16,
            num_conv_pos_embedding_groups=2,
        )
    ).save_pretrained(folder)
    Wav2Vec2CTCTokenizer(str(folder / "vocab.json")).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(sampling_rate=RATE, return_attention_mask=True).save_pretrained(folder)
    return pipeline("automatic-speech-recognition", str(folder))


def heard(pipe: Any, parts: list[str], seconds: float) -> dict[str, Any]:
    """What becomes of what Whisper hears in the parts of a recording."""
    outputs = []
    for row, part in zip(rows(pipe, hum(seconds)), parts, strict=True):
        tokens = pipe.tokenizer(part, add_special_tokens=False, return_tensors="pt")["input_ids"]
        outputs.append({"tokens": tokens, "stride": row["stride"], "is_last": row["is_last"]})
    result: dict[str, Any] = finish(pipe, outputs)
    return result


def test_the_words_are_those_of_transformers(whisper: Any, folder: Path) -> None:
    stock = transformers.pipeline("automatic-speech-recognition", model=str(folder))
    told = {"task": "transcribe", "language": "pl", "num_beams": 1}
    wanted = stock(hum(8), generate_kwargs=told, return_timestamps=True)["chunks"]
    said = run(whisper, hum(8), language="pl")
    assert said["chunks"] == [
        {"timestamp": chunk["timestamp"], "text": chunk["text"].strip()}
        for chunk in wanted
        if chunk["timestamp"][1] <= 8 and chunk["text"].strip()
    ]
    assert said["text"] == " ".join(chunk["text"] for chunk in said["chunks"])
    assert whisper(hum(8), language="pl") == said
    assert run(whisper, hum(8), language="pl", timestamps=False) == {
        "text": stock(hum(8), generate_kwargs=told)["text"].strip()
    }


def test_a_long_recording_is_heard_in_parts_whose_times_are_of_the_whole(whisper: Any) -> None:
    assert len(rows(whisper, hum(40))) == 2
    said = heard(
        whisper,
        [
            "<|0.00|> cat<|4.00|><|4.00|> dog bird<|22.00|><|22.00|> fish tree river<|29.00|>",
            "<|0.00|> dog bird<|2.00|><|2.00|> fish tree river<|9.00|><|9.00|> hill<|14.00|><|14.00|> house<|20.00|>",
        ],
        40,
    )
    assert said["chunks"] == [
        {"timestamp": (0.0, 4.0), "text": "cat"},
        {"timestamp": (4.0, 22.0), "text": "dog bird"},
        {"timestamp": (22.0, 29.0), "text": "fish tree river"},
        {"timestamp": (29.0, 34.0), "text": "hill"},
        {"timestamp": (34.0, 40.0), "text": "house"},
    ]


def test_times_only_grow_and_stay_within_the_recording(whisper: Any) -> None:
    said = run(whisper, np.concatenate([hum(25, 200), hum(25, 900), hum(25, 500)]))
    times = [time for chunk in said["chunks"] for time in chunk["timestamp"]]
    starts = [chunk["timestamp"][0] for chunk in said["chunks"]]
    assert starts == sorted(starts)
    assert len(starts) > 10
    assert max(times) <= 75


def test_what_whisper_hears_after_the_end_is_left_out(whisper: Any) -> None:
    said = heard(whisper, ["<|0.00|> cat<|4.50|><|4.50|> dog<|8.00|><|8.00|> bird"], 5)
    assert said == {
        "text": "cat dog",
        "chunks": [{"timestamp": (0.0, 4.5), "text": "cat"}, {"timestamp": (4.5, 5.0), "text": "dog"}],
    }
    (chunk,) = heard(whisper, ["<|0.00|> cat dog"], 5)["chunks"]
    assert chunk["timestamp"] == (0.0, 5.0), "an end that is missing is that of the recording"


def test_silence_says_nothing(whisper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper.model, "generate", None)
    assert run(whisper, np.zeros(70 * RATE, np.float32)) == {"text": "", "chunks": []}
    assert run(whisper, np.zeros(RATE, np.float32), timestamps=False) == {"text": ""}


def test_only_the_silent_parts_are_left_out(whisper: Any) -> None:
    recording = np.concatenate([np.zeros(60 * RATE, np.float32), hum(10)])
    assert [row["silent"] for row in rows(whisper, recording)] == [True, True, False]
    assert min(chunk["timestamp"][0] for chunk in run(whisper, recording)["chunks"]) >= 40


def test_the_language_is_told(whisper: Any) -> None:
    for told, known in (("pl", "pl"), ("de-AT", "de"), ("nb", "no"), ("zh-TW", "zh")):
        _, during, _ = whisper._sanitize_parameters(language=told)
        assert during == {"language": known, "task": "transcribe", "return_timestamps": True}
    with pytest.raises(Refusal, match="doesn't understand Klingon"):
        run(whisper, hum(1), language="tlh")


def test_models_for_english_are_told_nothing(whisper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper.model.generation_config, "is_multilingual", False)
    for language in (None, "en", "en-GB"):
        _, during, _ = whisper._sanitize_parameters(language=language)
        assert during == {"return_timestamps": True}
    with pytest.raises(Refusal, match="English only"):
        run(whisper, hum(1), language="de")


@pytest.mark.parametrize("samples", [0, 100])
def test_too_short(whisper: Any, ctc: Any, samples: int) -> None:
    for pipe in (whisper, ctc):
        with pytest.raises(Refusal, match="too short"):
            run(pipe, np.ones(samples, np.float32))


def test_the_letters_of_other_models_are_those_of_transformers(ctc: Any) -> None:
    stock = transformers.AutomaticSpeechRecognitionPipeline(
        model=ctc.model, tokenizer=ctc.tokenizer, feature_extractor=ctc.feature_extractor
    )
    sounds = np.random.default_rng(0).normal(0, 0.2, 70 * RATE).astype(np.float32)
    wanted = stock(sounds.copy(), chunk_length_s=30, stride_length_s=5, return_timestamps="word")
    said = run(ctc, sounds, language="pl")
    assert said["text"] == wanted["text"]
    assert said["chunks"][0]["timestamp"][0] == wanted["chunks"][0]["timestamp"][0]
    assert said["chunks"][-1]["timestamp"][1] == wanted["chunks"][-1]["timestamp"][1]
    assert run(ctc, sounds, timestamps=False) == {"text": said["text"]}
    assert ctc(sounds) == said


def test_words_make_segments_up_to_a_breath(ctc: Any) -> None:
    letters = ctc.tokenizer.get_vocab()

    def spell(text: str) -> list[int]:
        # A space of a letter's length between two, so that none runs into the next. A step is 20 ms.
        return [letters[letter] for sign in text for letter in (sign.replace(" ", "|"), "<pad>")]

    breath = [letters["|"]] + [letters["<pad>"]] * 50
    tokens = spell("HELLO YOU ") + breath + spell(" ".join("A" * 12))
    output = {"tokens": torch.tensor([tokens]), "stride": (len(tokens), 0, 0), "is_last": True}
    segments = finish(ctc, [output])["chunks"]
    assert [segment["text"] for segment in segments] == ["HELLO YOU", " ".join("A" * 10), "A A"]
    step = 320 / RATE
    assert segments[0]["timestamp"][0] == 0
    assert segments[0]["timestamp"][1] == pytest.approx(17 * step)
    assert segments[1]["timestamp"][0] == pytest.approx(71 * step)


@pytest.mark.parametrize(("lead", "told"), [(1.0, "fr"), (5.0, "de")])
def test_a_hint_is_taken_where_it_may_be_right(
    whisper: Any, monkeypatch: pytest.MonkeyPatch, lead: float, told: str
) -> None:
    """Which language an untrained model hears is chance; here it is German, and French with less or more of a doubt."""
    codes = whisper.model.generation_config.lang_to_id
    heard: list[str] = []
    generate = whisper.model.generate

    def listening(*args: Any, **kwargs: Any) -> Any:
        heard.append(kwargs["language"])
        return generate(*args, **kwargs)

    def forward(self: Any, *_: Any, **__: Any) -> Any:
        logits = torch.zeros(1, 1, self.config.vocab_size)
        logits[..., codes["<|fr|>"]] = 20
        logits[..., codes["<|de|>"]] = 20 + lead
        return SimpleNamespace(logits=logits)

    monkeypatch.setattr(whisper.model, "generate", listening)
    row = rows(whisper, hum(1), hint="fr")[0]
    with monkeypatch.context() as patched:
        patched.setattr(type(whisper.model), "forward", forward)
        assert whisper._heard(row["input_features"], "fr") == told
    monkeypatch.setattr("bot.pipelines.transcription.LIKELY", 0.0)
    run(whisper, hum(1), hint="fr")
    assert heard == ["fr"]


def test_a_hint_at_a_language_that_it_does_not_know_is_no_refusal(whisper: Any) -> None:
    assert run(whisper, hum(1), hint="tlh")["text"]
