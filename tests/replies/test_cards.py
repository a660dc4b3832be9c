import pytest

from bot.answers import Score, Scores
from bot.errors import Cancelled, Refusal
from bot.replies import cards
from bot.replies.progress import CancelButton
from bot.request import Request
from bot.tasks import SENTIMENT
from bot.worker.door import Done, Event, Loading, Partial, Queued, Running, Source, Step
from tests.conftest import texts

REQUEST = Request("text-classification", {"text": "x" * 6000})


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
        (Running(), "⚙️ Running…"),
        (Running(4, 10), "⚙️ Running: ▰▰▰▱▱▱▱▱▱▱ part 4 of 10"),
        (Partial("so *far*"), "so \\*far\\*"),
    ],
)
def test_every_stage_says_what_goes_on_and_can_be_cancelled(event: Event, line: str) -> None:
    card = cards.progress(SENTIMENT, REQUEST, event, CancelButton("abc123"))
    assert lines(card)[2:] == [line, "Cancel"]


def answered(**source: object) -> cards.Card:
    steps = (Step("owner/name", "abcdef1234567"),)
    told = {"steps": steps, "starter": False, "device": "cuda", "dtype": "float32", "seconds": 0.0123}
    done = Done(Scores((Score("good", 0.9), Score("bad", 0.1))), Source(**told | source))  # type: ignore[arg-type]
    return cards.answered(SENTIMENT, REQUEST, done)


def test_the_footer_says_model_time_and_device() -> None:
    assert lines(answered())[-1] == "-# owner/name@abcdef1 · 12 ms on cuda"


def test_a_folder_of_the_hosts_is_told_by_its_name_alone() -> None:
    assert lines(answered(steps=(Step("/home/ann/models/own", None),)))[-1] == "-# own · 12 ms on cuda"


def test_a_starters_answer_is_clearly_marked() -> None:
    assert "Starter model" in lines(answered(starter=True))[-1]
    assert "not a result" in lines(answered(starter=True))[-1]


def test_notes_are_shown() -> None:
    assert "the first 600 characters" in lines(answered(notes=("the answer is about the first 600 characters.",)))[-1]


def test_cards_keep_discords_limits() -> None:
    refusal = Refusal("*" * 10_000)
    for card in (answered(steps=(Step("m" * 500, None),) * 2), cards.refused(SENTIMENT, refusal), cards.broken("3f9a")):
        text = "".join(lines(card))
        assert len(text) <= 4000
        assert len(text.encode()) <= 9500
        assert card.view.total_children_count <= 40


def test_cancelled_is_no_reproach() -> None:
    assert lines(cards.refused(SENTIMENT, Cancelled()))[1:] == ["Cancelled."]
