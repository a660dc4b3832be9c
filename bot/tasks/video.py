"""Tasks for people who bring videos."""

from bot.answers import Scores
from bot.tasks.task import Call, Defaults, Kind, Model, Rows, Task

RECOGNIZE_VIDEO = Task(
    "video-classification",
    command="video recognize",
    title="What happens in this video?",
    summary="Name what is done in a video, out of 400 activities",
    takes={"video": Kind.VIDEO},
    gives=Scores,
    models=Defaults(
        # Its data are for research: whoever earns money with it should choose another (TASK_MODELS).
        Model("MCG-NJU/videomae-base-finetuned-kinetics", licence="CC-BY-NC-4.0", revision="488eb9a"),
    ),
    heads=("ForVideoClassification",),
    call=lambda video: Call(video, {"top_k": 5}),
    read=lambda raw, _: Scores.of(raw),
    rows=Rows.PIXELS,
    own="transformers' looks at the first frames only.",
    examples=({"video": "clip.mp4"},),
)
