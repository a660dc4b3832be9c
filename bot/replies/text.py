"""Other people's text inside our messages: escaped, cut to size, never a mention."""

import discord


def plain(text: str, most: int) -> str:
    """`text` on one line of at most `most` characters, with every markdown sign and mention made harmless."""
    flat = " ".join(text.split())
    cut = flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"
    # Escaping mentions puts an invisible space behind each @; AllowedMentions alone would still draw a mention's pill.
    return discord.utils.escape_mentions(discord.utils.escape_markdown(cut)).replace("<", "\\<")


def quote(text: str) -> str:
    """The beginning of what a member wrote, as a quote."""
    return "> " + plain(text, 280)
