"""Translation: which languages, and by which models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from bot.answers import Text
from bot.errors import Refusal
from bot.request import Input, Option
from bot.tasks.languages import detect_language, language_name, read_language
from bot.tasks.options import Parse
from bot.tasks.task import RETIRED, STARTER, Call, Defaults, Kind, Leg, Model, Plan, Rows, Task

BROAD = Model("facebook/m2m100_418M", licence="MIT", verified=True)
BROAD_LANGUAGES = frozenset(
    (
        "af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi "
        "hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns "
        "oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo zh "
        "zu"
    ).split()
)
"""What M2M100 knows: FAIRSEQ_LANGUAGE_CODES in transformers' tokenization_m2m_100.py."""

STARTER_PAIRS = (("en", "fr"), ("fr", "en"))
"""What the starter model has learned."""

_TO_ENGLISH_ONLY = "ar bg ca cs da eo et hi hu id ja ko lv mk sk sq th tr ur vi zh"
_TARGETS = dict.fromkeys(_TO_ENGLISH_ONLY.split(), "en") | {
    "de": "en es fi fr it nl pl uk",
    "en": "ar bg ca cs da de el eo es et fi fr he hi hu id it mk nl ro ru sk sq sv uk ur vi zh",
    "es": "de en fi fr it nl pl ru uk",
    "fi": "de en es fr it nl ru sv uk",
    "fr": "de en es pl ru sv uk",
    "it": "de en es fr sv uk",
    "nl": "en es fi fr sv uk",
    "pl": "de en es fr sv uk",
    "ru": "en es fi fr sv uk",
    "sv": "en es fi fr nl ru uk",
    "uk": "de en es fi fr it nl pl ru sv",
}
PAIRS = frozenset((source, target) for source, targets in _TARGETS.items() for target in targets.split())
"""What Helsinki-NLP's opus-mt models of one pair are used for here, out of the pairs that EasyNMT lists as published
(UKPLab/EasyNMT, models/opus-mt/easynmt.json): English, and the ten languages with most of them among each other."""

COMMON_LANGUAGES = frozenset(code for pair in PAIRS for code in pair) | {"pt"}
LANGUAGES = BROAD_LANGUAGES | COMMON_LANGUAGES


def _opus(source: str, target: str) -> Model:
    # Of those whose page was seen, this one has another licence than the rest.
    licence = "CC-BY-4.0" if (source, target) == ("en", "de") else "Apache-2.0"
    return Model(f"Helsinki-NLP/opus-mt-{source}-{target}", licence=licence, verified=True)


def route(source: str, target: str) -> tuple[Model, ...]:
    """The models from one language to the other, in their order. Refusal where there are none.

    Two small models by way of English come before the broad one, which is six times their size and no better.
    """
    if (source, target) in PAIRS:
        return (_opus(source, target),)
    if (source, "en") in PAIRS and ("en", target) in PAIRS:
        return _opus(source, "en"), _opus("en", target)
    if {source, target} <= BROAD_LANGUAGES:
        return (BROAD,)
    unknown = next(code for code in (target, source) if code not in BROAD_LANGUAGES)
    raise Refusal(
        f"I can't translate between {language_name(source)} and {language_name(target)}: no model of mine "
        f"knows {language_name(unknown)} well enough. While you type a language, I offer those I know."
    )


def languages_to(model: str | None, source: str | None) -> frozenset[str]:
    """The languages that a text can be translated to, by `model` (None: the route's own) and from `source` if given."""
    pairs = _pairs_of(model)
    if pairs is not None:
        return frozenset(target for own, target in pairs if source in (None, own))
    return frozenset(code for code in LANGUAGES if code != source and (source is None or _reaches(source, code, model)))


def languages_from(model: str | None, target: str | None) -> frozenset[str]:
    """The languages that a text can be translated from; see `languages_to`."""
    pairs = _pairs_of(model)
    if pairs is not None:
        return frozenset(source for source, own in pairs if target in (None, own))
    return frozenset(code for code in LANGUAGES if code != target and (target is None or _reaches(code, target, model)))


def _reaches(source: str, target: str, model: str | None) -> bool:
    if model is not None:
        return True  # What this model knows is seen when it is loaded.
    try:
        return bool(route(source, target))
    except Refusal:
        return False


def _pairs_of(model: str | None) -> list[tuple[str, str]] | None:
    """The only pairs `model` can do, where its name says so."""
    if model is None:
        return None
    if model.startswith(STARTER):
        return list(STARTER_PAIRS)
    name = model.partition("@")[0].rstrip("/").rpartition("/")[2].lower()
    if opus := re.fullmatch(r"opus-mt-(?:tc-big-)?([a-z]{2,3})-([a-z]{2,3})", name):
        return [(opus[1], opus[2])]
    if re.fullmatch(r"t5-(small|base|large|3b|11b)", name):
        return [("en", target) for target in ("de", "fr", "ro")]
    return None


def _plan(inputs: Mapping[str, Input], options: Mapping[str, Option], model: str | None) -> Plan:
    text, source, target = inputs["text"], options["from"], str(options["to"])
    assert isinstance(text, str)
    detected = source is None
    source = detect_language(text, LANGUAGES, COMMON_LANGUAGES) if source is None else str(source)
    if source == target:
        found = f"That is {language_name(source)} already, as far as I can tell" if detected else "Both are the same"
        raise Refusal(f"{found}. Choose another language with “to”{', or say what it is with “from”' * detected}.")
    names = [language_name(source) + " (detected)" * detected, language_name(target)]
    options = {"from": source, "to": target}
    if model is None:
        models = route(source, target)
        stops = [source, *["en"] * (len(models) - 1), target]
        if len(models) > 1:
            names.insert(1, language_name("en"))
        ways = zip(pairwise(stops), models, strict=True)
        legs = tuple(Leg({"from": first, "to": last}, part) for (first, last), part in ways)
    elif model.startswith(STARTER) and (source, target) not in STARTER_PAIRS:
        route(source, target)
        raise Refusal(
            f"From {language_name(source)} to {language_name(target)} I need a real model, and none can be had just "
            "now. The starter model that stands in translates between English and French."
        )
    elif (source, target) in (_pairs_of(model) or [(source, target)]):
        legs = (Leg(options),)
    else:
        raise Refusal(
            f"{model} doesn't translate from {language_name(source)} to {language_name(target)}. Leave the model out, "
            "and I choose one that does."
        )
    return Plan(legs, (" → ".join(names),))


@dataclass(frozen=True, slots=True)
class TranslateOptions:
    to: Annotated[str, Parse(read_language)]
    from_: Annotated[str | None, Parse(read_language)] = None
    """None: detected."""


TRANSLATE = Task(
    "translation",
    command="translate",
    title="Translation",
    summary="Translate a text or a text file, from whatever language it is in",
    takes={"text": Kind.LONG_TEXT},
    options=TranslateOptions,
    gives=Text,
    models=Defaults(BROAD),
    other_models=tuple(_opus(*pair) for pair in sorted(PAIRS)),
    trained_starter=True,
    heads=("ForConditionalGeneration", "MTModel"),
    plan=_plan,
    call=lambda text, **languages: Call(text, {"src_lang": languages["from"], "tgt_lang": languages["to"]}),
    read=lambda raw, _: Text(raw[0]["translation_text"]),
    rows=Rows.TOKENS,
    own=RETIRED,
    chooses="For many pairs of languages there is a small Helsinki-NLP/opus-mt model, or there are two that meet in "
    "English; those come first.",
    link='[0]["translation_text"]',
    examples=(
        {"text": "Where is the station?", "to": "fr"},
        {"text": "Ostrzegam: jutro od ósmej do dziesiątej serwer będzie wyłączony.", "to": "de"},
    ),
    nothing="The model wrote nothing.",
    time_limit=600.0,
)
