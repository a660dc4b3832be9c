"""document-question-answering: the place on the pages that answers a question."""

import shutil
from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

import pytesseract
import transformers
from PIL import Image
from tokenizers import pre_tokenizers

from bot.errors import Refusal

Corners = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""

SECONDS = 60
"""How long Tesseract may read a page."""


class Asked(TypedDict):
    """`pages` in RGB."""

    pages: Sequence[Image.Image]
    question: str


class Found(TypedDict):
    """`score` is a probability among the answers of one part of a page; `page` counts from 1."""

    score: float
    answer: str
    page: int
    box: Corners


def read_words(page: Image.Image) -> tuple[list[str], list[Corners]]:
    """The words on a page, in reading order, and where each stands. Refusal where Tesseract is missing or too slow."""
    if shutil.which(pytesseract.pytesseract.tesseract_cmd) is None:
        raise Refusal(
            "Reading pages needs Tesseract, which isn't installed on this machine. "
            "The host can install it: apt install tesseract-ocr"
        )
    try:
        read = pytesseract.image_to_data(page, output_type=pytesseract.Output.DICT, timeout=SECONDS)
    except pytesseract.TesseractError as error:
        raise Refusal("I couldn't read that page. Try a sharper or larger picture of it.") from error
    except RuntimeError as error:  # So pytesseract says that time is up.
        raise Refusal("Reading that page takes too long. Try a picture of the part that matters.") from error
    columns = (read[name] for name in ("text", "left", "top", "width", "height"))
    found = [
        (text.strip(), (left, top, left + width, top + height))
        for text, left, top, width, height in zip(*columns, strict=True)
        if text.strip()
    ]
    return [word for word, _ in found], [box for _, box in found]


class DocumentQuestionAnsweringPipeline(transformers.DocumentQuestionAnsweringPipeline):  # type: ignore[misc]
    """`pipe({"pages": [picture, …], "question": "…"})` gives `[{"score", "answer", "page", "box"}, …]`, best first.

    `box` is around all words of the answer. For LayoutLM and its successors; what reads a page without its words, such
    as Donut, doesn't know where its answer stands.
    """

    _pipeline_calls_generate = False

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        if self.model.config.model_type == "vision-encoder-decoder":
            raise Refusal("This model can't tell where its answers stand. Name one of the LayoutLM family.")
        if getattr(self.image_processor, "apply_ocr", False):
            # It would read the page once more.
            self.image_processor.apply_ocr = False
        _tell_words_apart(self.tokenizer)

    def preprocess(self, asked: Asked) -> Iterator[dict[str, Any]]:
        """Refusal where there is no word on any page. A question that leaves no room for the page is cut off."""
        question = self._shorten(asked["question"])
        rows = [row for number, page in enumerate(asked["pages"], 1) for row in self._rows(number, page, question)]
        if not rows:
            raise Refusal("I couldn't find a word to read there. Try a sharper or larger picture of the text.")
        for number, row in enumerate(rows, 1):
            yield row | {"is_last": number == len(rows)}

    def _shorten(self, question: str) -> str:
        most = self.tokenizer.model_max_length // 4
        backend = self.tokenizer.backend_tokenizer
        # It holds the settings of the last call.
        backend.no_truncation()
        offsets = backend.encode(question, add_special_tokens=False).offsets
        return question if len(offsets) <= most else question[: offsets[most - 1][1]]

    def _rows(self, number: int, page: Image.Image, question: str) -> Iterator[dict[str, Any]]:
        words, boxes = read_words(page)
        if not words:
            return
        # The model's pages are 1,000 wide and 1,000 high.
        scales = (1000 / page.width, 1000 / page.height) * 2
        scaled = [[min(int(side * scale), 1000) for side, scale in zip(box, scales, strict=True)] for box in boxes]
        given = {"question": question, "image": page, "word_boxes": list(zip(words, scaled, strict=True))}
        for row in super().preprocess(given):
            if self.model.config.model_type == "layoutlmv3" and "image" in row:
                # transformers' own calls it as LayoutLMv2 does, so that the model sees nothing.
                row["pixel_values"] = row.pop("image")
            yield row | {"page": number, "boxes": boxes}

    def _forward(self, row: dict[str, Any]) -> dict[str, Any]:
        kept = {name: row.pop(name) for name in ("page", "boxes")}
        tokens = row["input_ids"].shape[1]
        output: dict[str, Any] = super()._forward(row)
        # LayoutLMv3 counts the parts of the picture as tokens too, behind those of the text.
        logits = {name: output[name][:, :tokens] for name in ("start_logits", "end_logits")}
        return output | logits | kept

    def postprocess(self, outputs: list[dict[str, Any]], top_k: int = 1, max_answer_len: int = 15) -> list[Found]:
        """`max_answer_len` is in tokens."""
        best: dict[tuple[int, int, int], Found] = {}
        for output in outputs:
            number, boxes = output["page"], output["boxes"]
            for answer in self.postprocess_extractive_qa([output], top_k=top_k, max_answer_len=max_answer_len):
                start, end = answer["start"], answer["end"]
                place = (number, start, end)
                # Parts of a page overlap, so a place may be found twice.
                if place not in best or best[place]["score"] < answer["score"]:
                    box = _around(boxes[start : end + 1])
                    best[place] = Found(score=answer["score"], answer=answer["answer"], page=number, box=box)
        return sorted(best.values(), key=lambda found: found["score"], reverse=True)[:top_k]


def _around(boxes: Sequence[Corners]) -> Corners:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _tell_words_apart(tokenizer: Any) -> None:
    """RoBERTa's tokenizer, which some LayoutLMs have, puts a space before the words it is given one by one only where
    it is told to; without, it would read them as one."""
    splitter = tokenizer.backend_tokenizer.pre_tokenizer
    if isinstance(splitter, pre_tokenizers.ByteLevel) and not splitter.add_prefix_space:
        splitter.add_prefix_space = True
        tokenizer.backend_tokenizer.pre_tokenizer = splitter
