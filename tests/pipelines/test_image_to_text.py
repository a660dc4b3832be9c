from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoImageProcessor,
    AutoTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessorPil,
    BlipProcessor,
    CLIPImageProcessorPil,
    GitConfig,
    GitForCausalLM,
    GitProcessor,
    VisionEncoderDecoderModel,
)

from bot.pipelines import pipeline
from bot.worker.starters.tokenizers import letter_tokenizer
from tests.pipelines.apart import run
from tests.pipelines.pictures import picture, starter

SIZE = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("describe")


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return starter("image-to-text", folder)


def test_the_caption_is_the_models(pipe: Any, folder: Path) -> None:
    model = VisionEncoderDecoderModel.from_pretrained(folder).eval()
    seen = AutoImageProcessor.from_pretrained(folder)(images=picture(), return_tensors="pt")
    written = model.generate(**seen, max_new_tokens=12)
    wanted = AutoTokenizer.from_pretrained(folder).decode(written[0], skip_special_tokens=True).strip()
    assert pipe(picture(), max_new_tokens=12) == [{"generated_text": wanted}]
    assert run(pipe, picture(), max_new_tokens=12) == [{"generated_text": wanted}]
    assert wanted


def test_another_picture_has_another_caption(pipe: Any) -> None:
    assert pipe(picture(0)) != pipe(picture(1))


def test_several_captions(pipe: Any) -> None:
    torch.manual_seed(0)
    captions = run(pipe, picture(), do_sample=True, num_return_sequences=3)
    assert len({caption["generated_text"] for caption in captions}) == 3


def test_blip_with_a_processor(tmp_path: Path) -> None:
    tokenizer = letter_tokenizer(longest=64)
    signs = {"bos_token_id": 2, "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0}
    reading = {"vocab_size": len(tokenizer), "encoder_hidden_size": 32, "max_position_embeddings": 64, **signs}
    model = BlipForConditionalGeneration(
        BlipConfig(text_config={**SIZE, **reading}, vision_config={**SIZE, "image_size": 32, "patch_size": 16})
    )
    model.save_pretrained(tmp_path)
    processor = BlipProcessor(
        image_processor=BlipImageProcessorPil(size={"height": 32, "width": 32}), tokenizer=tokenizer
    )
    processor.save_pretrained(tmp_path)
    written = model.eval().generate(**processor(images=picture(), return_tensors="pt"), max_new_tokens=6)
    wanted = tokenizer.decode(written[0], skip_special_tokens=True)
    assert run(pipeline("image-to-text", str(tmp_path)), picture(), max_new_tokens=6) == [{"generated_text": wanted}]


def test_git_which_begins_with_nothing(tmp_path: Path) -> None:
    tokenizer = letter_tokenizer(longest=64)
    config = GitConfig(
        **SIZE,
        vocab_size=len(tokenizer),
        max_position_embeddings=64,
        vision_config={**SIZE, "image_size": 32, "patch_size": 16},
        bos_token_id=2,
        eos_token_id=3,
        pad_token_id=0,
    )
    model = GitForCausalLM(config)
    model.save_pretrained(tmp_path)
    seeing = CLIPImageProcessorPil(size={"height": 32, "width": 32}, crop_size={"height": 32, "width": 32})
    processor = GitProcessor(image_processor=seeing, tokenizer=tokenizer)
    processor.save_pretrained(tmp_path)
    written = model.eval().generate(**processor(images=picture(), return_tensors="pt"), max_new_tokens=6)
    wanted = tokenizer.decode(written[0], skip_special_tokens=True)
    assert run(pipeline("image-to-text", str(tmp_path)), picture(), max_new_tokens=6) == [{"generated_text": wanted}]
