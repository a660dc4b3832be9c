import io
import wave

import numpy as np
import pytest

from bot.answers import Segment, Sound, Transcript
from bot.errors import Refusal
from bot.samples import sample
from bot.tasks import SPEAK, TRANSCRIBE


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (None, {"language": None}),
        ("auto", {"language": None}),
        ("Polish", {"language": "pl"}),
        ("pl?", {"hint": "pl"}),
        ("en-US?", {"hint": "en"}),
    ],
)
def test_a_language_is_an_order_and_with_a_question_mark_a_guess(typed: str | None, told: dict[str, str]) -> None:
    request = TRANSCRIBE.request({"audio": sample("voice.ogg"), "language": typed})
    call = TRANSCRIBE.call(**request.inputs, **request.options)
    assert call.parameters == {**told, "timestamps": False}


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(Refusal, match="I know no language called “Elvish”"):
        TRANSCRIBE.request({"audio": sample("voice.ogg"), "language": "Elvish"})


def test_the_segments_of_a_transcript() -> None:
    chunks = [{"timestamp": (0.0, 1.5), "text": " Hello"}, {"timestamp": (1.5, None), "text": "there "}]
    assert TRANSCRIBE.read({"text": " Hello there", "chunks": [*chunks, {"timestamp": (2, 2), "text": " "}]}, {}) == (
        Transcript("Hello there", (Segment(0.0, 1.5, "Hello"), Segment(1.5, None, "there")))
    )
    assert TRANSCRIBE.read({"text": "Hello"}, {}) == Transcript("Hello")


def test_speech_becomes_a_wav_at_its_own_rate() -> None:
    answer = SPEAK.read({"audio": np.zeros(800, np.float32), "sampling_rate": 8000}, {})
    assert isinstance(answer, Sound)
    with wave.open(io.BytesIO(answer.wav)) as file:
        assert (file.getframerate(), file.getnframes()) == (8000, 800)
