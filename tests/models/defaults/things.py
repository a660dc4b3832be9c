"""The defaults that find things in pictures."""

from pathlib import Path

import torch
from transformers import (
    ConvNextConfig,
    DFineConfig,
    DFineForObjectDetection,
    EfficientLoFTRConfig,
    EfficientLoFTRForKeypointMatching,
    EomtConfig,
    EomtForUniversalSegmentation,
    GroundingDinoConfig,
    GroundingDinoForObjectDetection,
    HGNetV2Config,
    Owlv2Config,
    Owlv2ForObjectDetection,
    RTDetrResNetConfig,
    RTDetrV2Config,
    RTDetrV2ForObjectDetection,
    SamConfig,
    SamModel,
    SwinConfig,
    UperNetConfig,
    UperNetForSemanticSegmentation,
)

from tests.models.defaults.parts import (
    CLIP_MEAN,
    CLIP_STD,
    ENCODER,
    clip_tokens,
    labels,
    pictures,
    random,
    save,
    side,
    word_pieces,
)

COCO = labels("person", "bicycle", "car")
DETR = {
    "d_model": 32,
    "encoder_hidden_dim": 32,
    "decoder_in_channels": [32, 32, 32],
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "decoder_layers": 2,
    "num_queries": 12,
    "hidden_expansion": 0.5,
}


def dfine(folder: Path) -> None:
    """ustc-community/dfine-small-coco"""
    backbone = HGNetV2Config(
        stem_channels=[3, 8, 8],
        stage_in_channels=[8, 16, 32, 32],
        stage_mid_channels=[8, 8, 16, 16],
        stage_out_channels=[16, 32, 32, 32],
        stage_num_blocks=[1, 1, 1, 1],
        stage_numb_of_layers=[1, 1, 1, 1],
        hidden_sizes=[16, 32, 32, 32],
        embedding_size=8,
        use_learnable_affine_block=True,
        out_features=["stage2", "stage3", "stage4"],
    )
    config = DFineConfig(backbone_config=backbone, encoder_in_channels=[32, 32, 32], depth_mult=0.34, **DETR, **COCO)
    save(folder, random(DFineForObjectDetection, config))
    pictures(folder, "RTDetrImageProcessor", size=side(64), do_normalize=False, do_pad=False)


def rt_detr_v2(folder: Path) -> None:
    """PekingU/rtdetr_v2_r50vd"""
    backbone = RTDetrResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 16, 32, 32],
        depths=[1, 1, 1, 1],
        layer_type="bottleneck",
        out_features=["stage2", "stage3", "stage4"],
    )
    config = RTDetrV2Config(backbone_config=backbone, encoder_in_channels=[16, 32, 32], **DETR, **COCO)
    save(folder, random(RTDetrV2ForObjectDetection, config))
    pictures(folder, "RTDetrImageProcessor", size=side(64), do_normalize=False, do_pad=False)


def owlv2(folder: Path) -> None:
    """google/owlv2-base-patch16-ensemble"""
    tokens = clip_tokens(folder, model_max_length=16, processor_class="Owlv2Processor")
    text = {**ENCODER, "vocab_size": tokens, "bos_token_id": tokens - 2, "eos_token_id": tokens - 1}
    vision = {**ENCODER, "image_size": 96, "patch_size": 16}
    model = random(Owlv2ForObjectDetection, Owlv2Config(text_config=text, vision_config=vision, projection_dim=32))
    torch.nn.init.zeros_(model.class_head.logit_shift.weight)
    # Boxes are all over the picture, and some reach beyond it.
    with torch.no_grad():
        model.box_head.dense2.weight *= 0.02
        model.box_head.dense2.bias[2:] = 1.0
    save(folder, model)
    pictures(
        folder,
        "Owlv2ImageProcessor",
        processor_class="Owlv2Processor",
        size=side(96),
        image_mean=CLIP_MEAN,
        image_std=CLIP_STD,
        do_pad=True,
    )


def grounding_dino(folder: Path) -> None:
    """IDEA-Research/grounding-dino-base"""
    tokens = word_pieces(folder, processor_class="GroundingDinoProcessor", model_max_length=512)
    backbone = SwinConfig(
        image_size=64,
        patch_size=4,
        embed_dim=8,
        depths=[1, 1, 1, 1],
        num_heads=[1, 1, 2, 2],
        window_size=2,
        out_indices=[2, 3, 4],
    )
    config = GroundingDinoConfig(
        backbone_config=backbone,
        text_config={"model_type": "bert", **ENCODER, "vocab_size": tokens},
        d_model=32,
        num_queries=12,
        encoder_layers=1,
        decoder_layers=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        init_std=0.2,
    )
    save(folder, random(GroundingDinoForObjectDetection, config))
    pictures(
        folder,
        "GroundingDinoImageProcessor",
        processor_class="GroundingDinoProcessor",
        format="coco_detection",
        do_pad=True,
        size={"shortest_edge": 64, "longest_edge": 107},
    )


def upernet(folder: Path) -> None:
    """openmmlab/upernet-convnext-tiny"""
    backbone = ConvNextConfig(
        hidden_sizes=[8, 8, 16, 16], depths=[1, 1, 1, 1], out_features=["stage1", "stage2", "stage3", "stage4"]
    )
    config = UperNetConfig(
        backbone_config=backbone,
        hidden_size=16,
        auxiliary_in_channels=16,
        auxiliary_channels=8,
        initializer_range=0.5,
        **labels("wall", "building", "sky"),
    )
    save(folder, random(UperNetForSemanticSegmentation, config))
    pictures(folder, "SegformerImageProcessor", size=side(64), do_reduce_labels=True)


def eomt(folder: Path) -> None:
    """tue-mps/coco_panoptic_eomt_large_640"""
    config = EomtConfig(
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        image_size=64,
        num_blocks=1,
        num_queries=8,
        initializer_range=0.5,
        **COCO,
    )
    model = random(EomtForUniversalSegmentation, config)
    with torch.no_grad():
        model.class_predictor.weight *= 10
    save(folder, model)
    pictures(
        folder,
        "EomtImageProcessor",
        size={"shortest_edge": 64, "longest_edge": 64},
        do_pad=True,
        do_split_image=False,
        ignore_index=None,
    )


def sam(folder: Path) -> None:
    """facebook/sam-vit-base and -large"""
    seen = {"image_size": 128, "patch_size": 16}
    config = SamConfig(
        vision_config={
            **seen,
            "hidden_size": 32,
            "output_channels": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "window_size": 2,
            "global_attn_indexes": [1],
            "mlp_dim": 64,
            "num_pos_feats": 16,
            "initializer_range": 0.2,
        },
        prompt_encoder_config={**seen, "hidden_size": 32, "mask_input_channels": 16, "image_embedding_size": 8},
        mask_decoder_config={"hidden_size": 32, "num_attention_heads": 2, "mlp_dim": 32, "iou_head_hidden_dim": 16},
    )
    model = random(SamModel, config)
    sure = model.mask_decoder.iou_prediction_head.proj_out
    torch.nn.init.zeros_(sure.weight)
    torch.nn.init.ones_(sure.bias)
    with torch.no_grad():
        # Its masks have clear edges.
        for mask in model.mask_decoder.output_hypernetworks_mlps:
            mask.proj_out.weight *= 1e9
    save(folder, model)
    pictures(
        folder,
        "SamImageProcessor",
        processor_class="SamProcessor",
        size={"longest_edge": 128},
        pad_size=side(128),
        mask_size={"longest_edge": 32},
        mask_pad_size=side(32),
        do_pad=True,
        do_convert_rgb=True,
    )


def efficient_loftr(folder: Path) -> None:
    """zju-community/efficientloftr"""
    config = EfficientLoFTRConfig(
        stage_num_blocks=[1, 1, 1, 1],
        out_features=[16, 16, 16, 32],
        stage_stride=[2, 1, 2, 2],
        hidden_size=32,
        num_attention_layers=1,
        num_attention_heads=8,
        fine_matching_slice_dim=4,
        coarse_matching_temperature=0.0001,
        initializer_range=0.3,
    )
    model = random(EfficientLoFTRForKeypointMatching, config)
    # It sees something, for else there is nothing to match.
    for layer in model.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)
    save(folder, model)
    pictures(
        folder,
        "EfficientLoFTRImageProcessor",
        size={"height": 96, "width": 128},
        do_grayscale=True,
        do_normalize=False,
    )
