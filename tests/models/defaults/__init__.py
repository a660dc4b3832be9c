"""The default models, tiny and untrained.

No test can download the real ones. These have the architectures, the classes of tokenizers and processors, and the
files that their repositories on the Hub have, in the formats they have there, which aren't always what transformers
would save today. Each function fills a folder.
"""

from collections.abc import Callable
from pathlib import Path

from tests.models.defaults import sights, sound, things, words, writing
from tests.models.text2text import m2m100

BUILDERS: dict[str, Callable[[Path], None]] = {
    "lxyuan/distilbert-base-multilingual-cased-sentiments-student": words.sentiments,
    "MoritzLaurer/mDeBERTa-v3-base-mnli-xnli": words.mdeberta_entailment,
    "MoritzLaurer/bge-m3-zeroshot-v2.0": words.bge_entailment,
    "Davlan/distilbert-base-multilingual-cased-ner-hrl": words.names,
    "deepset/roberta-base-squad2": words.roberta_answers,
    "deepset/deberta-v3-large-squad2": words.deberta_answers,
    "Falconsai/text_summarization": writing.t5_summaries,
    "facebook/bart-large-cnn": writing.bart,
    "facebook/m2m100_418M": m2m100,
    "distilbert/distilroberta-base": words.distilroberta,
    "answerdotai/ModernBERT-large": words.modernbert,
    "intfloat/multilingual-e5-small": words.e5_small,
    "intfloat/multilingual-e5-large": words.e5_large,
    "Qwen/Qwen3-0.6B": writing.qwen3,
    "Qwen/Qwen3-4B-Instruct-2507": writing.qwen3,
    "google/flan-t5-base": writing.flan_t5,
    "google/flan-t5-large": writing.flan_t5,
    "Qwen/Qwen2.5-0.5B-Instruct": writing.qwen2,
    "Qwen/Qwen2.5-1.5B-Instruct": writing.qwen2,
    "Salesforce/blip-image-captioning-base": sights.blip,
    "HuggingFaceTB/SmolVLM-256M-Instruct": sights.smolvlm,
    "dandelin/vilt-b32-finetuned-vqa": sights.vilt,
    "google/vit-base-patch16-224": sights.vit,
    "facebook/dinov2-large-imagenet1k-1-layer": sights.dinov2_classifier,
    "google/siglip2-base-patch16-224": sights.siglip2,
    "google/siglip2-so400m-patch14-384": sights.siglip2,
    "ustc-community/dfine-small-coco": things.dfine,
    "PekingU/rtdetr_v2_r50vd": things.rt_detr_v2,
    "google/owlv2-base-patch16-ensemble": things.owlv2,
    "IDEA-Research/grounding-dino-base": things.grounding_dino,
    "openmmlab/upernet-convnext-tiny": things.upernet,
    "tue-mps/coco_panoptic_eomt_large_640": things.eomt,
    "facebook/sam-vit-base": things.sam,
    "facebook/sam-vit-large": things.sam,
    "depth-anything/Depth-Anything-V2-Small-hf": sights.depth_anything,
    "Intel/dpt-swinv2-large-384": sights.dpt_swinv2,
    "caidas/swin2SR-classical-sr-x2-64": sights.swin2sr,
    "facebook/dinov2-small": sights.dinov2,
    "facebook/dinov2-large": sights.dinov2,
    "zju-community/efficientloftr": things.efficient_loftr,
    "openai/whisper-base": sound.whisper,
    "openai/whisper-large-v3-turbo": sound.whisper_turbo,
    "suno/bark-small": sound.bark,
    "MIT/ast-finetuned-audioset-10-10-0.4593": sound.audio_spectrogram,
    "laion/clap-htsat-unfused": sound.clap,
    "laion/larger_clap_general": sound.clap,
    "impira/layoutlm-document-qa": words.layoutlm,
    "google/tapas-base-finetuned-wtq": words.tapas,
    "google/tapas-large-finetuned-wtq": words.tapas,
    "MCG-NJU/videomae-base-finetuned-kinetics": sights.videomae,
}
"""By the id of the default."""

NEED_TORCHVISION = {"Qwen/Qwen3-VL-4B-Instruct": sights.qwen3_vl}
"""Those that can't be loaded without the extra `vision`."""

UNTRIED = {"google/gemma-4-E4B-it"}
"""Needs it too."""
