import numpy as np
import pytest
from PIL import Image

from bot.errors import Refusal
from bot.media.limits import Limits
from bot.request import File, Input
from bot.samples import SAMPLES, sample
from bot.tasks import ASK_DOCUMENT, ASK_TABLE, DESCRIBE, OMNI, RECOGNIZE_VIDEO, TRANSCRIBE, UPSCALE, Task
from bot.worker.decoding import check, decode


@pytest.mark.parametrize(
    ("task", "name", "kind"),
    [
        (DESCRIBE, "street.jpg", Image.Image),
        (TRANSCRIBE, "voice.ogg", np.ndarray),
        (RECOGNIZE_VIDEO, "clip.mp4", list),
        (ASK_DOCUMENT, "letter.pdf", list),
    ],
)
def test_a_file_becomes_what_its_task_takes(task: Task, name: str, kind: type) -> None:
    (media,) = task.media
    check(task, {media: sample(name)}, Limits())
    assert isinstance(decode(task, {media: sample(name)}, Limits(), 16_000)[media], kind)


def test_of_a_recording_what_is_listened_to_is_decoded() -> None:
    given: dict[str, Input] = {"prompt": "What is that?", "audio": File("long.wav", sample("street.mp3").data * 10)}
    decoded = decode(OMNI, given, Limits(), 8_000)
    assert decoded["prompt"] == "What is that?"
    assert len(decoded["audio"]) <= 30 * 8_000


def test_a_task_may_take_fewer_pixels_than_the_host() -> None:
    check(UPSCALE, {"image": sample("small.png")}, Limits())
    large = sample("street.jpg")
    check(DESCRIBE, {"image": large}, Limits())
    wide = Limits(pixels=400_000)
    with pytest.raises(Refusal, match=r"street\.jpg"):
        check(DESCRIBE, {"image": large}, wide)


@pytest.mark.parametrize("task", [DESCRIBE, TRANSCRIBE, RECOGNIZE_VIDEO, ASK_TABLE], ids=lambda task: task.command)
@pytest.mark.parametrize("name", SAMPLES)
def test_another_kind_of_file_is_refused_before_a_model_is_fetched(task: Task, name: str) -> None:
    fitting = {
        DESCRIBE.name: {"street.jpg", "street-later.jpg", "small.png", "letter.png"},
        TRANSCRIBE.name: {"voice.ogg", "street.mp3"},
        RECOGNIZE_VIDEO.name: {"clip.mp4"},
        ASK_TABLE.name: {"shop.csv"},
    }
    (media,) = task.media
    if name in fitting[task.name]:
        check(task, {media: sample(name)}, Limits())
    else:
        with pytest.raises(Refusal, match=name):
            check(task, {media: sample(name)}, Limits())
