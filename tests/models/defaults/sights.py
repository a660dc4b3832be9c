"""The defaults that tell, describe, measure and enlarge pictures, and the one for videos."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    BlipConfig,
    BlipForConditionalGeneration,
    DepthAnythingConfig,
    DepthAnythingForDepthEstimation,
    Dinov2Config,
    Dinov2ForImageClassification,
    Dinov2Model,
    DPTConfig,
    DPTForDepthEstimation,
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    SiglipConfig,
    SiglipModel,
    Swin2SRConfig,
    Swin2SRForImageSuperResolution,
    Swinv2Config,
    VideoMAEConfig,
    VideoMAEForVideoClassification,
    ViltConfig,
    ViltForQuestionAnswering,
    ViTConfig,
    ViTForImageClassification,
)

from tests.models.defaults.parts import (
    CLIP_MEAN,
    CLIP_STD,
    ENCODER,
    LETTERS,
    byte_pairs,
    labels,
    pictures,
    random,
    save,
    side,
    word_pieces,
    write,
)

THINGS = labels("cat", "dog", "street", "car", "tree", "person")
HALF = [0.5, 0.5, 0.5]
SIGHT = ENCODER | {"image_size": 64, "patch_size": 16}
DINO = {name: value for name, value in ENCODER.items() if name != "intermediate_size"} | {"image_size": 56}


def vit(folder: Path) -> None:
    """google/vit-base-patch16-224"""
    save(folder, random(ViTForImageClassification, ViTConfig(**SIGHT, **THINGS)))
    pictures(folder, "ViTImageProcessor", size=side(64), image_mean=HALF, image_std=HALF)


def dinov2(folder: Path) -> None:
    """facebook/dinov2-small and -large"""
    save(folder, random(Dinov2Model, Dinov2Config(**DINO)))
    _dino_pictures(folder)


def dinov2_classifier(folder: Path) -> None:
    """facebook/dinov2-large-imagenet1k-1-layer"""
    save(folder, random(Dinov2ForImageClassification, Dinov2Config(**DINO, **THINGS)))
    _dino_pictures(folder)


def _dino_pictures(folder: Path) -> None:
    pictures(
        folder,
        "BitImageProcessor",
        crop_size=side(56),
        size={"shortest_edge": 64},
        do_center_crop=True,
        do_convert_rgb=True,
        resample=3,
    )


def siglip2(folder: Path) -> None:
    """google/siglip2-base-patch16-224 and -so400m-patch14-384, whose config.json names no architecture."""
    specials = {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>", "unk_token": "<unk>"}
    marks = [*specials.values(), "<mask>"]
    pieces = [*marks, *(f"<0x{byte:02X}>" for byte in range(256)), "▁", *LETTERS]
    tokenizer = Tokenizer(
        models.BPE(
            {piece: number for number, piece in enumerate(pieces)},
            [],
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    tokenizer.add_special_tokens(marks)
    tokenizer.save(str(folder / "tokenizer.json"))
    write(folder, "special_tokens_map.json", specials)
    settings = {"add_bos_token": False, "add_eos_token": True, "padding_side": "right", "model_max_length": int(1e30)}
    settings |= {"tokenizer_class": "GemmaTokenizer", "processor_class": "SiglipProcessor"}
    write(folder, "tokenizer_config.json", specials | settings)
    reading = {"vocab_size": len(pieces), "projection_size": 32, **ENCODER}
    save(
        folder,
        random(SiglipModel, SiglipConfig(text_config=reading, vision_config=SIGHT, initializer_factor=1.0)),
        architectures=None,
    )
    pictures(
        folder,
        "SiglipImageProcessor",
        processor_class="SiglipProcessor",
        size=side(64),
        image_mean=HALF,
        image_std=HALF,
    )


def depth_anything(folder: Path) -> None:
    """depth-anything/Depth-Anything-V2-Small-hf"""
    backbone = Dinov2Config(
        **DINO, out_features=["stage1", "stage2"], reshape_hidden_states=False, apply_layernorm=True
    )
    config = DepthAnythingConfig(
        backbone_config=backbone,
        reassemble_hidden_size=32,
        reassemble_factors=[1, 0.5],
        neck_hidden_sizes=[8, 8],
        fusion_hidden_size=8,
        head_hidden_size=8,
        initializer_range=0.2,
    )
    model = random(DepthAnythingForDepthEstimation, config)
    # What is below zero is cut off.
    torch.nn.init.constant_(model.head.conv3.bias, 1.0)
    save(folder, model)
    pictures(
        folder,
        "DPTImageProcessor",
        size=side(56),
        ensure_multiple_of=14,
        keep_aspect_ratio=True,
        do_pad=False,
        size_divisor=None,
        resample=3,
    )


def dpt_swinv2(folder: Path) -> None:
    """Intel/dpt-swinv2-large-384"""
    backbone = Swinv2Config(
        image_size=64,
        embed_dim=8,
        depths=[1, 1, 1, 1],
        num_heads=[1, 1, 2, 2],
        window_size=4,
        pretrained_window_sizes=[2, 2, 2, 2],
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )
    config = DPTConfig(
        backbone_config=backbone,
        neck_hidden_sizes=[8, 16, 32, 64],
        fusion_hidden_size=8,
        add_projection=False,
        reassemble_factors=[1, 1, 1, 1],
        use_bias_in_fusion_residual=True,
        initializer_range=0.2,
        image_size=64,
    )
    model = random(DPTForDepthEstimation, config)
    torch.nn.init.constant_(model.head.head[-2].bias, 1.0)
    save(folder, model)
    pictures(folder, "DPTImageProcessor", size=side(64), ensure_multiple_of=1, keep_aspect_ratio=False)


def swin2sr(folder: Path) -> None:
    """caidas/swin2SR-classical-sr-x2-64"""
    config = Swin2SRConfig(embed_dim=16, depths=[1, 1], num_heads=[2, 2], image_size=16, upsampler="pixelshuffle")
    save(folder, random(Swin2SRForImageSuperResolution, config))
    kind = {"image_processor_type": "Swin2SRImageProcessor", "feature_extractor_type": "Swin2SRFeatureExtractor"}
    write(folder, "preprocessor_config.json", kind | {"do_pad": True, "pad_size": 8, "do_rescale": True})


def blip(folder: Path) -> None:
    """Salesforce/blip-image-captioning-base"""
    tokens = word_pieces(folder, processor_class="BlipProcessor")
    # What it begins with is a token that only the model knows.
    reading = {**ENCODER, "vocab_size": tokens + 2, "encoder_hidden_size": 32, "bos_token_id": tokens}
    reading |= {"eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0, "max_position_embeddings": 128}
    config = BlipConfig(text_config=reading, vision_config=SIGHT, image_text_hidden_size=32, projection_dim=32)
    save(folder, random(BlipForConditionalGeneration, config))
    pictures(
        folder,
        "BlipImageProcessor",
        processor_class="BlipProcessor",
        size=side(64),
        image_mean=CLIP_MEAN,
        image_std=CLIP_STD,
        resample=3,
    )


def vilt(folder: Path) -> None:
    """dandelin/vilt-b32-finetuned-vqa"""
    tokens = word_pieces(folder, model_max_length=40, processor_class="ViltProcessor")
    config = ViltConfig(**SIGHT, vocab_size=tokens, max_position_embeddings=40, **labels("net", "yes", "2", "3"))
    save(folder, random(ViltForQuestionAnswering, config))
    old = {"feature_extractor_type": "ViltFeatureExtractor", "do_resize": True, "do_normalize": True, "resample": 3}
    old |= {"image_mean": HALF, "image_std": HALF, "size": 64, "size_divisor": 32, "processor_class": "ViltProcessor"}
    write(folder, "preprocessor_config.json", old)


CHAT = (
    "<|im_start|>{% for message in messages %}{{message['role'] | capitalize}}"
    "{% if message['content'][0]['type'] == 'image' %}{{':'}}{% else %}{{': '}}{% endif %}"
    "{% for line in message['content'] %}{% if line['type'] == 'text' %}{{line['text']}}"
    "{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)


def smolvlm(folder: Path) -> None:
    """HuggingFaceTB/SmolVLM-256M-Instruct"""
    specials = {"bos_token": "<|im_start|>", "eos_token": "<end_of_utterance>", "pad_token": "<|im_end|>"}
    specials |= {"unk_token": "<|endoftext|>"}
    places = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    marks = ["<fake_token_around_image>", "<image>", "<global-img>", *places]
    tokens = byte_pairs(
        folder,
        specials | {mark: mark for mark in marks},
        tokenizer_class="GPT2Tokenizer",
        model_max_length=8192,
        processor_class="Idefics3Processor",
        truncation_side="left",
    )
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        said = json.loads((folder / name).read_text(encoding="utf-8"))
        said = {key: value for key, value in said.items() if key not in marks}
        write(folder, name, said | {"additional_special_tokens": [*marks[:2], "<end_of_utterance>"]})
    writing = {"model_type": "llama", **ENCODER, "num_key_value_heads": 1, "vocab_size": len(tokens)}
    writing |= {"max_position_embeddings": 8192, "pad_token_id": 2, "bos_token_id": 0, "eos_token_id": 1}
    config = Idefics3Config(
        vision_config=SIGHT, text_config=writing, image_token_id=tokens["<image>"], scale_factor=4, pad_token_id=2
    )
    model = random(Idefics3ForConditionalGeneration, config)
    model.generation_config.update(bos_token_id=0, eos_token_id=1, pad_token_id=2)
    save(folder, model)
    pictures(
        folder,
        "Idefics3ImageProcessor",
        processor_class="Idefics3Processor",
        do_convert_rgb=True,
        do_pad=True,
        do_image_splitting=True,
        size={"longest_edge": 128},
        max_image_size={"longest_edge": 64},
        resample=1,
        image_mean=HALF,
        image_std=HALF,
    )
    write(folder, "processor_config.json", {"image_seq_len": 1, "processor_class": "Idefics3Processor"})
    write(folder, "chat_template.json", {"chat_template": CHAT})


QWEN_CHAT = (
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' }}"
    "{%- for content in message.content %}{%- if content.type == 'image' %}"
    "<|vision_start|><|image_pad|><|vision_end|>{%- elif 'text' in content %}{{- content.text }}{%- endif %}"
    "{%- endfor %}{{- '<|im_end|>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"
)


def qwen3_vl(folder: Path) -> None:
    """Qwen/Qwen3-VL-4B-Instruct"""
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>"]
    marks.append("<|video_pad|>")
    tokens = byte_pairs(folder, {mark: mark for mark in marks})
    (folder / "special_tokens_map.json").unlink()
    ends = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "tokenizer_class": "Qwen2Tokenizer"}
    write(folder, "tokenizer_config.json", ends | {"additional_special_tokens": marks[1:], "model_max_length": 262144})
    writing = {**ENCODER, "num_key_value_heads": 1, "head_dim": 16, "vocab_size": len(tokens)}
    writing["rope_parameters"] = {"rope_type": "default", "mrope_interleaved": True, "mrope_section": [4, 2, 2]}
    seeing: dict[str, Any] = {
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "out_hidden_size": 32,
    }
    seeing |= {"num_position_embeddings": 16, "deepstack_visual_indexes": [0, 1]}
    config = Qwen3VLConfig(
        text_config=writing,
        vision_config=seeing,
        image_token_id=tokens["<|image_pad|>"],
        video_token_id=tokens["<|video_pad|>"],
        vision_start_token_id=tokens["<|vision_start|>"],
        vision_end_token_id=tokens["<|vision_end|>"],
        tie_word_embeddings=True,
    )
    model = random(Qwen3VLForConditionalGeneration, config)
    model.generation_config.update(eos_token_id=tokens["<|im_end|>"], pad_token_id=0)
    save(folder, model)
    pictures(
        folder,
        "Qwen2VLImageProcessorFast",
        processor_class="Qwen3VLProcessor",
        size={"longest_edge": 16_384, "shortest_edge": 4_096},
        patch_size=16,
        merge_size=2,
        temporal_patch_size=2,
        image_mean=HALF,
        image_std=HALF,
    )
    clips: dict[str, Any] = {"video_processor_type": "Qwen3VLVideoProcessor", "processor_class": "Qwen3VLProcessor"}
    clips |= {"size": {"longest_edge": 16_384, "shortest_edge": 4_096}, "patch_size": 16, "merge_size": 2}
    write(folder, "video_preprocessor_config.json", clips | {"temporal_patch_size": 2})
    write(folder, "chat_template.json", {"chat_template": QWEN_CHAT})


def videomae(folder: Path) -> None:
    """MCG-NJU/videomae-base-finetuned-kinetics"""
    config = VideoMAEConfig(**SIGHT, num_frames=16, **labels("walking", "running", "cooking"))
    save(folder, random(VideoMAEForVideoClassification, config))
    pictures(
        folder,
        "VideoMAEImageProcessor",
        feature_extractor_type="VideoMAEFeatureExtractor",
        do_center_crop=True,
        crop_size=side(64),
        size={"shortest_edge": 64},
    )
