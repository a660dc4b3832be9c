"""The card of `/usage`: what a member has used of what they may, and when it renews."""

import discord

from bot.gate import Gate, Limit, Measure
from bot.replies import cards
from bot.request import Asker

_Text = discord.ui.TextDisplay[discord.ui.LayoutView]

_WORDS = {"at once": "at once", "a minute": "within a minute", "a day": "today", "seconds a day": "of the device today"}


def usage_card(gate: Gate, asker: Asker, *, manages: bool) -> cards.Card:
    """What `asker` has used; if they manage the server, also what all of it has."""
    everywhere, *here = gate.limits_of_member(asker)
    blocks = ["## What you have used", _lines(gate.measures(everywhere))]
    own = [measure for limit in here for measure in gate.measures(limit) if measure.most]
    if own:
        blocks.append(f"### On this server, where its managers allow less\n{_lines(own)}")
    if manages and asker.server is not None:
        blocks.append(f"### All of this server\n{_lines(_tighter(gate, gate.limits_of_server(asker.server)))}")
    renews = next(measure.free for measure in gate.measures(everywhere) if measure.of == "a day")
    assert renews is not None
    footer = f"-# A day begins anew <t:{renews.timestamp():.0f}:R>. The device is what the models run on."
    return cards.notice(_Text("\n".join(blocks)), _Text(footer))


def _tighter(gate: Gate, limits: list[Limit]) -> list[Measure]:
    """Of limits on the same use, of each measure the one that is reached first."""
    measures = zip(*map(gate.measures, limits), strict=True)
    return [min(alike, key=lambda measure: measure.most or float("inf")) for alike in measures]


def _lines(measures: list[Measure]) -> str:
    return "\n".join(map(_line, measures))


def _line(measure: Measure) -> str:
    used, most = (_amount(measure, amount) for amount in (measure.used, measure.most))
    said = f"**{used}** of {most}" if measure.most else f"**{used}**, without a limit,"
    bar = f"{cards.bar(min(1.0, measure.used / measure.most))} " if measure.most else ""
    return f"{bar}{said} {_WORDS[measure.of]}"


def _amount(measure: Measure, amount: float) -> str:
    if measure.of != "seconds a day":
        return f"{amount:,.0f}"
    return f"{amount:,.0f} s" if amount < 120 else f"{amount / 60:,.0f} min"
