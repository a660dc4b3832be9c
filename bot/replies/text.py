"""Other people's text inside our messages: escaped, cut to size, never a mention."""

import re

import discord


def plain(text: str, most: int) -> str:
    """`text` on one line of at most `most` characters, with every markdown sign and mention made harmless."""
    flat = " ".join(text.split())
    return escaped(flat if len(flat) <= most else flat[: most - 1].rstrip() + "…")


def escaped(text: str) -> str:
    """`text` on one line, with every markdown sign and mention made harmless."""
    flat = re.sub(r"\s+", " ", text)
    # Escaping mentions puts an invisible space behind each @; AllowedMentions alone would still draw a mention's pill.
    return discord.utils.escape_mentions(discord.utils.escape_markdown(flat)).replace("<", "\\<")


def quote(text: str, most: int = 280) -> str:
    """The beginning of what a member wrote, as a quote of at most so many characters, not counting escapes."""
    return "> " + plain(text[:2000], most)


def markdown(text: str) -> str:
    """What a model wrote, with its markdown, but without mentions, and without links that hide where they lead."""
    parts = re.split(r"(```.*?(?:```|$))", text, flags=re.DOTALL)
    return "".join(part if part.startswith("```") else _harmless(part) for part in parts)


def _harmless(text: str) -> str:
    shown = discord.utils.escape_mentions(text)
    shown = re.sub(r"<(?=[@#/:a])", r"\\<", shown)
    return re.sub(r"\](?=\()", r"\\]", shown)
