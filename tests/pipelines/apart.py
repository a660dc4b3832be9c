"""Running the three steps of a pipeline apart, as the worker does."""

from typing import Any

from transformers.pipelines.base import ChunkPipeline

from bot.worker.batches import forward


def rows(pipe: Any, given: Any, **parameters: Any) -> list[Any]:
    """What `preprocess` makes of an input."""
    before, _, _ = pipe._sanitize_parameters(**parameters)
    made = pipe.preprocess(given, **(pipe._preprocess_params | before))
    return list(made) if isinstance(pipe, ChunkPipeline) else [made]


def finish(pipe: Any, outputs: list[Any], **parameters: Any) -> Any:
    """What `postprocess` makes of the outputs of all rows."""
    _, _, after = pipe._sanitize_parameters(**parameters)
    return pipe.postprocess(
        outputs if isinstance(pipe, ChunkPipeline) else outputs[0],
        **(pipe._postprocess_params | after),
    )


def run(pipe: Any, given: Any, **parameters: Any) -> Any:
    """All three, a row at a time."""
    _, during, _ = pipe._sanitize_parameters(**parameters)
    during = pipe._forward_params | during
    outputs = [forward(pipe, [row], during)[0] for row in rows(pipe, given, **parameters)]
    assert all(hasattr(output, "values") for output in outputs), "the worker looks for numbers that are none"
    return finish(pipe, outputs, **parameters)
