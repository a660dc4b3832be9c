"""visual-question-answering: short answers about a picture, with odds."""

from typing import Any, TypedDict

from PIL import Image
from transformers import GenerationConfig
from transformers.pipelines.base import Pipeline


class Asked(TypedDict):
    """`image` in RGB."""

    image: Image.Image
    question: str


class VisualQuestionAnsweringPipeline(Pipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe({"image": picture, "question": "…"})` gives `[{"score": 0.9, "answer": "yes"}, …]`, best first.

    Each score is a probability by itself, so they don't add up to one. A model that writes its answer, such as BLIP,
    gives `[{"answer": "…"}]`, and takes the parameters of `generate`. A question past the model's window is cut off.
    """

    _load_processor = None
    _load_image_processor = None
    _load_feature_extractor = False
    _load_video_processor = False
    _load_tokenizer = True
    _pipeline_calls_generate = True
    _default_generation_config = GenerationConfig(max_new_tokens=256)
    # The number of answers.
    _non_generation_params = ("top_k",)

    def _sanitize_parameters(
        self, top_k: int | None = None, **generate: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, generate, {} if top_k is None else {"top_k": top_k}

    def preprocess(self, asked: Asked) -> Any:
        image, question = asked["image"], asked["question"]
        if self.processor is not None:
            # BLIP-2 marks in the text where the picture stands.
            row = self.processor(images=image, text=question, return_tensors="pt", truncation=True)
        else:
            row = self.tokenizer(question, return_tensors="pt", truncation=True)
            row.update(self.image_processor(images=image, return_tensors="pt"))
        return row.to(self.dtype)

    def _forward(self, row: Any, **generate: Any) -> Any:
        if not self.model.can_generate():
            return {"logits": self.model(**row).logits}
        return {"sequences": self.model.generate(**row, **self._prepare_generate_kwargs(generate))}

    def postprocess(self, output: dict[str, Any], top_k: int = 5) -> list[dict[str, Any]]:
        if "sequences" in output:
            texts = self.tokenizer.batch_decode(output["sequences"], skip_special_tokens=True)
            return [{"answer": text.strip()} for text in texts]
        odds = output["logits"][0].float().sigmoid()
        scores, labels = odds.topk(min(top_k, len(odds)))
        names = self.model.config.id2label
        return [
            {"score": score, "answer": names[label]}
            for score, label in zip(scores.tolist(), labels.tolist(), strict=True)
        ]
