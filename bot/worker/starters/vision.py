"""Starter models for tasks with pictures and videos."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import processors
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    DPTConfig,
    DPTForDepthEstimation,
    DPTImageProcessorPil,
    OwlViTConfig,
    OwlViTForObjectDetection,
    OwlViTImageProcessorPil,
    OwlViTProcessor,
    SamConfig,
    SamImageProcessorPil,
    SamModel,
    SegformerConfig,
    SegformerForSemanticSegmentation,
    SegformerImageProcessorPil,
    SuperGlueConfig,
    SuperGlueForKeypointMatching,
    SuperGlueImageProcessorPil,
    SuperPointConfig,
    Swin2SRConfig,
    Swin2SRForImageSuperResolution,
    Swin2SRImageProcessorPil,
    VideoMAEConfig,
    VideoMAEForVideoClassification,
    VideoMAEImageProcessorPil,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessorPil,
    ViTModel,
    YolosConfig,
    YolosForObjectDetection,
    YolosImageProcessorPil,
)

from bot.worker.starters.text import SMALL, labelled
from bot.worker.starters.tokenizers import clip_tokenizer

THINGS = ("cat", "dog", "bird", "car", "tree", "person", "house", "flower")

SIGHT: dict[str, Any] = {
    **{name: value for name, value in SMALL.items() if name != "max_position_embeddings"},
    "image_size": 64,
    "patch_size": 16,
}
"""The measures of a starter's vision transformer."""


def squared(side: int = 64) -> dict[str, int]:
    """The size of pictures that are `side` pixels wide and high, as image processors take it."""
    return {"height": side, "width": side}


def scale(layer: Any, factor: float) -> None:
    """Make what a linear layer gives so many times larger."""
    with torch.no_grad():
        layer.weight *= factor
        layer.bias *= factor


def _fix(layer: Any, value: float, around: float = 0.0) -> None:
    """Let a linear layer give `value`, and hardly more or less."""
    with torch.no_grad():
        layer.weight *= around
        layer.bias.fill_(value)


def _save(folder: Path, *parts: Any) -> None:
    for part in parts:
        part.save_pretrained(folder)


def _image_classification(folder: Path) -> None:
    model = ViTForImageClassification(ViTConfig(**SIGHT, **labelled(*THINGS)))
    _save(folder, model, ViTImageProcessorPil(size=squared()))


def _image_feature_extraction(folder: Path) -> None:
    _save(folder, ViTModel(ViTConfig(**SIGHT)), ViTImageProcessorPil(size=squared()))


def _zero_shot_image_classification(folder: Path) -> None:
    tokenizer = clip_tokenizer(256)
    seeing = SIGHT | {"projection_dim": 16}
    reading = {**SMALL, "max_position_embeddings": 256, "projection_dim": 16, "vocab_size": len(tokenizer)}
    ends = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    model = CLIPModel(CLIPConfig(text_config=reading | ends, vision_config=seeing, projection_dim=16))
    _save(folder, model, tokenizer, CLIPImageProcessorPil(size=squared(), crop_size=squared()))


def _object_detection(folder: Path) -> None:
    config = YolosConfig(
        **SIGHT | {"image_size": [64, 64]},
        num_detection_tokens=8,
        **labelled(*THINGS),
    )
    model = YolosForObjectDetection(config)
    # These begin as zeros, so that all would see the same.
    torch.nn.init.normal_(model.vit.embeddings.detection_tokens)
    box = model.bbox_predictor.layers[-1]
    with torch.no_grad():
        # It tells features of the picture apart, however strong they are together.
        box.weight -= box.weight.mean(1, keepdim=True)
        # Boxes lie apart, and each takes about a twentieth of the picture.
        box.weight *= torch.tensor([[0.6], [0.6], [0.1], [0.1]])
        box.bias[2:] = -1.2
    _save(folder, model, YolosImageProcessorPil(size=squared()))


def _zero_shot_object_detection(folder: Path) -> None:
    tokenizer = clip_tokenizer(64)
    # OWL-ViT takes a text that begins with the first token of all for no text.
    start, end = tokenizer.unk_token, tokenizer.eos_token
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}",
        special_tokens=[(sign, tokenizer.convert_tokens_to_ids(sign)) for sign in (start, end)],
    )
    reading = {**SMALL, "max_position_embeddings": 64, "vocab_size": len(tokenizer)}
    ends = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    model = OwlViTForObjectDetection(OwlViTConfig(text_config=reading | ends, vision_config=SIGHT, projection_dim=32))
    torch.nn.init.normal_(model.class_head.dense0.weight, std=0.4)
    scale(model.box_head.dense2, 0.02)
    # A thing has to be rather alike to what is looked for.
    _fix(model.class_head.logit_scale, 12.0)
    _fix(model.class_head.logit_shift, -0.28)
    processor = OwlViTImageProcessorPil(size=squared(), crop_size=squared())
    _save(folder, model, OwlViTProcessor(image_processor=processor, tokenizer=tokenizer))


def _image_segmentation(folder: Path) -> None:
    config = SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[16, 32],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=32,
        **labelled("sky", "tree", "house", "road", "car", "person"),
    )
    model = SegformerForSemanticSegmentation(config)
    _save(folder, model, SegformerImageProcessorPil(size=squared(128)))


def _depth_estimation(folder: Path) -> None:
    config = DPTConfig(
        **SIGHT | {"num_hidden_layers": 4, "initializer_range": 0.1},
        is_hybrid=False,
        backbone_out_indices=[0, 1, 2, 3],
        neck_hidden_sizes=[16, 16, 16, 16],
        fusion_hidden_size=16,
    )
    model = DPTForDepthEstimation(config)
    # What is below zero would be cut off.
    torch.nn.init.constant_(model.head.head[-2].bias, 0.02)
    _save(folder, model, DPTImageProcessorPil(size=squared()))


def _mask_generation(folder: Path) -> None:
    config = SamConfig(
        vision_config={
            "hidden_size": 32,
            "output_channels": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": 128,
            "patch_size": 8,
            "num_pos_feats": 32,
            "mlp_dim": 64,
            "window_size": 4,
            "global_attn_indexes": [1],
            "initializer_range": 0.2,
        },
        prompt_encoder_config={"hidden_size": 64, "image_size": 128, "patch_size": 8, "mask_input_channels": 4},
        mask_decoder_config={
            "hidden_size": 64,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "mlp_dim": 32,
            "iou_head_hidden_dim": 16,
        },
        initializer_range=0.2,
    )
    processor = SamImageProcessorPil(
        size={"longest_edge": 128}, pad_size=squared(128), mask_size={"longest_edge": 64}, mask_pad_size=squared(64)
    )
    model = SamModel(config)
    decoder = model.mask_decoder
    # It is always sure of its masks, and each has a clear edge.
    _fix(decoder.iou_prediction_head.proj_out, 0.95, 0.01)
    with torch.no_grad():
        for mask in decoder.output_hypernetworks_mlps:
            # It tells features of the picture apart, however strong they are together.
            mask.proj_out.weight -= mask.proj_out.weight.mean(0)
            scale(mask.proj_out, 100.0)
        for layer in (decoder.upscale_conv1, decoder.upscale_conv2):
            # The four pixels that one becomes are the same.
            layer.weight.copy_(layer.weight.mean((2, 3), keepdim=True).expand_as(layer.weight))
    _save(folder, model, processor)


def _keypoint_matching(folder: Path) -> None:
    points = SuperPointConfig(
        encoder_hidden_sizes=[8, 8, 16, 16],
        decoder_hidden_size=16,
        keypoint_decoder_dim=65,
        descriptor_decoder_dim=16,
        max_keypoints=64,
    )
    config = SuperGlueConfig(
        keypoint_detector_config=points,
        hidden_size=16,
        keypoint_encoder_sizes=[8, 16],
        gnn_layers_types=["self", "cross"],
        num_attention_heads=2,
        sinkhorn_iterations=20,
        matching_threshold=0.05,
    )
    model = SuperGlueForKeypointMatching(config)
    _see_edges(model)
    _save(folder, model, SuperGlueImageProcessorPil(size={"height": 120, "width": 160}))


def _see_edges(model: Any) -> None:
    """Let a model find points where something changes, and match those that look alike."""
    detector = model.keypoint_detector
    for layer in detector.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)
            if layer.bias is not None:
                torch.nn.init.zeros_(layer.bias)
    with torch.no_grad():
        first = detector.encoder.conv_blocks[0].conv_a.weight
        first -= first.mean((2, 3), keepdim=True)
        model.final_projection.final_proj.weight.copy_(20 * torch.eye(len(model.final_projection.final_proj.weight)))
    # What it knows of the other points changes nothing.
    for unused in (model.keypoint_encoder.encoder[-1], *(layer.mlp[-1] for layer in model.gnn.layers)):
        _fix(unused, 0.0)


def _image_to_image(folder: Path) -> None:
    config = Swin2SRConfig(
        image_size=16,
        embed_dim=16,
        depths=[1, 1],
        num_heads=[2, 2],
        window_size=4,
        upscale=2,
        upsampler="pixelshuffledirect",
    )
    model = Swin2SRForImageSuperResolution(config)
    _enlarge(model)
    _save(folder, model, Swin2SRImageProcessorPil())


def _enlarge(model: Any) -> None:
    """Let a model that doubles pictures begin by interpolating, so that the picture can be made out."""
    first, last = model.swin2sr.first_convolution.weight, model.upsample.conv.weight
    near = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.75, 0.25]])
    scale(model.swin2sr.conv_after_body, 0.05)
    with torch.no_grad():
        last.zero_()
        for colour in range(3):
            first[colour].zero_()
            first[colour, colour, 1, 1] = 1
            for part in range(4):
                down, right = divmod(part, 2)
                last[colour * 4 + part, colour] = torch.outer(near[down], near[right])


def _video_classification(folder: Path) -> None:
    doings = ("walking", "running", "dancing", "cooking", "swimming", "reading", "playing the guitar", "riding a bike")
    config = VideoMAEConfig(**SIGHT, num_frames=8, tubelet_size=2, **labelled(*doings))
    processor = VideoMAEImageProcessorPil(size={"shortest_edge": 64}, crop_size=squared())
    _save(folder, VideoMAEForVideoClassification(config), processor)


BUILDERS: dict[str, Callable[[Path], None]] = {
    "depth-estimation": _depth_estimation,
    "image-classification": _image_classification,
    "image-feature-extraction": _image_feature_extraction,
    "image-segmentation": _image_segmentation,
    "image-to-image": _image_to_image,
    "keypoint-matching": _keypoint_matching,
    "mask-generation": _mask_generation,
    "object-detection": _object_detection,
    "video-classification": _video_classification,
    "zero-shot-image-classification": _zero_shot_image_classification,
    "zero-shot-object-detection": _zero_shot_object_detection,
}
