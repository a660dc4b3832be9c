"""image-to-text: a caption for a picture."""

from typing import Any

from PIL import Image
from transformers import GenerationConfig
from transformers.pipelines.base import Pipeline


class ImageToTextPipeline(Pipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe(picture)`, in RGB, gives `[{"generated_text": "…"}]`, one entry a returned sequence.

    Any parameter of `generate` may be given with the call. Only models that need no prompt: an encoder with a decoder,
    BLIP, GIT, Pix2Struct.
    """

    _load_processor = False
    _load_image_processor = True
    _load_feature_extractor = False
    _load_video_processor = False
    _load_tokenizer = True
    _pipeline_calls_generate = True
    _default_generation_config = GenerationConfig(max_new_tokens=256)

    def _sanitize_parameters(self, **generate: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, generate, {}

    def preprocess(self, image: Image.Image) -> Any:
        return self.image_processor(images=image, return_tensors="pt").to(self.dtype)

    def _forward(self, row: Any, **generate: Any) -> dict[str, Any]:
        return {"sequences": self.model.generate(**row, **self._prepare_generate_kwargs(generate))}

    def postprocess(self, output: dict[str, Any]) -> list[dict[str, str]]:
        texts = self.tokenizer.batch_decode(output["sequences"], skip_special_tokens=True)
        return [{"generated_text": text.strip()} for text in texts]
