"""What a task's pipeline says when it is called directly, without the bot."""

from typing import Any

from transformers import pipeline

from bot import pipelines
from bot.answers import Answer
from bot.media.limits import NO_LIMITS
from bot.request import Request
from bot.tasks import TRANSCRIBE, TRANSLATE, WRITE, Task
from bot.worker.decoding import decode

CERTAIN: dict[str, dict[str, Any]] = {
    # Else what comes out would be left to chance, or to what the bot finds out itself.
    WRITE.name: {"creativity": 0.0, "length": "short"},
    TRANSLATE.name: {"from": "pl"},
    TRANSCRIBE.name: {"language": "en"},
    # Untrained, the stand-ins are sure of nothing.
    "object-detection": {"certainty": 0.0},
}


def example(task: Task) -> dict[str, Any]:
    """Inputs and options of `task` that always get the same answer; files as `File`."""
    return task.example(0) | CERTAIN.get(task.name, {})


def called_directly(task: Task, folder: str, values: dict[str, Any]) -> tuple[Request, Answer]:
    """The request of `values`, and the answer that one call of the pipeline gives to it."""
    request = task.request(values)
    pipe = (pipelines.pipeline if task.own else pipeline)(task.name, model=folder, device="cpu")
    extractor = pipe.feature_extractor or getattr(pipe.processor, "feature_extractor", None)
    decoded = decode(task, request.inputs, NO_LIMITS, getattr(extractor, "sampling_rate", 16_000))
    call = task.call(**decoded, **request.options)
    return request, task.read(pipe(call.input, **call.parameters), request.inputs)
