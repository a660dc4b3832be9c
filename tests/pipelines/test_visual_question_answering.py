from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoImageProcessor,
    AutoModelForVisualQuestionAnswering,
    AutoProcessor,
    AutoTokenizer,
    BlipConfig,
    BlipForQuestionAnswering,
    BlipImageProcessorPil,
    BlipProcessor,
)

from bot.pipelines import pipeline
from bot.pipelines.visual_question_answering import VisualQuestionAnsweringPipeline
from bot.worker.starters.tokenizers import letter_tokenizer
from tests.pipelines.apart import rows, run
from tests.pipelines.pictures import picture, starter

ASKED = {"image": picture(), "question": "What colour is the car?"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guess")


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return starter("visual-question-answering", folder)


def same(answers: list[dict[str, Any]], others: list[dict[str, Any]]) -> bool:
    """ViLT sees the parts of a picture in another order each time, so its numbers differ in the last places."""
    scores = [other["score"] for other in others]
    return [answer["answer"] for answer in answers] == [other["answer"] for other in others] and [
        answer["score"] for answer in answers
    ] == pytest.approx(scores, rel=1e-4)


def test_odds_are_the_models(pipe: Any, folder: Path) -> None:
    model = AutoModelForVisualQuestionAnswering.from_pretrained(folder)
    processor = AutoProcessor.from_pretrained(folder)
    with torch.no_grad():
        row = processor(images=ASKED["image"], text=ASKED["question"], return_tensors="pt")
        odds = torch.sigmoid(model(**row).logits[0])
    best = sorted(zip(odds.tolist(), model.config.id2label.values(), strict=True), reverse=True)[:3]
    answers = pipe(ASKED, top_k=3)
    assert same(answers, [{"score": score, "answer": label} for score, label in best])


def test_its_steps_apart_give_the_same(pipe: Any) -> None:
    assert same(run(pipe, ASKED, top_k=2), pipe(ASKED, top_k=2))


def test_no_more_answers_than_the_model_knows(pipe: Any) -> None:
    assert len(pipe(ASKED)) == 5
    assert len(pipe(ASKED, top_k=1000)) == len(pipe.model.config.id2label)


def test_question_and_picture_count(pipe: Any) -> None:
    assert not same(pipe(ASKED), pipe(ASKED | {"image": picture(1)}))
    assert not same(pipe(ASKED), pipe(ASKED | {"question": "Is it raining?"}))


def test_a_question_longer_than_the_window_is_cut_off(pipe: Any) -> None:
    long = ASKED | {"question": "why " * 900}
    (row,) = rows(pipe, long)
    assert row["input_ids"].shape[1] == pipe.tokenizer.model_max_length
    assert pipe(long)


def test_without_a_processor_its_parts_will_do(pipe: Any, folder: Path) -> None:
    alone = VisualQuestionAnsweringPipeline(
        model=AutoModelForVisualQuestionAnswering.from_pretrained(folder),
        tokenizer=AutoTokenizer.from_pretrained(folder),
        image_processor=AutoImageProcessor.from_pretrained(folder),
        device="cpu",
    )
    assert same(alone(ASKED), pipe(ASKED))


def test_a_model_that_writes_its_answer(tmp_path: Path) -> None:
    tokenizer = letter_tokenizer(longest=64)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    signs = {"bos_token_id": 2, "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0}
    reading = {"vocab_size": len(tokenizer), "encoder_hidden_size": 32, "max_position_embeddings": 64, **signs}
    config = BlipConfig(
        text_config={**sizes, **reading},
        vision_config={**sizes, "image_size": 32, "patch_size": 16},
    )
    BlipForQuestionAnswering(config).save_pretrained(tmp_path)
    processor = BlipImageProcessorPil(size={"height": 32, "width": 32})
    BlipProcessor(image_processor=processor, tokenizer=tokenizer).save_pretrained(tmp_path)
    pipe = pipeline("visual-question-answering", str(tmp_path))
    (answer,) = run(pipe, ASKED, max_new_tokens=4)
    assert list(answer) == ["answer"]
    assert isinstance(answer["answer"], str)
    (row,) = rows(pipe, ASKED)
    assert 0 < pipe.forward(row, max_new_tokens=4)["sequences"].shape[1] <= 5
