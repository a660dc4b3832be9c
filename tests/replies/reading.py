"""How Discord reads a message: a small parser of its own, with the rules of its clients in their order."""

import re
from collections.abc import Iterator
from unicodedata import category, normalize
from urllib.parse import unquote

_RULES = {
    "heading": r" *#{1,3}\s+([^\n]+)",
    "quote": r" *>>> ([\s\S]*)|( *> [^\n]*(?:\n *> [^\n]*)*)",
    "code": r"```(?:[a-z0-9_+\-.#]+?\n)?\n*[^\n][\s\S]*?\n*```",
    "escape": r"\\[^0-9A-Za-z\s]",
    "address": r"<https?://[^\s>]+>|(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s]",
    "link": r"\[(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*\]"
    r"\(\s*<?(?:\([^)]*\)|[^\s\\]|\\.)*?>?(?:\s+['\"][\s\S]*?['\"])?\s*\)",
    "mention": r"@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^\n>]+:\d+>|<a?:\w+:\d+>|<id:\w+>",
    "spoiler": r"\|\|([\s\S]+?)\|\|",
    "strong": r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)",
    "underlined": r"__((?:\\[\s\S]|[^\\])+?)__(?!_)",
    "emphasis": r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:[^*\s\\]|\*\*)|[^\s*\\])+?)\*(?!\*)|_((?:__|\\[\s\S]|[^\\_])+?)_\b",
    "struck": r"~~(?=\S)([\s\S]*?\S)~~(?!_)",
    "verbatim": r"(`+)[\s\S]*?[^`]\1(?!`)",
}
RULES = {name: re.compile(pattern, re.IGNORECASE if name == "code" else 0) for name, pattern in _RULES.items()}
_LINES = {"heading", "quote"}
_INSIDE = {"heading", "quote", "spoiler", "strong", "underlined", "emphasis", "struck"}

INVITE = re.compile(
    r"(?:discord(?:app)?\s*\.\s*com[.:\d]*\s*/\s*(?:\S*/)?invite|(?:discord|dsc)\s*\.\s*gg[.:\d]*)\s*/+\s*\w",
    re.IGNORECASE,
)


def parts(text: str) -> Iterator[tuple[str, str]]:
    """What a text is made of, by rule; what none applies to is `plain`, a character each."""
    place = 0
    while place < len(text):
        begins = place == 0 or text[place - 1] == "\n"
        for name, rule in RULES.items():
            found = rule.match(text, place) if begins or name not in _LINES else None
            if found is None:
                continue
            if name in _INSIDE:
                inner = next(group for group in found.groups() if group is not None)
                yield from parts(re.sub(r"(?m)^ *> ", "", inner) if name == "quote" else inner)
            else:
                yield name, found[0]
            place = found.end()
            break
        else:
            yield "plain", text[place]
            place += 1


def active(text: str) -> list[str]:
    """What would ping, invite or hide where it leads."""
    read = list(parts(text))
    shown = "".join(" " if name in {"code", "verbatim"} else part for name, part in read)
    return [
        *(f"link: {part}" for name, part in read if name == "link"),
        # Who is pinged isn't told by what is drawn, so no backslash helps.
        *(f"mention: {mention[0]}" for mention in RULES["mention"].finditer(shown)),
        *(f"invite: {invite[0]}" for invite in INVITE.finditer(seen(shown))),
    ]


def seen(text: str) -> str:
    """What a person reads, and a browser, without escapes and signs that nobody sees."""
    written = re.sub(r"\\(?=[^0-9A-Za-z\s])", "", text).replace("\\", "/")
    plain = normalize("NFKC", unquote(written)).replace("。", ".")
    return "".join(sign for sign in plain if sign not in "`*_~|" and (sign.isspace() or category(sign)[0] not in "CM"))
