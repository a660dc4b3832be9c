"""Which words mean about the same, and which name things of one kind: from the lists of the data."""

import re

from tools.starter import data

FUNCTION = frozenset(
    """
    a about above across after again ago all along also although always am among an and any are around as at away back
    be because been before behind below beside besides between both but by can could did do does down during each
    either even ever every few for from had has have he her here him his how however i if in inside instead into is it
    its just later like many may me might more most much must my near nearly never no nobody nor not nothing now of
    off often on once only onto or other our out outside over own past per quite rather really she should since so
    some soon still such than that the their them then there these they this those though through till to today
    together tomorrow tonight too toward towards under unless until up upon us very was we were what when where
    whether which while who whom whose why will with within without would yesterday yet you your
    """.split()
)
"""Words that hold sentences together, and say nothing about what is spoken of."""
_ENDINGS = ("ings", "ing", "ied", "ies", "ers", "ed", "es", "er", "ly", "s", "e", "y", "d")


def alike() -> list[list[str]]:
    """Groups of words that can stand for each other in a question, the inflected forms of irregular ones included."""
    return [line.split() for line in data.lines("words/alike")]


def kinds() -> list[tuple[list[str], list[str]]]:
    """Names of kinds (`metal`), each with the words for things of that kind (`copper`)."""
    pairs = (line.split(": ") for line in data.lines("words/kinds"))
    return [(names.split(), members.split()) for names, members in pairs]


def fields() -> list[list[str]]:
    """Groups of words that are used when one topic is spoken about."""
    return [
        re.findall("[a-z]+", " ".join(value for key, value in block if key in "TW").lower())
        for block in data.blocks("topics/finer")
    ]


def stem(word: str) -> str:
    """What the regular forms of a word have in common, roughly: `carri` for none, `carr` for carry and carried."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word.rstrip("ei") if len(word) > 3 else word
