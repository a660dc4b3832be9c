"""question-answering: the place of a text that answers a question."""

from collections.abc import Iterator
from typing import Any, TypedDict

import torch
from transformers.pipelines.base import ChunkPipeline
from transformers.pipelines.document_question_answering import select_starts_ends

NOTHING_YET = 1_000_000.0
"""A score that any other is below."""


class Found(TypedDict):
    """`score` is the probability, `start` and `end` (exclusive) are characters of the context; "" means "not there"."""

    score: float
    start: int
    end: int
    answer: str


class QuestionAnsweringPipeline(ChunkPipeline):  # type: ignore[misc]  # transformers' classes are Any to mypy
    """`pipe({"question": "…", "context": "…"})` gives `{"score", "start", "end", "answer"}`.

    With `top_k` over 1 it gives a list, best first. A context longer than the model's window is read in overlapping
    parts. Answers are widened to whole words, and the same answer found twice counts once, with its scores added, as in
    transformers 4.
    """

    _load_processor = False
    _load_image_processor = False
    _load_feature_extractor = False
    _load_video_processor = False
    _load_tokenizer = True

    def _sanitize_parameters(
        self,
        top_k: int | None = None,
        doc_stride: int | None = None,
        max_seq_len: int | None = None,
        max_answer_len: int | None = None,
        handle_impossible_answer: bool | None = None,
        align_to_words: bool | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        before = {"doc_stride": doc_stride, "max_seq_len": max_seq_len}
        after = {
            "top_k": top_k,
            "max_answer_len": max_answer_len,
            "handle_impossible_answer": handle_impossible_answer,
            "align_to_words": align_to_words,
        }
        return _given(before), {}, _given(after)

    def preprocess(
        self, asked: dict[str, str], doc_stride: int | None = None, max_seq_len: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """`max_seq_len`: tokens of question and context read at once; `doc_stride`: how many of them overlap."""
        longest = max_seq_len or min(self.tokenizer.model_max_length, 384)
        question = self._shorten(asked["question"], longest // 2)
        first = self._question_first()
        encoded = self.tokenizer(
            text=question if first else asked["context"],
            text_pair=asked["context"] if first else question,
            truncation="only_second" if first else "only_first",
            max_length=longest,
            stride=doc_stride or min(longest // 2, 128, self._room(question, longest) // 2),
            return_token_type_ids=True,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        count = len(encoded["input_ids"])
        for number in range(count):
            row = {name: torch.tensor([encoded[name][number]]) for name in self._input_names()}
            # 1 for tokens that can't be in the answer; the first one stands for "no answer" in models that know that.
            outside = [int(sequence != first) for sequence in encoded.sequence_ids(number)]
            for place, token in enumerate(encoded["input_ids"][number]):
                if token == self.tokenizer.cls_token_id:
                    outside[place] = 0
            yield {
                **row,
                "outside": outside,
                "encoding": encoded.encodings[number],
                "context": asked["context"],
                "is_last": number == count - 1,
            }

    def _input_names(self) -> list[str]:
        # Saved by transformers 5, a tokenizer without a class of its own no longer names the token types, which models
        # of two kinds need to tell the question from the context.
        kinds = getattr(self.model.config, "type_vocab_size", None) or 0
        return list(dict.fromkeys([*self.tokenizer.model_input_names, *["token_type_ids"] * (kinds > 1)]))

    def _shorten(self, question: str, most: int) -> str:
        encoded = self.tokenizer(question, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        offsets = encoded["offset_mapping"]
        return question if len(offsets) <= most else question[: offsets[most - 1][1]]

    def _room(self, question: str, longest: int) -> int:
        """How many tokens are left for the context."""
        return longest - len(self.tokenizer(question, "")["input_ids"])

    def _question_first(self) -> bool:
        return bool(self.tokenizer.padding_side == "right")

    def _forward(self, row: dict[str, Any]) -> dict[str, Any]:
        kept = {name: row[name] for name in ("outside", "encoding", "context", "is_last")}
        output = self.model(**{name: value for name, value in row.items() if name not in kept})
        return {
            "start": output["start_logits"],
            "end": output["end_logits"],
            "attention_mask": row.get("attention_mask"),
            **kept,
        }

    def postprocess(
        self,
        outputs: list[dict[str, Any]],
        top_k: int = 1,
        max_answer_len: int = 15,
        handle_impossible_answer: bool = False,
        align_to_words: bool = True,
    ) -> Found | list[Found]:
        """`max_answer_len` is in tokens. With `handle_impossible_answer`, "not there" is among the answers, as ""."""
        nowhere = NOTHING_YET
        found: dict[str, Found] = {}
        for output in outputs:
            attended = output["attention_mask"]
            # In a batch, a row may have come out with padding behind it.
            own = slice(len(output["outside"]))
            starts, ends, scores, nowhere = select_starts_ends(
                output["start"][:, own].float().numpy(),
                output["end"][:, own].float().numpy(),
                output["outside"],
                None if attended is None else attended[:, own].numpy(),
                nowhere,
                # More than asked for, because widening to words makes some of them the same.
                top_k * 2 + 10 if align_to_words else top_k,
                handle_impossible_answer,
                max_answer_len,
            )
            for first, last, score in zip(starts, ends, scores, strict=True):
                start, end = self._characters(output["encoding"], int(first), int(last), align_to_words)
                answer = output["context"][start:end]
                known = found.setdefault(answer.lower(), Found(score=0.0, start=start, end=end, answer=answer))
                known["score"] += float(score)
        answers = list(found.values())
        if handle_impossible_answer:
            answers.append(Found(score=nowhere, start=0, end=0, answer=""))
        answers = sorted(answers, key=lambda answer: answer["score"], reverse=True)[:top_k]
        return answers[0] if len(answers) == 1 else answers

    def _characters(self, encoding: Any, first: int, last: int, align_to_words: bool) -> tuple[int, int]:
        """The characters of the context from token `first` to token `last`."""
        if align_to_words:
            context = int(self._question_first())
            words = encoding.token_to_word(first), encoding.token_to_word(last)
            # Some tokenizers know no words.
            if None not in words:
                spans = [encoding.word_to_chars(word, context) for word in words]
                if None not in spans:
                    return spans[0][0], spans[1][1]
        return encoding.offsets[first][0], encoding.offsets[last][1]


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
