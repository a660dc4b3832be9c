"""The pipelines that transformers 5 retired, as `Pipeline` subclasses for the models that still exist for them.

transformers' own registry refuses their names, so they are not registered there: `pipeline` below makes them.
"""

from typing import Any

from transformers import AutoModelForQuestionAnswering, AutoModelForSeq2SeqLM, AutoTokenizer
from transformers.pipelines.base import Pipeline

from bot.pipelines.question_answering import QuestionAnsweringPipeline
from bot.pipelines.summarization import SummarizationPipeline
from bot.pipelines.text2text import Text2TextGenerationPipeline
from bot.pipelines.translation import TranslationPipeline

RETIRED: dict[str, tuple[type, Any]] = {
    "question-answering": (QuestionAnsweringPipeline, AutoModelForQuestionAnswering),
    "summarization": (SummarizationPipeline, AutoModelForSeq2SeqLM),
    "text2text-generation": (Text2TextGenerationPipeline, AutoModelForSeq2SeqLM),
    "translation": (TranslationPipeline, AutoModelForSeq2SeqLM),
}
"""By task: the pipeline, and the Auto class that loads its models."""


def pipeline(
    task: str,
    model: Any,
    tokenizer: str | None = None,
    *,
    revision: str | None = None,
    dtype: str = "auto",
    device: str = "cpu",
    trust_remote_code: bool = False,
) -> Pipeline:
    """What `transformers.pipeline` is for other tasks. `model` is a name, a folder or a model that was loaded before.

    `tokenizer` is a name or a folder; without it, the model's own. KeyError where `task` isn't a retired one.
    """
    pipeline_class, model_class = RETIRED[task]
    if isinstance(model, str):
        tokenizer = tokenizer or model
        model = model_class.from_pretrained(
            model, revision=revision or "main", dtype=dtype, trust_remote_code=trust_remote_code
        )
    assert tokenizer is not None
    # The model's revision is the tokenizer's, for they come from one repository; a folder has none.
    own = AutoTokenizer.from_pretrained(tokenizer, revision=revision or "main", trust_remote_code=trust_remote_code)
    return pipeline_class(model=model, tokenizer=own, task=task, device=device)


__all__ = (
    "RETIRED",
    "QuestionAnsweringPipeline",
    "SummarizationPipeline",
    "Text2TextGenerationPipeline",
    "TranslationPipeline",
    "pipeline",
)
