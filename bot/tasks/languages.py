"""Languages: what people call them, what they are called in other languages, and which one a text is in."""

from collections.abc import Collection
from functools import cache
from typing import Any

import langcodes

from bot.errors import Refusal

SURE = 0.2
"""The share of certainty below which a detected language is no more than a guess: short texts fit many languages."""


def read_language(text: str) -> str:
    """The ISO 639 code of a language that is written as a code, a tag or a name in any language. Refusal if none is."""
    named = text.strip()
    try:
        tag = named if langcodes.tag_is_valid(named) else langcodes.find(named).to_tag()
        language = langcodes.Language.get(langcodes.standardize_tag(tag, macro=True)).language
    except (LookupError, ValueError, SystemError) as error:  # the last where language_data stumbles over odd letters
        raise Refusal(
            f"I know no language called “{named[:40]}”. Write its name or its code: French, or fr."
        ) from error
    # Discord, and everybody else, says "tl" and "no" where the standard prefers other codes.
    return {"fil": "tl", "nb": "no", "nn": "no"}.get(language or "", language or "")


def warm_up() -> None:
    """Load the names of languages, which the first use of this module would wait for."""
    read_language("English")
    language_name("en")


@cache
def language_name(code: str, locale: str = "en") -> str:
    """What a language is called in another one: `language_name("pl", "de")` is "Polnisch"."""
    name = langcodes.Language.get(code).display_name(locale)
    return name[:1].upper() + name[1:]


SHORT = 60
"""Characters. So few fit dozens of languages: of these texts, only the common languages are thought of."""


def detect_language(text: str, among: Collection[str], common: Collection[str]) -> str:
    """The language `text` is in, out of `among`. Takes half a second the first time. Refusal where that is a guess."""
    likely = common if len(text.strip()) < SHORT else among
    best = _identifier(tuple(sorted(likely))).rank(text)[:2]
    if best[0][1] < SURE:
        guesses = " or ".join(language_name(code) for code, _ in best)
        raise Refusal(f"I can't tell which language that is ({guesses}, perhaps). Say it with “from”.")
    return str(best[0][0])


@cache
def _identifier(among: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in among if code in set(identifier.labels)])
    return identifier


def matching_languages(typed: str, among: Collection[str], locale: str) -> list[tuple[str, str]]:
    """Those of `among` that `typed` may mean, as (code, name in `locale`'s language), the likeliest first."""
    wanted = typed.strip().casefold()
    found = []
    for code in among:
        name = language_name(code, locale)
        others = code, name, language_name(code), language_name(code, code)
        ranks = [0 if other.casefold().startswith(wanted) else 1 for other in others if wanted in other.casefold()]
        if ranks:
            found.append((min(ranks), name.casefold(), code, name))
    return [(code, name) for _, _, code, name in sorted(found)]
