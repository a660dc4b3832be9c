"""Defusing: text that pings nobody, invites nowhere and hides no address, and still reads as it was written."""

import re
from unicodedata import category, normalize
from urllib.parse import unquote

_NOTHING = "\u200b"
"""An invisible sign. Behind the @ of a mention it makes it text, also where a backslash would be seen or be undone."""

_MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)|<(?=#\d|id:|a?:\w+:\d|/[^\n>]{1,110}:\d)")

_DOT = r"\s{0,3}[.。]\s{0,3}"
_SLASH = r"[.。]?(?::\d{1,5})?\s{0,3}[/\\]\s{0,3}"
_INVITE = re.compile(
    r"(?:(?P<scheme>(?:https?:[/\\]{0,9}){1,3}(?:[^\s/\\?#@]{0,100}@)?)(?:[\w-]{1,63}\.){0,3})?"
    rf"(?:discord|discordapp|dsc|invite)(?P<dot>{_DOT})"
    rf"(?=(?:gg|gift|new|me|io|li|link){_SLASH}|com{_SLASH}\S{{0,100}}?(?:invite|template|gift|oauth2))",
    re.IGNORECASE,
)
"""Invites to servers, and what looks like one to members: gifts, templates, bots, and services that hide invites."""

_UNREAD = {"Cf", "Cc", "Mn", "Me"}
_SIGN = re.compile(r"(?P<escape>\\(?=[^0-9A-Za-z\s]))|%[0-7][0-9a-fA-F]|(?:%[89a-fA-F][0-9a-fA-F])+|[\s\S]")


def defused(text: str) -> str:
    """`text` without invites, mentions, and links that hide where they lead."""
    # Between ] and ( a backslash wouldn't do: Discord knows none inside a link.
    return _MENTION.sub(rf"\g<0>{_NOTHING}", _without_invites(text).replace("](", "] ("))


def _without_invites(text: str) -> str:
    """`text` with `discord[.]gg/…` in an invite's place."""
    bare, places = _bare(text)
    shown, place = "", 0
    for invite in _INVITE.finditer(bare):
        for group, instead in (("scheme", ""), ("dot", "[.]")):
            start, end = invite.span(group)
            if start >= 0:
                shown += text[place : places[start]] + instead
                place = places[end]
    return shown + text[place:]


def _bare(text: str) -> tuple[str, list[int]]:
    """`text` as people and browsers read an address, and where each of its characters stands in `text`.

    That is without markdown and what can't be seen, with ordinary letters for wide ones, and nothing percent-encoded.
    """
    bare: list[str] = []
    places: list[int] = []
    for found in _SIGN.finditer(text):
        if found["escape"]:
            continue
        for sign in normalize("NFKC", unquote(found[0])):
            if sign not in "*_~|`" and (sign.isspace() or category(sign) not in _UNREAD):
                bare.append(sign)
                places.append(found.start())
    return "".join(bare), [*places, len(text)]
