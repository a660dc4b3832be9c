"""Tasks for people who bring pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from bot.answers import Box, Boxes, Depth, Mask, Masks, Match, Matches, Picture, Scores, Similarity, Text
from bot.request import Input
from bot.tasks.labels import read_labels, read_things
from bot.tasks.options import Parse, Range
from bot.tasks.task import RETIRED, Call, Defaults, Kind, Model, Rows, Task
from bot.tasks.text import similarity

STREET = {"image": "street.jpg"}


def _look(image: Any) -> Call:
    return Call(image)


DESCRIBE = Task(
    "image-to-text",
    command="image describe",
    title="What the picture shows",
    summary="Describe a picture in a sentence",
    takes={"image": Kind.IMAGE},
    gives=Text,
    models=Defaults(Model("Salesforce/blip-image-captioning-base", licence="BSD-3-Clause", size=1_000_000_000)),
    heads=("ForConditionalGeneration", "EncoderDecoderModel", "GitForCausalLM"),
    call=lambda image: Call(image, {"max_new_tokens": 60}),
    read=lambda raw, _: Text(raw[0]["generated_text"].strip()),
    rows=Rows.PIXELS,
    own=RETIRED,
    examples=(STREET,),
    nothing="The model wrote nothing.",
)


def _generated(raw: Any, _inputs: Mapping[str, Input]) -> Text:
    return Text(raw[0]["generated_text"].strip())


ASK_IMAGE = Task(
    "image-text-to-text",
    command="image ask",
    title="What the picture says",
    summary="Ask anything about a picture, and get an answer in words",
    takes={"image": Kind.IMAGE, "question": Kind.TEXT},
    gives=Text,
    models=Defaults(
        Model("HuggingFaceTB/SmolVLM-256M-Instruct", licence="Apache-2.0", size=500_000_000),
        gpu=Model("Qwen/Qwen3-VL-4B-Instruct", licence="Apache-2.0", size=9_000_000_000),
    ),
    heads=("ForConditionalGeneration",),
    call=lambda image, question: Call(
        [{"role": "user", "content": [{"type": "image", "image": image}, {"type": "text", "text": question}]}],
        {"max_new_tokens": 300, "generate_kwargs": {"do_sample": False}, "return_full_text": False},
    ),
    read=_generated,
    rows=Rows.PIXELS,
    own="transformers wants its own kind of conversation object.",
    examples=(STREET | {"question": "What is the weather like?"},),
    nothing="The model wrote nothing.",
    time_limit=300.0,
)

GUESS = Task(
    "visual-question-answering",
    command="image guess",
    title="A short answer",
    summary="Ask about a picture, and get short answers with their odds",
    takes={"image": Kind.IMAGE, "question": Kind.TEXT},
    gives=Scores,
    models=Defaults(Model("dandelin/vilt-b32-finetuned-vqa", licence="Apache-2.0", revision="d0a1f6a")),
    heads=("ForQuestionAnswering",),
    call=lambda image, question: Call({"image": image, "question": question}, {"top_k": 5}),
    read=lambda raw, _: Scores.of({"label": item["answer"], "score": item["score"]} for item in raw),
    rows=Rows.PIXELS,
    aliases=("vqa",),
    own=RETIRED,
    examples=(STREET | {"question": "How many cars are there?"},),
)

RECOGNIZE_IMAGE = Task(
    "image-classification",
    command="image recognize",
    title="What is in this picture?",
    summary="Name what is in a picture, out of a thousand everyday things",
    takes={"image": Kind.IMAGE},
    gives=Scores,
    models=Defaults(
        Model("google/vit-base-patch16-224", licence="Apache-2.0", revision="3f49326"),
        gpu=Model("facebook/dinov2-large-imagenet1k-1-layer", licence="Apache-2.0"),
    ),
    heads=("ForImageClassification",),
    call=lambda image: Call(image, {"top_k": 5}),
    read=lambda raw, _: Scores.of(raw),
    rows=Rows.PIXELS,
    examples=(STREET,),
)


@dataclass(frozen=True, slots=True)
class LabelOptions:
    labels: Annotated[tuple[str, ...], Parse(read_labels)]


CLASSIFY_IMAGE = Task(
    "zero-shot-image-classification",
    command="image classify",
    title="Which label fits the picture?",
    summary="Sort a picture under labels that you make up",
    takes={"image": Kind.IMAGE},
    options=LabelOptions,
    gives=Scores,
    models=Defaults(
        Model("google/siglip2-base-patch16-224", licence="Apache-2.0", size=1_500_000_000),
        gpu=Model("google/siglip2-so400m-patch14-384", licence="Apache-2.0"),
    ),
    heads=("Model",),
    call=lambda image, labels: Call(image, {"candidate_labels": list(labels)}),
    read=lambda raw, _: Scores.of(raw),
    rows=Rows.PIXELS,
    examples=(STREET | {"labels": "a street, a kitchen, a beach, a forest"},),
)


@dataclass(frozen=True, slots=True)
class ObjectOptions:
    certainty: Annotated[float, Range(0.0, 1.0)] = 0.5
    """How sure the model has to be of a thing for it to be shown."""


def _boxes(raw: Any, _inputs: Mapping[str, Input]) -> Boxes:
    boxes = (
        Box(
            int(item["box"]["xmin"]),
            int(item["box"]["ymin"]),
            int(item["box"]["xmax"]),
            int(item["box"]["ymax"]),
            str(item["label"]),
            float(item["score"]),
        )
        for item in raw
    )
    return Boxes(tuple(sorted(boxes, key=lambda box: box.score, reverse=True)))


OBJECTS = Task(
    "object-detection",
    command="image objects",
    title="What stands where?",
    summary="Find everyday things in a picture, each with a box around it",
    takes={"image": Kind.IMAGE},
    options=ObjectOptions,
    gives=Boxes,
    models=Defaults(
        Model("ustc-community/dfine-small-coco", licence="Apache-2.0", verified=True, size=41_000_000),
        gpu=Model("PekingU/rtdetr_v2_r50vd", licence="Apache-2.0", verified=True, size=172_000_000),
    ),
    heads=("ForObjectDetection",),
    call=lambda image, certainty: Call(image, {"threshold": certainty}),
    read=_boxes,
    rows=Rows.PIXELS,
    examples=(STREET,),
    nothing="Nothing was found that I am sure enough of. A lower `certainty` shows more.",
)


@dataclass(frozen=True, slots=True)
class FindOptions:
    what: Annotated[tuple[str, ...], Parse(read_things)]


FIND = Task(
    "zero-shot-object-detection",
    command="image find",
    title="Is it there, and where?",
    summary="Find what you name in a picture, each with a box around it",
    takes={"image": Kind.IMAGE},
    options=FindOptions,
    gives=Boxes,
    models=Defaults(
        Model("google/owlv2-base-patch16-ensemble", licence="Apache-2.0", size=600_000_000),
        gpu=Model("IDEA-Research/grounding-dino-base", licence="Apache-2.0"),
    ),
    heads=("ForObjectDetection",),
    call=lambda image, what: Call({"image": image, "candidate_labels": list(what)}, {"threshold": 0.1}),
    read=_boxes,
    rows=Rows.PIXELS,
    own="transformers' doesn't ask Grounding DINO in the way it was trained.",
    examples=(STREET | {"what": "a red car, a tree, a person"},),
    nothing="None of that was found in the picture.",
    time_limit=300.0,
)


def _masks(raw: Any, _inputs: Mapping[str, Input]) -> Masks:
    from bot.media.picture import mask_png

    return Masks(
        tuple(
            Mask(mask_png(item["mask"]), str(item["label"]), None if item["score"] is None else float(item["score"]))
            for item in raw
        )
    )


REGIONS = Task(
    "image-segmentation",
    command="image regions",
    title="Which part is what?",
    summary="Colour the regions of a picture by what they show",
    takes={"image": Kind.IMAGE},
    gives=Masks,
    models=Defaults(
        Model("openmmlab/upernet-convnext-tiny", licence="MIT", verified=True, size=241_000_000),
        gpu=Model("tue-mps/coco_panoptic_eomt_large_640", licence="MIT"),
    ),
    heads=("Segmentation",),
    call=_look,
    read=_masks,
    rows=Rows.PIXELS,
    own="transformers' takes gigabytes for a large picture.",
    examples=(STREET,),
)

_POINTS: Mapping[str, int] = {"low": 8, "medium": 16, "high": 32}
"""Along each side of the picture, where the model is asked what is there."""


@dataclass(frozen=True, slots=True)
class CutoutOptions:
    detail: Literal["low", "medium", "high"] = "medium"


def _cutouts(raw: Any, _inputs: Mapping[str, Input]) -> Masks:
    from bot.media.picture import mask_png

    pairs = zip(raw["masks"], raw["scores"], strict=True)
    return Masks(tuple(Mask(mask_png(mask), None, float(score)) for mask, score in pairs))


CUTOUTS = Task(
    "mask-generation",
    command="image cutouts",
    title="Everything, cut out",
    summary="Cut every single thing out of a picture",
    takes={"image": Kind.IMAGE},
    options=CutoutOptions,
    gives=Masks,
    models=Defaults(
        Model("facebook/sam-vit-base", licence="Apache-2.0", size=370_000_000),
        gpu=Model("facebook/sam-vit-large", licence="Apache-2.0"),
    ),
    heads=("SamModel", "SamHQModel"),
    call=lambda image, detail: Call(image, {"points_per_crop": _POINTS[detail], "points_per_batch": 64}),
    read=_cutouts,
    rows=Rows.PIXELS,
    own="transformers' needs torchvision, and gigabytes for a large picture.",
    examples=(STREET | {"detail": "low"},),
    nothing="Nothing stood out enough to be cut out.",
    time_limit=600.0,
)


def _depth(raw: Any, _inputs: Mapping[str, Input]) -> Depth:
    """Of models that tell inverse depth, as the defaults do: a larger number is nearer."""
    from bot.media.picture import levels_png

    values = raw["predicted_depth"].float().numpy()
    return Depth(levels_png(values), nearest=float(values.max()), farthest=float(values.min()))


DEPTH = Task(
    "depth-estimation",
    command="image depth",
    title="What is near, what is far?",
    summary="Colour a picture by how far away everything is",
    takes={"image": Kind.IMAGE},
    gives=Depth,
    models=Defaults(
        Model("depth-anything/Depth-Anything-V2-Small-hf", licence="Apache-2.0", size=100_000_000),
        gpu=Model("Intel/dpt-swinv2-large-384", licence="MIT", verified=True, size=850_000_000),
    ),
    heads=("ForDepthEstimation",),
    call=_look,
    read=_depth,
    rows=Rows.PIXELS,
    examples=(STREET,),
)


def _picture(raw: Any, _inputs: Mapping[str, Input]) -> Picture:
    from bot.media.picture import png

    return Picture(png(raw))


UPSCALE = Task(
    "image-to-image",
    command="image upscale",
    title="Larger and sharper",
    summary="Make a small picture larger and sharper",
    takes={"image": Kind.IMAGE},
    gives=Picture,
    models=Defaults(Model("caidas/swin2SR-classical-sr-x2-64", licence="Apache-2.0", revision="cee1c92")),
    heads=("ForImageSuperResolution",),
    call=_look,
    read=_picture,
    rows=Rows.PIXELS,
    own=RETIRED,
    examples=({"image": "small.png"},),
    # A megapixel takes a CPU minutes, and gigabytes.
    pixels=500_000,
    time_limit=600.0,
)

COMPARE_IMAGES = Task(
    "image-feature-extraction",
    command="image compare",
    title="How alike are the pictures?",
    summary="Tell how alike two pictures are",
    takes={"first": Kind.IMAGE, "second": Kind.IMAGE},
    gives=Similarity,
    models=Defaults(
        Model("facebook/dinov2-small", licence="Apache-2.0"), gpu=Model("facebook/dinov2-large", licence="Apache-2.0")
    ),
    heads=("Model",),
    call=lambda first, second: Call([first, second]),
    read=similarity,
    rows=Rows.PIXELS,
    own="transformers gives a vector a patch; to compare pictures, each needs one.",
    examples=({"first": "street.jpg", "second": "street-later.jpg"},),
)


MOST_MATCHES = 500


def _matches(raw: Any, _inputs: Mapping[str, Input]) -> Matches:
    def point(item: Any) -> tuple[int, int]:
        return int(item["x"]), int(item["y"])

    matches = (
        Match(point(item["keypoint_image_0"]), point(item["keypoint_image_1"]), float(item["score"])) for item in raw
    )
    return Matches(tuple(sorted(matches, key=lambda match: match.score, reverse=True)[:MOST_MATCHES]))


MATCH = Task(
    "keypoint-matching",
    command="image match",
    title="The same points",
    summary="Find the same points in two pictures of one thing",
    takes={"first": Kind.IMAGE, "second": Kind.IMAGE},
    gives=Matches,
    models=Defaults(Model("zju-community/efficientloftr", licence="Apache-2.0")),
    heads=("ForKeypointMatching",),
    call=lambda first, second: Call([first, second], {"threshold": 0.2}),
    read=_matches,
    rows=Rows.PIXELS,
    own="transformers 5.23's stretches the points on pictures that aren't square.",
    examples=({"first": "street.jpg", "second": "street-later.jpg"},),
    nothing="No point of the first picture was found in the second.",
)
