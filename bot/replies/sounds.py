"""What sounds and transcripts look like."""

from collections.abc import Sequence
from itertools import pairwise

from bot.answers import Segment, Sound, Transcript
from bot.replies import fitting
from bot.replies.rendered import Asked, Parts, Rendered, Voice, joined
from bot.replies.text import escaped, markdown

_LONGEST = 360_000.0
"""Seconds, 100 hours: a time beyond makes no sense."""

_UNENDED = 3.0
"""Seconds that a caption stays where nothing tells when it ends."""


def sound(asked: Asked, answer: Sound) -> Rendered:
    """Ogg with Opus, to be sent as a voice message or as a file; of a very long one the beginning."""
    from bot.media.sound import ogg, unwrapped, waveform

    samples = unwrapped(answer.wav)
    if not len(samples):
        return Rendered(asked.nothing)
    whole, most = len(samples), fitting.room(asked.limit)
    while len(data := ogg(samples, answer.rate)) > most:
        samples = samples[: int(len(samples) * 0.95 * most / len(data))]
    if not data:
        return Rendered(asked.nothing)
    seconds = len(samples) / answer.rate
    text = f"🔊 **{_length(seconds)}**"
    if len(samples) < whole:
        text += f"\n-# That is the beginning: all {_length(whole / answer.rate)} don't fit into a file here."
    voice = Voice(data, seconds, waveform(samples, rate=answer.rate))
    return Rendered(text, *asked.attached("ogg", data, f"A sound of {_length(seconds)}"), voice)


def transcript(asked: Asked, answer: Transcript) -> Rendered:
    """The words; with their times and as subtitles, where the model told times."""
    segments = _timed(answer.segments)
    if not answer.text.strip() and not segments:
        return Rendered(asked.nothing)
    if not segments:
        told, file = asked.written(markdown(answer.text).strip(), answer.text)
        return Rendered(told, *file)
    lines = [f"`{_clock(segment.start)}` {escaped(segment.text).strip()}" for segment in segments]
    told, file = asked.written("\n".join(lines), "\n".join(_line(segment.text) for segment in segments))
    return Rendered(told, *joined(file, _subtitles(asked, segments)))


def _subtitles(asked: Asked, segments: Sequence[Segment]) -> Parts:
    captions = list(zip(segments, _ends(segments), strict=True))
    srt = "\n".join(
        f"{number}\n{_stamp(it.start, ',')} --> {_stamp(end, ',')}\n{_line(it.text)}\n"
        for number, (it, end) in enumerate(captions, start=1)
    )
    vtt = "\n".join(
        ["WEBVTT\n", *(f"{_stamp(it.start, '.')} --> {_stamp(end, '.')}\n{_cue(it.text)}\n" for it, end in captions)]
    )
    return joined(
        asked.document("srt", srt, "Subtitles, as most players take them"),
        asked.document("vtt", vtt, "Subtitles, as web pages take them"),
    )


def _timed(segments: Sequence[Segment]) -> list[Segment]:
    """The segments that say something at a time, in its order."""
    return sorted((it for it in segments if it.text.strip() and 0 <= it.start < _LONGEST), key=lambda it: it.start)


def _ends(segments: Sequence[Segment]) -> list[float]:
    """When each is over: as the model said, else when the next begins."""
    following = [later.start for _, later in pairwise(segments)]
    following.append(segments[-1].start + _UNENDED)
    return [
        it.end if it.end is not None and it.start < it.end < _LONGEST else later
        for it, later in zip(segments, following, strict=True)
    ]


def _line(text: str) -> str:
    # An arrow between two times begins a caption, an empty line ends it.
    return " ".join(text.split()).replace("-->", "→")


def _cue(text: str) -> str:
    return _line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _stamp(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}{point}{thousandths:03}"


def _length(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{_clock(seconds)} min"
