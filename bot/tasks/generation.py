"""Tasks for people who want something written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from bot.answers import Text
from bot.request import Input
from bot.tasks.options import Range
from bot.tasks.task import RETIRED, Call, Defaults, Kind, Model, Rows, Task

_LENGTHS: Mapping[str, int] = {"short": 100, "medium": 300, "long": 1000}
"""Tokens at most."""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    length: Literal["short", "medium", "long"] = "medium"
    creativity: Annotated[float, Range(0.0, 1.0)] = 0.7
    """The sampling's temperature; with 0 the likeliest word is always taken."""


def _writing(length: str, creativity: float) -> dict[str, Any]:
    sampling = {"do_sample": True, "temperature": creativity} if creativity else {"do_sample": False}
    return {"max_new_tokens": _LENGTHS[length], **sampling}


def _written(raw: Any, _inputs: Mapping[str, Input]) -> Text:
    return Text(raw[0]["generated_text"].strip())


WRITE = Task(
    "text-generation",
    command="write",
    title="Written for you",
    summary="Write whatever you ask for: a greeting, an idea, an explanation",
    takes={"prompt": Kind.TEXT},
    options=WriteOptions,
    gives=Text,
    models=Defaults(
        Model("Qwen/Qwen3-0.6B", licence="Apache-2.0", size=1_500_000_000),
        gpu=Model("Qwen/Qwen3-4B-Instruct-2507", licence="Apache-2.0", verified=True, size=8_000_000_000),
    ),
    heads=("ForCausalLM", "LMHeadModel"),
    call=lambda prompt, length, creativity: Call([{"role": "user", "content": prompt}], _writing(length, creativity)),
    read=_written,
    own="transformers' lets models think aloud, and members write a model's own control words.",
    examples=(
        {"prompt": "Write a friendly welcome for a new member of our server."},
        {"prompt": "Explain in two sentences why the sky is blue."},
    ),
    nothing="The model wrote nothing.",
    time_limit=300.0,
)

REWRITE = Task(
    "text2text-generation",
    command="rewrite",
    title="In other words",
    summary="Rewrite a text as you say: shorter, friendlier, as a list",
    takes={"text": Kind.TEXT, "instruction": Kind.TEXT},
    gives=Text,
    models=Defaults(
        Model("google/flan-t5-base", licence="Apache-2.0", size=1_000_000_000),
        gpu=Model("google/flan-t5-large", licence="Apache-2.0"),
    ),
    heads=("ForConditionalGeneration",),
    call=lambda text, instruction: Call(instruction + ":\n\n" + text),
    read=lambda raw, _: Text(raw[0]["generated_text"].strip()),
    rows=Rows.TOKENS,
    own=RETIRED,
    cut=True,
    examples=({"text": "pls send me the files asap!!", "instruction": "Rewrite this politely"},),
    nothing="The model wrote nothing.",
    time_limit=300.0,
)


def _conversation(prompt: Any, image: Any = None, audio: Any = None, video: Any = None) -> Call:
    given = {"image": image, "audio": audio, "video": video}
    media = [{"type": kind, kind: value} for kind, value in given.items() if value is not None]
    return Call(
        [{"role": "user", "content": [*media, {"type": "text", "text": prompt}]}],
        {"max_new_tokens": 300, "generate_kwargs": {"do_sample": False}, "return_full_text": False},
    )


OMNI = Task(
    "any-to-any",
    command="omni",
    title="Seen, heard and answered",
    summary="Ask one model about a text, a picture, a recording and a video at once",
    takes={"prompt": Kind.TEXT, "image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO},
    optional=("image", "audio", "video"),
    gives=Text,
    models=Defaults(small=None, gpu=Model("google/gemma-4-E4B-it", licence="Apache-2.0", verified=True)),
    heads=("ForConditionalGeneration", "ForCausalLM", "Model"),
    call=_conversation,
    read=_written,
    # What such models listen to at once.
    seconds=30.0,
    own="transformers' needs torchvision even where the model has no use for it.",
    examples=({"prompt": "What do you hear?", "audio": "street.mp3"}, {"prompt": "Who are you?"}),
    nothing="The model wrote nothing.",
    time_limit=300.0,
)
