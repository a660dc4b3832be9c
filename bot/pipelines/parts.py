"""Cutting a text into parts that a model can read."""

from typing import Any

from semantic_text_splitter import TextSplitter

UNSAID = 1024
"""Tokens a model reads at once where neither it nor its tokenizer names a limit: T5's relative positions know none, but
no such model of the tasks here was trained on longer inputs."""


def window(pipeline: Any) -> int:
    """How many tokens the pipeline's model reads at once, special ones included."""
    config = pipeline.model.config
    named = (getattr(config, name, None) for name in ("max_position_embeddings", "n_positions", "max_source_positions"))
    limits = [limit for limit in named if isinstance(limit, int) and limit > 1]
    return min(int(pipeline.tokenizer.model_max_length), *(limits or [UNSAID]))


def split(text: str, tokenizer: Any, most: int) -> list[tuple[int, str]]:
    """`text` in parts of at most `most` tokens, each with where it begins; white space between them is left out.

    Cut between paragraphs where that does, else between sentences, else words, else letters.
    """

    def tokens(part: str) -> int:
        return len(tokenizer(part, add_special_tokens=False, verbose=False)["input_ids"])

    if tokens(text) <= most:
        return [(0, text)]
    return list(TextSplitter.from_callback(tokens, max(most, 1)).chunk_indices(text))
