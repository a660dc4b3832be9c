"""The French that the grammar of phrases needs: verbs, elision, agreement."""

from collections.abc import Mapping

Row = Mapping[str, str]
"""Of one of the tables in `data/phrases/lexicon`."""

PERSONS = ("je", "tu", "il", "nous", "vous", "ils")


def forms(six: str) -> dict[str, str]:
    """A verb's forms by person."""
    return dict(zip(PERSONS, six.split(), strict=True))


FUTURE = forms("ai as a ons ez ont")
IMPERFECT = {"je": "ais", "tu": "ais", "il": "ait", "ils": "aient"}
"""Only those before which the stem stays as it is."""
HAVE = forms("ai as a avons avez ont")
BE = forms("suis es est sommes êtes sont")
BE_IMPERFECT = forms("étais étais était étions étiez étaient")
GO = forms("vais vas va allons allez vont")
SPEAK = forms("parle parles parle parlons parlez parlent")
CAN = forms("peux peux peut pouvons pouvez peuvent")
COULD = forms("pourrais pourrais pourrait pourrions pourriez pourraient")
SHOULD = forms("devrais devrais devrait devrions devriez devraient")
MUST = forms("dois dois doit devons devez doivent")
LIKE = forms("aime aimes aime aimons aimez aiment")

POSSESSIVES = {
    "my": ("mon", "ma", "mes"),
    "your": ("ton", "ta", "tes"),
    "his": ("son", "sa", "ses"),
    "her": ("son", "sa", "ses"),
    "our": ("notre", "notre", "nos"),
    "their": ("leur", "leur", "leurs"),
}
"""Masculine, feminine and plural, by the English word."""

_UNELIDED = ("huit", "hongrie", "onze")
_BEFORE_VOWELS = {"beau": "bel", "nouveau": "nouvel", "vieux": "vieil"}


def starts_with_vowel(word: str) -> bool:
    """Or with an h that is as good as none."""
    return word[:1].lower() in "aeiouâàéèêëîïôœùûh" and not word.lower().startswith(_UNELIDED)


def elided(word: str, following: str) -> str:
    """`word` before `following`: l', j', n', qu', d', or with the space it takes."""
    return f"{word[:-1]}'" if starts_with_vowel(following) else f"{word} "


def some(noun: str, *, feminine: bool) -> str:
    """The noun with its partitive article."""
    return ("de l'" if starts_with_vowel(noun) else "de la " if feminine else "du ") + noun


def conjugated(subject: str, form: str, rest: str = "", *, negative: bool = False) -> str:
    """Subject and verb, and what follows the verb at once, such as a participle."""
    if negative:
        said = f"{subject} {elided('ne', form)}{form} pas"
    else:
        said = f"j'{form}" if subject == "je" and starts_with_vowel(form) else f"{subject} {form}"
    return f"{said} {rest}" if rest else said


def agreed(adjective: Row, *, feminine: bool, plural: bool) -> str:
    """The form of an adjective."""
    return adjective[f"fr_{'fem' if feminine else 'masc'}_{'pl' if plural else 'sg'}"]


def described(noun: str, adjective: Row, *, feminine: bool, plural: bool) -> str:
    """The noun with the adjective, where that stands."""
    form = agreed(adjective, feminine=feminine, plural=plural)
    if adjective["position"] != "before":
        return f"{noun} {form}"
    if not feminine and not plural and starts_with_vowel(noun):
        form = _BEFORE_VOWELS.get(form, form)
    return f"{form} {noun}"


def owned(owner: str, noun: str, *, feminine: bool, plural: bool) -> str:
    """The possessive, by the English one, that stands before the noun."""
    masculine, female, several = POSSESSIVES[owner]
    return several if plural else masculine if not feminine or starts_with_vowel(noun) else female
