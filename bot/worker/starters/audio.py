"""Starter models for tasks with sound."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    ClapConfig,
    ClapFeatureExtractor,
    ClapModel,
    GenerationConfig,
    VitsConfig,
    VitsModel,
    VitsTokenizer,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForSequenceClassification,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizer,
)
from transformers.models.whisper.tokenization_whisper import LANGUAGES

from bot.worker.starters.text import SMALL, labelled
from bot.worker.starters.tokenizers import WORDS, clip_tokenizer, signs

_RATE = 16_000


def _whisper_tokenizer() -> WhisperTokenizer:
    """It knows `WORDS`, and writes anything else in bytes."""
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=2_000, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    plain.train_from_iterator([f" {word}" for word in WORDS], trainer)
    known = json.loads(plain.to_str())["model"]
    tokenizer = WhisperTokenizer(vocab=known["vocab"], merges=[tuple(pair) for pair in known["merges"]])
    tasks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    names = ["endoftext", "startoftranscript", *LANGUAGES, *tasks]
    tokenizer.add_special_tokens({"additional_special_tokens": [f"<|{name}|>" for name in names]})
    # Whisper marks times in steps of 20 ms, up to the 30 seconds that it hears at once.
    tokenizer.add_tokens([f"<|{step / 50:.2f}|>" for step in range(1501)])
    return tokenizer


def _automatic_speech_recognition(folder: Path) -> None:
    tokenizer = _whisper_tokenizer()
    number: Callable[[Any], Any] = tokenizer.convert_tokens_to_ids
    ends, starts, untimed = (number(f"<|{name}|>") for name in ("endoftext", "startoftranscript", "notimestamps"))
    config = WhisperConfig(
        vocab_size=len(tokenizer),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_target_positions=64,
        init_std=0.4,
        pad_token_id=ends,
        bos_token_id=ends,
        eos_token_id=ends,
        decoder_start_token_id=starts,
    )
    model = WhisperForConditionalGeneration(config)
    times = tokenizer.convert_tokens_to_ids([f"<|{step / 50:.2f}|>" for step in range(1501)])
    words = tokenizer.convert_tokens_to_ids([f"Ġ{word}" for word in WORDS])
    with torch.no_grad():
        # All moments are as likely, so the next one is taken: it hears a word or more a second.
        model.proj_out.weight[times] = 0
        model.proj_out.weight[words] *= 0.6
    model.generation_config = GenerationConfig(
        # Untrained, it would hardly ever come to an end.
        max_length=40,
        pad_token_id=ends,
        bos_token_id=ends,
        eos_token_id=ends,
        decoder_start_token_id=starts,
        is_multilingual=True,
        lang_to_id={f"<|{code}|>": number(f"<|{code}|>") for code in LANGUAGES},
        task_to_id={task: number(f"<|{task}|>") for task in ("transcribe", "translate")},
        no_timestamps_token_id=untimed,
        prev_sot_token_id=number("<|startofprev|>"),
        max_initial_timestamp_index=0,
        suppress_tokens=[token for token in range(len(tokenizer)) if token not in {ends, *words, *times[::50]}],
        begin_suppress_tokens=[],
        return_timestamps=False,
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)


def _text_to_audio(folder: Path) -> None:
    letters = [letter for letter in signs("L") if letter == letter.lower()]
    vocabulary = folder / "vocab.json"
    pieces = ["<pad>", "<unk>", " ", "'", "-", *"0123456789", *letters]
    vocabulary.write_text(json.dumps({piece: n for n, piece in enumerate(pieces)}), encoding="utf-8")
    tokenizer = VitsTokenizer(str(vocabulary), phonemize=False, is_uroman=False)
    config = VitsConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        ffn_dim=64,
        flow_size=32,
        spectrogram_bins=33,
        prior_encoder_num_flows=2,
        prior_encoder_num_wavenet_layers=1,
        posterior_encoder_num_wavenet_layers=1,
        upsample_initial_channel=32,
        upsample_rates=[8, 8],
        upsample_kernel_sizes=[16, 16],
        duration_predictor_num_flows=2,
        duration_predictor_filter_channels=32,
        depth_separable_channels=2,
        depth_separable_num_layers=2,
        num_speakers=4,
        speaker_embedding_size=16,
        sampling_rate=_RATE,
    )
    model = VitsModel(config)
    # Untrained, it would shout.
    with torch.no_grad():
        model.decoder.conv_post.weight *= 0.02
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _audio_classification(folder: Path) -> None:
    labels = ("speech", "music", "dog barking", "rain", "traffic", "laughter", "applause", "birdsong")
    config = Wav2Vec2Config(
        **{name: value for name, value in SMALL.items() if name != "max_position_embeddings"},
        **labelled(*labels),
        conv_dim=(32, 32, 32),
        conv_stride=(10, 8, 4),
        conv_kernel=(20, 16, 8),
        num_feat_extract_layers=3,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
        classifier_proj_size=16,
    )
    Wav2Vec2ForSequenceClassification(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor(sampling_rate=_RATE).save_pretrained(folder)


def _zero_shot_audio_classification(folder: Path) -> None:
    tokenizer = clip_tokenizer(128)
    text = SMALL | {"max_position_embeddings": 130}
    config = ClapConfig(
        text_config={
            **text,
            "vocab_size": len(tokenizer),
            "projection_dim": 16,
            "pad_token_id": tokenizer.pad_token_id,
            "initializer_factor": 20.0,
        },
        audio_config={
            "spec_size": 256,
            "num_mel_bins": 64,
            "patch_size": 4,
            "patch_stride": [4, 4],
            "hidden_size": 32,
            "patch_embeds_hidden_size": 16,
            "depths": [1, 1],
            "num_attention_heads": [2, 2],
            "window_size": 4,
            "projection_dim": 16,
            "enable_fusion": False,
            "initializer_factor": 5.0,
            "num_classes": 5,
        },
        projection_dim=16,
    )
    ClapModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    ClapFeatureExtractor(
        feature_size=64, sampling_rate=48_000, max_length_s=10, truncation="rand_trunc", padding="repeatpad"
    ).save_pretrained(folder)


BUILDERS: dict[str, Callable[[Path], None]] = {
    "audio-classification": _audio_classification,
    "automatic-speech-recognition": _automatic_speech_recognition,
    "text-to-audio": _text_to_audio,
    "zero-shot-audio-classification": _zero_shot_audio_classification,
}
