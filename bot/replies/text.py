"""Other people's text inside our messages: escaped, cut to size, and defused."""

import re

from bot.replies.defusing import defused

_MARKDOWN = re.compile(r"(https?://[^\s<]+[^\s<.,:;\"'\]])|^\s*[#>+-]|[\\_~|*`<]")
"""Addresses, which stay as they are, and what is a sign in one line, once it is defused."""

_CODE = re.compile(r"^```[\w+.#-]*\n(?P<code>(?:(?!```).)+?)(?P<end>\n```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
"""A block of code; one without an end goes on to the end of the text."""

_MARKER = re.compile(r"[ \t>]*(?:#{1,3}|-#|[*+-]|\d+[.)])")
"""A line with the sign of a heading or a list and nothing else: it goes on in the next."""


def plain(text: str, most: int) -> str:
    """`text` on one line of at most `most` characters, with every markdown sign, mention and invite made harmless."""
    flat = " ".join(text.split())
    return escaped(flat if len(flat) <= most else flat[: most - 1].rstrip() + "…")


def escaped(text: str) -> str:
    """`text` on one line, with every markdown sign, mention and invite made harmless."""
    flat = re.sub(r"\s+", " ", text)
    return _MARKDOWN.sub(lambda found: found[1] or f"{found[0][:-1]}\\{found[0][-1]}", defused(flat))


def quote(text: str, most: int = 280) -> str:
    """The beginning of what a member wrote, as a quote of at most so many characters, not counting escapes."""
    return "> " + plain(text[:2000], most)


def markdown(text: str) -> str:
    """What a model wrote, with its markdown, but defused. Blocks of code stay as they are, and are closed."""
    shown, loose, place = "", "", 0
    for block in _CODE.finditer(text):
        before = defused(text[place : block.start()])
        loose += before
        if _is_code(block["code"], loose):
            code = block[0] if block["end"] else block[0].rstrip("\n") + "\n```"
        else:
            code = defused(block[0])
            loose += code
        shown, place = shown + before + code, block.end()
    return shown + defused(text[place:])


def _is_code(code: str, before: str) -> bool:
    """Whether Discord takes `code` for code for sure, and not for the end of something that began `before` it."""
    signs = any(sign in before and sign in code for sign in "`*_~|")
    link = "[" in before and "](" in re.sub(r"\[[^\[\]]*\]", "", code)
    marker = _MARKER.fullmatch(before.rstrip().rpartition("\n")[2])
    return bool(code.strip()) and not (signs or link or marker or "```" in before)
