from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    ConvNextConfig,
    ConvNextImageProcessorPil,
    ConvNextModel,
    SwinConfig,
    SwinModel,
    ViTImageProcessorPil,
)

from bot.pipelines import pipeline
from tests.pipelines.apart import rows, run
from tests.pipelines.pictures import picture, starter

SIDE = {"height": 32, "width": 32}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alike")


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return starter("image-feature-extraction", folder)


def alike(vectors: Any) -> list[float]:
    """The cosine of each to the first."""
    cosines: list[float] = (np.array(vectors) @ np.array(vectors[0])).tolist()
    return cosines


def test_a_vector_is_transformers_own_for_the_class_token(pipe: Any, folder: Path) -> None:
    stock = transformers.pipeline("image-feature-extraction", model=str(folder))
    pair = [picture(0), picture(1)]
    vectors = run(pipe, pair)
    for image, vector in zip(pair, vectors, strict=True):
        wanted = np.array(stock(image)[0][0])
        assert vector == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-6)
    assert pipe(pair) == vectors


def test_a_picture_is_like_itself(pipe: Any) -> None:
    cosines = alike(run(pipe, [picture(0), picture(0), picture(2)]))
    assert cosines[:2] == pytest.approx([1, 1])
    assert cosines[2] < 0.99


def test_a_row_a_picture(pipe: Any) -> None:
    made = rows(pipe, [picture(0), picture(1, (300, 20))])
    assert [row["is_last"] for row in made] == [False, True]
    assert all(row["pixel_values"].shape[0] == 1 for row in made)


def test_models_without_a_class_token_pool_it_themselves(tmp_path: Path) -> None:
    swin = SwinModel(
        SwinConfig(image_size=32, patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=4)
    )
    convnext = ConvNextModel(ConvNextConfig(hidden_sizes=[8, 16], depths=[1, 1], num_stages=2))
    processors = (ViTImageProcessorPil(size=SIDE), ConvNextImageProcessorPil(size={"shortest_edge": 32}))
    for model, processor in zip((swin, convnext), processors, strict=True):
        model.eval().save_pretrained(tmp_path)
        processor.save_pretrained(tmp_path)
        with torch.no_grad():
            pooled = model(**processor(picture(), return_tensors="pt")).pooler_output
        (vector,) = run(pipeline("image-feature-extraction", str(tmp_path)), [picture()])
        assert vector == pytest.approx((pooled / pooled.norm()).flatten().tolist(), abs=1e-6)


def test_a_model_that_pools_nothing(tmp_path: Path) -> None:
    swin = SwinConfig(image_size=32, patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=4)
    model = SwinModel(swin, add_pooling_layer=False)
    model.save_pretrained(tmp_path)
    ViTImageProcessorPil(size=SIDE).save_pretrained(tmp_path)
    pipe = pipeline("image-feature-extraction", str(tmp_path))
    pipe.model.pooler = None
    (row,) = rows(pipe, [picture()])
    with torch.no_grad():
        mean = pipe.model(pixel_values=row["pixel_values"]).last_hidden_state.mean(1)
    assert run(pipe, [picture()])[0] == pytest.approx((mean / mean.norm()).flatten().tolist(), abs=1e-6)


def test_a_model_of_pictures_and_texts_gives_the_place_in_their_space(tmp_path: Path) -> None:
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    seeing = sizes | {"image_size": 32, "patch_size": 16, "projection_dim": 8}
    model = CLIPModel(CLIPConfig(text_config=sizes | {"vocab_size": 10}, vision_config=seeing, projection_dim=8)).eval()
    model.save_pretrained(tmp_path)
    processor = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=SIDE)
    processor.save_pretrained(tmp_path)
    (vector,) = run(pipeline("image-feature-extraction", str(tmp_path)), [picture()])
    with torch.no_grad():
        seen = processor(picture(), return_tensors="pt")
        place = model.visual_projection(model.vision_model(**seen).pooler_output)
    assert vector == pytest.approx((place / place.norm()).flatten().tolist(), abs=1e-6)
    assert len(vector) == 8
