"""Starter models for tasks with pictures, pages or sounds, and words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LayoutLMConfig,
    LayoutLMForQuestionAnswering,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    Qwen2AudioConfig,
    Qwen2AudioForConditionalGeneration,
    Qwen2AudioProcessor,
    ViltConfig,
    ViltForQuestionAnswering,
    ViltImageProcessorPil,
    ViltProcessor,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessorPil,
    ViTModel,
    WhisperFeatureExtractor,
)

from bot.worker.starters.text import SMALL, labelled, speak_in_words
from bot.worker.starters.tokenizers import chat_tokenizer, letter_tokenizer
from bot.worker.starters.vision import SIGHT, scale, squared

_ANSWERS = (
    "yes",
    "no",
    "1",
    "2",
    "3",
    "red",
    "green",
    "blue",
    "white",
    "black",
    "cat",
    "dog",
    "tree",
    "house",
    "outside",
)


def _writer(tokenizer: Any) -> dict[str, Any]:
    """The measures of a model that writes with `chat_tokenizer`."""
    return {
        **SMALL,
        "max_position_embeddings": tokenizer.model_max_length,
        "vocab_size": len(tokenizer),
        "num_key_value_heads": 1,
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "bos_token_id": None,
    }


def _visual_question_answering(folder: Path) -> None:
    tokenizer = letter_tokenizer(longest=128)
    sizes = {**SIGHT, "max_position_embeddings": 128, "vocab_size": len(tokenizer)}
    model = ViltForQuestionAnswering(ViltConfig(**sizes, **labelled(*_ANSWERS)))
    # Untrained, it would be sure of too many answers.
    scale(model.classifier[-1], 0.5)
    processor = ViltImageProcessorPil(size={"shortest_edge": 64}, size_divisor=16)
    model.save_pretrained(folder)
    ViltProcessor(image_processor=processor, tokenizer=tokenizer).save_pretrained(folder)


def _image_to_text(folder: Path) -> None:
    tokenizer = chat_tokenizer()
    decoder = GPT2Config(
        vocab_size=len(tokenizer),
        n_embd=SMALL["hidden_size"],
        n_layer=SMALL["num_hidden_layers"],
        n_head=SMALL["num_attention_heads"],
        n_positions=128,
        initializer_range=SMALL["initializer_range"],
        is_decoder=True,
        add_cross_attention=True,
    )
    model = VisionEncoderDecoderModel(encoder=ViTModel(ViTConfig(**SIGHT)), decoder=GPT2LMHeadModel(decoder))
    for config in (model.config, model.generation_config):
        config.decoder_start_token_id = config.eos_token_id = tokenizer.eos_token_id
        config.pad_token_id = tokenizer.pad_token_id
    speak_in_words(model, tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    ViTImageProcessorPil(size=squared()).save_pretrained(folder)


def _image_text_to_text(folder: Path) -> None:
    tokenizer = chat_tokenizer(extra=["<image>"])
    token = tokenizer.convert_tokens_to_ids("<image>")
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**SIGHT, projection_dim=16),
        text_config=LlamaConfig(**_writer(tokenizer)),
        image_token_index=token,
        vision_feature_select_strategy="default",
        vision_feature_layer=-1,
    )
    model = LlavaForConditionalGeneration(config)
    speak_in_words(model, tokenizer)
    model.save_pretrained(folder)
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessorPil(size=squared(), crop_size=squared()),
        tokenizer=tokenizer,
        patch_size=SIGHT["patch_size"],
        vision_feature_select_strategy="default",
        chat_template=tokenizer.chat_template,
        image_token="<image>",  # noqa: S106
        num_additional_image_tokens=1,
    )
    processor.save_pretrained(folder)


def _any_to_any(folder: Path) -> None:
    """It takes text and sound: whatever takes pictures too needs torchvision."""
    signs = ["<audio>", "<|audio_bos|>", "<|audio_eos|>"]
    tokenizer = chat_tokenizer(extra=signs)
    hearing = {
        "model_type": "qwen2_audio_encoder",
        "num_mel_bins": 80,
        "d_model": 32,
        "encoder_layers": 2,
        "encoder_attention_heads": 2,
        "encoder_ffn_dim": 64,
    }
    config = Qwen2AudioConfig(
        audio_config=hearing,
        text_config={"model_type": "qwen2", **_writer(tokenizer)},
        audio_token_index=tokenizer.convert_tokens_to_ids(signs[0]),
    )
    model = Qwen2AudioForConditionalGeneration(config)
    speak_in_words(model, tokenizer)
    model.save_pretrained(folder)
    processor = Qwen2AudioProcessor(
        feature_extractor=WhisperFeatureExtractor(feature_size=80),
        tokenizer=tokenizer,
        chat_template=tokenizer.chat_template,
        audio_token=signs[0],
        audio_bos_token=signs[1],
        audio_eos_token=signs[2],
    )
    processor.save_pretrained(folder)


def _document_question_answering(folder: Path) -> None:
    tokenizer = letter_tokenizer()
    model = LayoutLMForQuestionAnswering(LayoutLMConfig(vocab_size=len(tokenizer), **SMALL))
    # Untrained, it would hardly be sure of anything.
    scale(model.qa_outputs, 4.0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


BUILDERS: dict[str, Callable[[Path], None]] = {
    "any-to-any": _any_to_any,
    "document-question-answering": _document_question_answering,
    "image-text-to-text": _image_text_to_text,
    "image-to-text": _image_to_text,
    "visual-question-answering": _visual_question_answering,
}
