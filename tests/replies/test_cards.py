from dataclasses import replace

import numpy as np
import pytest

from bot.answers import Score, Scores, Sound, Text
from bot.errors import Cancelled, Refusal
from bot.media.sound import wav
from bot.replies import cards
from bot.replies.buttons import below
from bot.replies.fitting import objections
from bot.replies.progress import CancelButton
from bot.request import Input, Request
from bot.samples import sample
from bot.tasks import DESCRIBE, FILL, SENTIMENT, SPEAK, TASKS, Kind, Task
from bot.worker.door import Done, Event, Loading, Partial, Queued, Running, Source, Step
from tests.conftest import texts
from tests.replies.sending import LIMIT

REQUEST = Request("text-classification", {"text": "x" * 6000})


FILES = {Kind.IMAGE: "street.jpg", Kind.AUDIO: "voice.ogg", Kind.VIDEO: "clip.mp4"}


def lines(card: cards.Card) -> list[str]:
    return list(texts(card.view.to_components()))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Queued(0, None), "⏳ Queued: you are next."),
        (Queued(3, None), "⏳ Queued: 3 before you."),
        (Queued(3, 12.3), "⏳ Queued: 3 before you, about 12.3 s."),
        (Loading(None), "📦 Loading the model…"),
        (Loading(0.42), "📦 Loading the model: ▰▰▰▰▱▱▱▱▱▱ 42%"),
        (Loading(0.0, 1_500_000_000), "📦 Downloading the model (1.5 GB, once): ▱▱▱▱▱▱▱▱▱▱ 0%"),
        (Loading(0.42, 41_000_000), "📦 Downloading the model (41 MB, once): ▰▰▰▰▱▱▱▱▱▱ 42%"),
        (Running(), "⚙️ Running…"),
        (Running(4, 10), "⚙️ Running: ▰▰▰▱▱▱▱▱▱▱ part 4 of 10"),
        (Partial("so *far*"), "so \\*far\\*"),
    ],
)
def test_every_stage_says_what_goes_on_and_can_be_cancelled(event: Event, line: str) -> None:
    card = cards.progress(SENTIMENT, REQUEST, event, CancelButton("abc123"))
    assert lines(card)[2:] == [line, "Cancel"]


def answered(task: Task = SENTIMENT, **source: object) -> cards.Card:
    steps = (Step("owner/name", "abcdef1234567"),)
    told = {"steps": steps, "starter": False, "device": "cuda", "dtype": "float32", "seconds": 0.0123}
    done = Done(Scores((Score("good", 0.9), Score("bad", 0.1))), Source(**told | source))  # type: ignore[arg-type]
    return cards.answered(task, REQUEST, done, limit=LIMIT)


def test_the_footer_says_model_time_and_device() -> None:
    assert lines(answered())[-1] == "-# owner/name@abcdef1 · 12 ms on cuda"


def test_a_folder_of_the_hosts_is_told_by_its_name_alone() -> None:
    assert lines(answered(steps=(Step("/home/ann/models/own", None),)))[-1] == "-# own · 12 ms on cuda"


def test_a_starters_answer_is_clearly_marked() -> None:
    assert "**Starter model**, small: it errs more often than a real one." in lines(answered(starter=True))[-1]
    untrained = lines(answered(FILL, starter=True))[-1]
    assert "**Starter model**, untrained: this shows the wiring, not a result." in untrained


def test_notes_are_shown() -> None:
    assert "the first 600 characters" in lines(answered(notes=("the answer is about the first 600 characters.",)))[-1]


def test_cards_keep_discords_limits() -> None:
    refusal = Refusal("*" * 10_000)
    for card in (answered(steps=(Step("m" * 500, None),) * 2), cards.refused(SENTIMENT, refusal), cards.broken("3f9a")):
        assert objections(card.view, card.files, LIMIT) == []


@pytest.mark.parametrize("sign", ["*", "好", "\n"])
@pytest.mark.parametrize("task", [task for task in TASKS if task.gives is Text], ids=lambda task: task.command)
def test_the_longest_answer_to_the_longest_question_fits(task: Task, sign: str) -> None:
    inputs: dict[str, Input] = {name: sign * 6000 for name in task.takes if name not in task.media}
    inputs |= {name: replace(sample(FILES[kind]), name="*" * 200) for name, kind in task.media.items()}
    source = Source((Step("*" * 200, "abcdef1234567"),) * 2, True, "cuda", "float32", 1.0, ("note " * 20,) * 2)
    request = Request(task.name, inputs)
    done = Done(Text(sign * 20_000 + "."), source)
    card = cards.answered(task, request, done, below(request, done.source, private=True), limit=LIMIT)
    assert objections(card.view, card.files, LIMIT) == []


@pytest.mark.parametrize("spoiler", [True, False])
def test_what_is_shown_of_a_spoiler_is_a_spoiler(spoiler: bool) -> None:
    request = Request(DESCRIBE.name, {"image": replace(sample("street.jpg"), spoiler=spoiler)})
    source = Source((Step("owner/name", None),), False, "cuda", "float32", 1.0)
    card = cards.answered(DESCRIBE, request, Done(Text("a street"), source), limit=LIMIT)
    (container,) = card.view.to_components()
    assert container["spoiler"] is spoiler
    assert [file.filename.startswith("SPOILER_") for file in card.files] == [spoiler]


def test_a_sound_is_a_voice_message_or_a_file_and_never_both() -> None:
    request = Request(SPEAK.name, {"text": "Good morning"})
    samples = np.sin(np.arange(8000) / 10).astype(np.float32)
    done = Done(Sound(wav(samples, 16_000), 16_000), Source((Step("owner/name", None),), False, "cpu", "float32", 1.0))
    spoken = cards.answered(SPEAK, request, done, limit=LIMIT, speak=True)
    assert spoken.voice is not None
    assert spoken.voice.seconds == pytest.approx(0.5, abs=0.1)
    assert spoken.files == ()
    written = cards.answered(SPEAK, request, done, limit=LIMIT, speak=False)
    assert written.voice is None
    assert [file.filename for file in written.files] == ["speak.ogg"]


def test_cancelled_is_no_reproach() -> None:
    assert lines(cards.refused(SENTIMENT, Cancelled()))[1:] == ["Cancelled."]
