"""The defaults that hear and speak."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import AddedToken, Tokenizer
from transformers import (
    ASTConfig,
    ASTForAudioClassification,
    BarkCoarseConfig,
    BarkConfig,
    BarkFineConfig,
    BarkModel,
    BarkSemanticConfig,
    ClapConfig,
    ClapModel,
    EncodecConfig,
    GenerationConfig,
    WhisperConfig,
    WhisperForConditionalGeneration,
)
from transformers.models.bark.generation_configuration_bark import (
    BarkCoarseGenerationConfig,
    BarkFineGenerationConfig,
    BarkGenerationConfig,
    BarkSemanticGenerationConfig,
)
from transformers.models.whisper.tokenization_whisper import LANGUAGES

from tests.models.defaults.parts import (
    ENCODER,
    ROBERTA,
    byte_pairs,
    labels,
    random,
    save,
    word_pieces,
    write,
)


def whisper(folder: Path) -> None:
    """openai/whisper-base, which knew no Cantonese yet."""
    _whisper(folder, 80, [code for code in LANGUAGES if code != "yue"])


def whisper_turbo(folder: Path) -> None:
    """openai/whisper-large-v3-turbo"""
    _whisper(folder, 128, list(LANGUAGES))


def _whisper(folder: Path, bands: int, languages: list[str]) -> None:
    number = _whisper_tokens(folder, languages)
    end, untimed = number["<|endoftext|>"], number["<|notimestamps|>"]
    ends = {"pad_token_id": end, "bos_token_id": end, "eos_token_id": end}
    ends |= {"decoder_start_token_id": number["<|startoftranscript|>"]}
    config = WhisperConfig(
        vocab_size=untimed + 1502,
        num_mel_bins=bands,
        d_model=32,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        init_std=0.4,
        begin_suppress_tokens=[number["Ġ"], end],
        **ends,
    )
    model = random(WhisperForConditionalGeneration, config)
    model.generation_config = GenerationConfig(
        **ends,
        # Untrained, it would hardly ever come to an end.
        max_length=24,
        alignment_heads=[[0, 0], [0, 1]],
        begin_suppress_tokens=[number["Ġ"], end],
        is_multilingual=True,
        lang_to_id={f"<|{code}|>": number[f"<|{code}|>"] for code in languages},
        max_initial_timestamp_index=50,
        no_timestamps_token_id=untimed,
        prev_sot_token_id=number["<|startofprev|>"],
        return_timestamps=False,
        suppress_tokens=[number["<|startoflm|>"], number["<|startofprev|>"]],
        task_to_id={task: number[f"<|{task}|>"] for task in ("transcribe", "translate")},
    )
    model.save_pretrained(folder)
    forced = [[1, number["<|en|>"]], [2, number["<|transcribe|>"]], [3, untimed]]
    save(folder, model, forced_decoder_ids=forced, max_length=448)
    path = folder / "generation_config.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    write(folder, path.name, said | {"forced_decoder_ids": [[1, None], [2, number["<|transcribe|>"]]]})
    heard = {
        "chunk_length": 30,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": bands,
        "hop_length": 160,
        "n_fft": 400,
        "n_samples": 480_000,
        "nb_max_frames": 3000,
        "padding_side": "right",
        "padding_value": 0.0,
        "processor_class": "WhisperProcessor",
        "return_attention_mask": False,
        "sampling_rate": 16_000,
    }
    write(folder, "preprocessor_config.json", heard)


def _whisper_tokens(folder: Path, languages: list[str]) -> dict[str, int]:
    """Its tokens, those for times last, and their numbers."""
    byte_pairs(folder, {"unk_token": "<|endoftext|>"})
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tasks = ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    marks = [f"<|{name}|>" for name in ("startoftranscript", *languages, *tasks)]
    tokenizer.add_special_tokens(marks)
    times = [f"<|{step / 50:.2f}|>" for step in range(1501)]
    tokenizer.add_tokens([AddedToken(time, special=False, normalized=False) for time in times])
    tokenizer.save(str(folder / "tokenizer.json"))
    number = tokenizer.get_vocab()
    write(folder, "added_tokens.json", {mark: number[mark] for mark in marks + times})
    write(folder, "normalizer.json", {"color": "colour"})
    end = dict.fromkeys(("bos_token", "eos_token", "unk_token", "pad_token"), "<|endoftext|>")
    special = {"additional_special_tokens": ["<|endoftext|>", *marks]}
    write(folder, "special_tokens_map.json", end | special)
    settings = {"add_bos_token": False, "add_prefix_space": False, "errors": "replace", "model_max_length": 1024}
    settings |= {"processor_class": "WhisperProcessor", "return_attention_mask": False}
    write(folder, "tokenizer_config.json", end | special | settings | {"tokenizer_class": "WhisperTokenizer"})
    return dict(number)


def audio_spectrogram(folder: Path) -> None:
    """MIT/ast-finetuned-audioset-10-10-0.4593"""
    config = ASTConfig(**ENCODER, **labels("Speech", "Music", "Vehicle", "Rain"))
    save(folder, random(ASTForAudioClassification, config))
    heard = {
        "do_normalize": True,
        "feature_extractor_type": "ASTFeatureExtractor",
        "feature_size": 1,
        "max_length": 1024,
        "mean": -4.2677393,
        "num_mel_bins": 128,
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,
        "sampling_rate": 16_000,
        "std": 4.5689974,
    }
    write(folder, "preprocessor_config.json", heard)


def clap(folder: Path) -> None:
    """laion/clap-htsat-unfused and larger_clap_general"""
    tokens = byte_pairs(
        folder, ROBERTA, tokenizer_class="RobertaTokenizer", model_max_length=512, processor_class="ClapProcessor"
    )
    reading = {**ENCODER, "vocab_size": len(tokens), "projection_dim": 16, "initializer_factor": 10.0}
    hearing = {
        "spec_size": 256,
        "num_mel_bins": 64,
        "hidden_size": 64,
        "patch_embeds_hidden_size": 8,
        "depths": [1, 1, 1, 1],
        "num_attention_heads": [1, 1, 2, 2],
        "window_size": 4,
        "projection_dim": 16,
        "num_classes": 5,
    }
    save(folder, random(ClapModel, ClapConfig(text_config=reading, audio_config=hearing, projection_dim=16)))
    heard = {
        "chunk_length_s": 10,
        "feature_extractor_type": "ClapFeatureExtractor",
        "feature_size": 64,
        "fft_window_size": 1024,
        "frequency_max": 14_000,
        "frequency_min": 50,
        "hop_length": 480,
        "max_length_s": 10,
        "n_fft": 1024,
        "nb_frequency_bins": 513,
        "nb_max_frames": 1000,
        "nb_max_samples": 480_000,
        "padding": "repeatpad",
        "padding_side": "right",
        "padding_value": 0.0,
        "processor_class": "ClapProcessor",
        "return_attention_mask": False,
        "sampling_rate": 48_000,
        "top_db": None,
        "truncation": "rand_trunc",
    }
    write(folder, "preprocessor_config.json", heard)


def bark(folder: Path) -> None:
    """suno/bark-small, whose weights are a pickle and whose voices are arrays in folders."""
    word_pieces(folder, lower=False, processor_class="BarkProcessor", model_max_length=int(1e30))
    small: dict[str, Any] = {
        "hidden_size": 16,
        "num_layers": 1,
        "num_heads": 2,
        "bias": False,
        "initializer_range": 0.5,
    }
    config = BarkConfig(
        semantic_config=BarkSemanticConfig(**small, input_vocab_size=129_600).to_dict(),
        coarse_acoustics_config=BarkCoarseConfig(**small, input_vocab_size=12_096, output_vocab_size=12_096).to_dict(),
        fine_acoustics_config=BarkFineConfig(**small, input_vocab_size=1056, output_vocab_size=1056).to_dict(),
        codec_config=EncodecConfig(
            num_filters=4,
            num_residual_layers=1,
            hidden_size=16,
            codebook_size=1024,
            codebook_dim=16,
            num_lstm_layers=1,
            target_bandwidths=[1.5, 3.0, 6.0],
        ).to_dict(),
    )
    model = random(BarkModel, config)
    for name, codes in model.named_buffers():
        if name.endswith("codebook.embed"):
            torch.nn.init.normal_(codes)
    save(folder, model)
    said = BarkGenerationConfig.from_sub_model_configs(
        # Untrained, it would not come to an end.
        BarkSemanticGenerationConfig(do_sample=True, temperature=0.7, max_new_tokens=12),
        BarkCoarseGenerationConfig(do_sample=True, temperature=0.7),
        BarkFineGenerationConfig(temperature=0.5),
    )
    write(folder, "generation_config.json", said.to_dict())
    # So torch called them before it had parametrizations.
    old = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
    weights = {
        re.sub("|".join(old), lambda found: old[found[0]], name): value for name, value in model.state_dict().items()
    }
    torch.save(weights, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    voices: dict[str, Any] = {"repo_or_path": "suno/bark-small"}
    for number, voice in enumerate(("de_speaker_0", "v2/en_speaker_0", "v2/en_speaker_1")):
        prompts = {"semantic_prompt": (8,), "coarse_prompt": (2, 12), "fine_prompt": (8, 12)}
        voices[voice] = {name: f"speaker_embeddings/{voice}_{name}.npy" for name in prompts}
        for name, shape in prompts.items():
            path = folder / voices[voice][name]
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, np.full(shape, 40 * number, dtype=np.int64))
    write(folder, "speaker_embeddings_path.json", voices)
