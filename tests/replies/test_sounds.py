import io

import av
import numpy as np
import pytest

from bot.answers import Segment, Sound, Transcript
from bot.media.sound import wav
from bot.replies.renderers import ROOM
from bot.samples import sample
from bot.tasks import SPEAK, TRANSCRIBE
from tests.replies.sending import content, sent

RATE = 16_000


def tone(seconds: float) -> Sound:
    times = np.arange(int(seconds * RATE)) / RATE
    return Sound(wav((0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32), RATE), RATE)


def test_a_sound_comes_as_a_voice_message_and_as_a_file() -> None:
    rendered = sent(SPEAK, tone(2.5), text="Good morning!")
    assert rendered.text == "🔊 **2.5 s**"
    (file,) = rendered.files
    assert file.filename == "speak.ogg"
    assert rendered.voice is not None
    assert rendered.voice.ogg == content(file)
    assert rendered.voice.seconds == 2.5
    assert 1 <= len(rendered.voice.waveform) <= 256
    with av.open(io.BytesIO(rendered.voice.ogg)) as container:
        assert container.streams.audio[0].codec_context.name == "opus"


def test_of_a_sound_too_heavy_to_send_the_beginning_is_told() -> None:
    rendered = sent(SPEAK, tone(30), limit=50_000, text="Good morning!")
    assert "That is the beginning: all 30.0 s don't fit" in rendered.text
    assert rendered.voice is not None
    assert 5 < rendered.voice.seconds < 25
    assert len(content(rendered.files[0])) <= 49_000


def test_silence_of_no_length_is_nothing() -> None:
    rendered = sent(SPEAK, tone(0), text="Good morning!")
    assert (rendered.text, rendered.voice) == (f"*{SPEAK.nothing}*", None)


def test_a_transcript_without_times_is_its_words() -> None:
    rendered = sent(TRANSCRIBE, Transcript("So be it, @everyone."), audio=sample("voice.ogg"))
    assert (rendered.text, rendered.files) == ("So be it, @\u200beveryone.", ())


def test_nothing_said_is_a_sentence() -> None:
    assert sent(TRANSCRIBE, Transcript(" ")).text == f"*{TRANSCRIBE.nothing}*"


SAID = Transcript(
    "One. Two <b>& three --> four.",
    (Segment(0.0, 2.5, " One."), Segment(5.25, None, "Two <b>&\n\nthree --> four."), Segment(3725.5, None, "Late.")),
)


def test_times_stand_before_what_is_said() -> None:
    lines = sent(TRANSCRIBE, SAID).text.splitlines()
    assert lines == ["`0:00` One.", "`0:05` Two \\<b>& three --> four.", "`1:02:05` Late."]


def test_subtitles_of_both_kinds() -> None:
    srt, vtt = sent(TRANSCRIBE, SAID).files
    assert content(srt).decode() == (
        "1\n00:00:00,000 --> 00:00:02,500\nOne.\n\n"
        "2\n00:00:05,250 --> 01:02:05,500\nTwo <b>& three → four.\n\n"
        "3\n01:02:05,500 --> 01:02:08,500\nLate.\n"
    )
    assert content(vtt).decode() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nOne.\n\n"
        "00:00:05.250 --> 01:02:05.500\nTwo &lt;b&gt;&amp; three → four.\n\n"
        "01:02:05.500 --> 01:02:08.500\nLate.\n"
    )
    assert (srt.filename, vtt.filename) == ("transcribe.srt", "transcribe.vtt")


@pytest.mark.parametrize("segments", [(), tuple(Segment(n, n + 1.0, "Words, words, words.") for n in range(400))])
def test_a_long_transcript_is_a_file_too(segments: tuple[Segment, ...]) -> None:
    rendered = sent(TRANSCRIBE, Transcript("Words, words, words. " * 400, segments), audio=sample("voice.ogg"))
    assert ROOM.holds(rendered.text)
    assert content(rendered.files[0]).decode().count("Words, words, words.") == 400
    assert len(rendered.files) == (3 if segments else 1)


def test_times_that_make_no_sense_leave_subtitles_readable() -> None:
    segments = (Segment(4.0, 1.0, "b"), Segment(2.0, float("inf"), "a"), Segment(float("nan"), 3.0, "c"))
    srt, _ = sent(TRANSCRIBE, Transcript("a b", segments)).files
    assert content(srt).decode() == "1\n00:00:02,000 --> 00:00:04,000\na\n\n2\n00:00:04,000 --> 00:00:07,000\nb\n"
