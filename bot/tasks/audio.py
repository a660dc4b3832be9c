"""Tasks for people who bring sound, or want some."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from bot.answers import Scores, Segment, Sound, Transcript
from bot.request import Input
from bot.tasks.image import LabelOptions
from bot.tasks.languages import read_language
from bot.tasks.options import Parse, Range
from bot.tasks.task import Call, Defaults, Kind, Model, Rows, Task

VOICE = {"audio": "voice.ogg"}

SPOKEN = frozenset(
    (
        "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu "
        "hy id is it ja jv ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl no oc pa pl ps pt ro "
        "ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh"
    ).split()
)
"""What Whisper knows: LANGUAGES in transformers' tokenization_whisper.py, as `read_language` writes them."""


def _language(text: str) -> str | None:
    """A language, or None to find it out. One with a question mark is a guess, which the recording may contradict."""
    if text.strip().casefold() == "auto":
        return None
    guess = "?" if text.rstrip().endswith("?") else ""
    return read_language(text.rstrip(" ?")) + guess


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    language: Annotated[str | None, Parse(_language)] = None
    """Of the recording, or a guess at it; None lets the model find out."""
    timestamps: bool = False


def _transcript(raw: Any, _inputs: Mapping[str, Input]) -> Transcript:
    segments = (
        Segment(float(start or 0.0), None if end is None else float(end), chunk["text"].strip())
        for chunk in raw.get("chunks", ())
        for start, end in [chunk["timestamp"]]
    )
    return Transcript(raw["text"].strip(), tuple(segment for segment in segments if segment.text))


def _listen(audio: Any, language: str | None, timestamps: bool) -> Call:
    told: dict[str, Any] = {"language": language}
    if language and language.endswith("?"):
        told = {"hint": language.removesuffix("?")}
    return Call(audio, {**told, "timestamps": timestamps})


TRANSCRIBE = Task(
    "automatic-speech-recognition",
    command="transcribe",
    title="What is said",
    summary="Write down what is said in a recording or a voice message",
    takes={"audio": Kind.AUDIO},
    options=TranscribeOptions,
    gives=Transcript,
    models=Defaults(
        Model("openai/whisper-base", licence="Apache-2.0", size=290_000_000),
        gpu=Model("openai/whisper-large-v3-turbo", licence="MIT", size=1_600_000_000),
    ),
    heads=("ForConditionalGeneration", "ForCTC", "ForSpeechSeq2Seq"),
    call=_listen,
    read=_transcript,
    rows=Rows.SECONDS,
    own="transformers' has other options for every kind of model.",
    examples=(VOICE, VOICE | {"timestamps": "yes"}),
    nothing="Nobody says anything in it that I understand.",
    time_limit=1200.0,
)


@dataclass(frozen=True, slots=True)
class SpeakOptions:
    voice: Annotated[int | None, Range(1, 200)] = None
    """One of the model's voices by its number."""


def _sound(raw: Any, _inputs: Mapping[str, Input]) -> Sound:
    from bot.media.sound import wav

    rate = int(raw["sampling_rate"])
    return Sound(wav(raw["audio"], rate), rate)


SPEAK = Task(
    "text-to-audio",
    command="speak",
    title="Read aloud",
    summary="Say a text aloud, as a voice message",
    takes={"text": Kind.TEXT},
    options=SpeakOptions,
    gives=Sound,
    # kakao-enterprise/vits-ljs is much faster, but needs the phonemizer library and espeak-ng on the machine.
    models=Defaults(Model("suno/bark-small", licence="MIT", verified=True, size=1_700_000_000)),
    heads=("VitsModel", "BarkModel"),
    call=lambda text, voice: Call(text, {"voice": voice}),
    read=_sound,
    rows=Rows.SECONDS,
    aliases=("text-to-speech",),
    own="transformers' says a long text in one breath.",
    examples=({"text": "Good morning! The meeting starts at ten."},),
    max_characters=2_000,
    time_limit=900.0,
)

_WHOLE = "transformers' hears the first seconds only, or some by chance."

RECOGNIZE_AUDIO = Task(
    "audio-classification",
    command="audio recognize",
    title="What is to be heard?",
    summary="Name what is to be heard in a recording",
    takes={"audio": Kind.AUDIO},
    gives=Scores,
    models=Defaults(Model("MIT/ast-finetuned-audioset-10-10-0.4593", licence="BSD-3-Clause")),
    heads=("ForSequenceClassification", "ForAudioClassification"),
    call=lambda audio: Call(audio, {"top_k": 5}),
    read=lambda raw, _: Scores.of(raw),
    rows=Rows.SECONDS,
    own=_WHOLE,
    examples=({"audio": "street.mp3"}, VOICE),
)

CLASSIFY_AUDIO = Task(
    "zero-shot-audio-classification",
    command="audio classify",
    title="Which label fits the sound?",
    summary="Sort a recording under labels that you make up",
    takes={"audio": Kind.AUDIO},
    options=LabelOptions,
    gives=Scores,
    models=Defaults(
        Model("laion/clap-htsat-unfused", licence="Apache-2.0"),
        gpu=Model("laion/larger_clap_general", licence="Apache-2.0"),
    ),
    heads=("ClapModel",),
    call=lambda audio, labels: Call(audio, {"candidate_labels": list(labels)}),
    read=lambda raw, _: Scores.of(raw),
    rows=Rows.SECONDS,
    own=_WHOLE,
    examples=({"audio": "street.mp3", "labels": "rain, a bell, music, people talking"},),
)
