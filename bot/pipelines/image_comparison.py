"""image-feature-extraction for comparing pictures: one vector for each."""

from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image
from torch.nn.functional import normalize
from transformers.pipelines.base import ChunkPipeline

CLASS_TOKENS = ("cls_token", "class_embedding")
"""How models call the weights of the token that stands for the whole picture."""


class ImageComparisonPipeline(ChunkPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe([picture, …])`, in RGB, gives a list of floats for each picture, of length one: their dot product is the
    cosine of the angle between them.

    It is the output for the class token, the first one, which is the first of what transformers' own pipeline gives,
    and the one that DINO and ViT were trained to see the whole by. A model without such a token (Swin, ConvNeXt) gives
    what it pools itself, or else the mean over the picture; one that puts pictures and texts into one space (CLIP,
    SigLIP) gives the place in it.
    """

    _load_processor = False
    _load_image_processor = True
    _load_feature_extractor = False
    _load_video_processor = False
    _load_tokenizer = False

    def _sanitize_parameters(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return {}, {}, {}

    def __call__(self, images: Sequence[Image.Image]) -> list[list[float]]:
        # Given as a list, each would be taken for an input of its own.
        vectors: list[list[float]] = super().__call__(tuple(images))
        return vectors

    def preprocess(self, images: Sequence[Image.Image]) -> Iterator[dict[str, Any]]:
        for number, image in enumerate(images, 1):
            row = self.image_processor(images=image, return_tensors="pt").to(self.dtype)
            yield {**row, "is_last": number == len(images)}

    def _forward(self, row: dict[str, Any]) -> dict[str, Any]:
        is_last = row.pop("is_last")
        return {"vector": self._vector(row).flatten(1).float(), "is_last": is_last}

    def _vector(self, row: dict[str, Any]) -> Any:
        if hasattr(self.model, "get_image_features"):
            return self.model.get_image_features(**row).pooler_output
        output = self.model(**row)
        hidden = output.last_hidden_state
        if hidden.ndim == 3 and any(name.endswith(CLASS_TOKENS) for name, _ in self.model.named_parameters()):
            return hidden[:, 0]
        pooled = getattr(output, "pooler_output", None)
        if pooled is not None:
            return pooled
        return hidden.mean(1) if hidden.ndim == 3 else hidden.mean((2, 3))

    def postprocess(self, outputs: list[dict[str, Any]]) -> list[list[float]]:
        return [normalize(output["vector"][0], dim=0).tolist() for output in outputs]
