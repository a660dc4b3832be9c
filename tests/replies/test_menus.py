"""Which tasks fit a message, and the modal that offers them."""

from typing import Any

import discord
import pytest

from bot.errors import Refusal
from bot.replies.menus import MOST, Fit, MoreModal, fits
from bot.tasks import TASKS, find
from tests.replies.attached import attached


def commands(offered: list[Fit]) -> set[str]:
    return {fit.task.command for fit in offered}


def of(offered: list[Fit], command: str) -> Fit:
    return next(fit for fit in offered if fit.task.command == command)


def shown(fit: Fit) -> dict[str, Any]:
    return {
        name: value.filename if isinstance(value, discord.Attachment) else value for name, value in fit.values.items()
    }


TEXT = {"sentiment", "classify", "entities", "answer", "compare", "write", "rewrite", "decide", "omni", "speak"}
PICTURE = {
    "image ask", "image guess", "image recognize", "image classify", "image objects", "image find", "image regions",
    "image cutouts", "image depth", "image upscale", "omni", "document ask",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("Hello there", [], TEXT),
        ("The capital is ___.", [], TEXT | {"fill"}),
        ("", ["cat.png"], PICTURE),
        ("My cat", ["cat.png"], PICTURE | TEXT),
        ("", ["cat.png", "dog.jpg"], PICTURE | {"image compare", "image match"}),
        ("", ["voice-message.ogg"], {"audio recognize", "audio classify", "omni"}),
        ("", ["clip.mp4"], {"audio recognize", "audio classify", "video recognize", "omni"}),
        ("", ["letter.pdf"], {"document ask"}),
        ("", ["shop.xlsx"], {"document table"}),
        ("", ["shop.csv"], {"document table", "answer"}),
        ("", ["notes.txt"], {"answer"}),
        ("", ["program.exe"], set()),
        ("", [], set()),
    ],
)
def test_what_fits(text: str, names: list[str], expected: set[str]) -> None:
    assert commands(fits(text, [attached(name) for name in names])) == expected


def test_the_text_is_what_a_text_task_is_about() -> None:
    offered = fits("The shop opens at nine.", [])
    assert shown(of(offered, "sentiment")) == {"text": "The shop opens at nine."}
    assert of(offered, "sentiment").asks is None
    for command, about, asks in (
        ("answer", "text", "question"),
        ("classify", "text", "labels"),
        ("compare", "first", "second"),
        ("decide", "situation", "question"),
        ("rewrite", "text", "instruction"),
    ):
        fit = of(offered, command)
        assert shown(fit) == {about: "The shop opens at nine."}
        assert fit.asks == asks
        assert fit.needs is not None


def test_a_text_file_is_given_as_a_file() -> None:
    fit = of(fits("", [attached("notes.txt")]), "answer")
    assert shown(fit) == {"file": "notes.txt"}
    assert fit.asks == "question"


def test_what_is_typed_is_asked_about_a_picture_and_else_the_text_below_it() -> None:
    captioned = of(fits("What breed is it?", [attached("cat.png")]), "image ask")
    assert captioned.needs is None
    assert captioned.with_typed("  ")["question"] == "What breed is it?"
    assert captioned.with_typed("How old?")["question"] == "How old?"
    bare = of(fits("", [attached("cat.png")]), "image ask")
    assert bare.needs == "a question"
    assert bare.with_typed("How old?")["question"] == "How old?"
    with pytest.raises(Refusal, match="/image ask needs a question"):
        bare.with_typed(" ")


def test_text_below_a_picture_is_no_label() -> None:
    fit = of(fits("My cat", [attached("cat.png")]), "image classify")
    assert shown(fit) == {"image": "cat.png"}
    assert fit.needs == "your labels, with commas between"


def test_what_needs_nothing_more_takes_nothing_more() -> None:
    assert of(fits("Hello", []), "sentiment").with_typed("ignored") == {"text": "Hello"}


def test_two_pictures_in_their_order() -> None:
    offered = fits("", [attached("cat.png"), attached("notes.txt"), attached("dog.png"), attached("cow.png")])
    assert shown(of(offered, "image compare")) == {"first": "cat.png", "second": "dog.png"}
    assert shown(of(offered, "image depth")) == {"image": "cat.png"}


def test_a_video_is_a_recording_only_where_there_is_none() -> None:
    both = fits("", [attached("clip.mp4"), attached("talk.mp3")])
    assert shown(of(both, "audio recognize")) == {"audio": "talk.mp3"}
    assert shown(of(both, "omni")) == {"audio": "talk.mp3", "video": "clip.mp4"}
    alone = fits("", [attached("clip.mp4")])
    assert shown(of(alone, "audio recognize")) == {"audio": "clip.mp4"}
    assert shown(of(alone, "omni")) == {"video": "clip.mp4"}


EVERYTHING = [attached(name) for name in ("a.png", "b.png", "c.mp3", "d.mp4", "e.csv", "f.pdf")]


def test_files_first_and_no_more_than_discord_takes() -> None:
    offered = fits("A text with ___ in it", EVERYTHING)
    assert len(offered) == MOST
    with_files = [bool(fit.task.media) and not fit.task.long_text for fit in offered]
    assert with_files == sorted(with_files, reverse=True)


@pytest.mark.parametrize("files", [[], EVERYTHING], ids=["text", "files"])
def test_every_fit_is_a_request_once_something_is_typed(files: list[discord.Attachment]) -> None:
    for fit in fits("A text with ___ in it", files):
        values = fit.with_typed("a, b")
        assert values.keys() <= fit.task.parameters().keys()
        assert all(values.get(name) for name, required in fit.task.parameters().items() if required)


def test_the_modal_is_within_discords_limits() -> None:
    # The longest of what could be offered: each task with something to be typed.
    needy = [Fit(task, {}, asks) for task in TASKS for asks in ("second", "labels", "instruction")]
    for start in range(0, len(needy), MOST):
        payload = MoreModal(needy[start : start + MOST], author=1).to_dict()
        assert len(payload["title"]) <= 45
        for label in payload["components"]:
            assert len(label["label"]) <= 45
            assert len(label.get("description", "")) <= 100
        choices = payload["components"][0]["component"]["options"]
        assert 1 <= len(choices) <= 25
        for choice in choices:
            assert 1 <= len(choice["label"]) <= 100
            assert 1 <= len(choice["description"]) <= 100


def test_the_list_says_what_needs_something() -> None:
    offered = fits("Hello", [])
    shown = MoreModal(offered, author=1).to_dict()["components"][0]["component"]["options"]
    choices = {it["value"]: it["label"] for it in shown}
    assert choices["text-classification"] == "/sentiment"
    assert choices["zero-shot-classification"] == "/classify: needs your labels, with commas between"
    assert find("compare").name in choices
