"""What answers in words look like: texts, and marked places in them."""

import csv
import io
from collections import Counter

from bot.answers import Span, Spans, Text
from bot.replies import drawing, figures
from bot.replies.rendered import ROOM, Asked, Drawn, Parts, Rendered, joined
from bot.replies.split import Size
from bot.replies.text import escaped, markdown, plain

AROUND = 350
"""Characters of the text shown before and after a place in it."""

_LABELS = {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "other", "GPE": "place", "DATE": "date"}
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def text(asked: Asked, answer: Text) -> Rendered:
    """With the picture or the video that it is about."""
    shown = markdown(answer.text).strip()
    seen = subject(asked, answer.text)
    if not shown:
        return Rendered(asked.nothing, *seen)
    told, file = asked.written(shown, answer.text)
    return Rendered(told, *joined(seen, file))


def spans(asked: Asked, answer: Spans) -> Rendered:
    if not answer.spans:
        return Rendered(asked.nothing)
    return _labelled(asked, answer) if any(span.label for span in answer.spans) else _places(answer)


def subject(asked: Asked, told: str) -> Parts:
    """The pictures that an answer is about, for others don't see what was attached to a command; `told` says more."""
    about = f"What this is about. The answer: {told}"
    drawn = [
        Drawn(f"{asked.name}-{number}", drawing.preview(picture), about)
        for number, picture in enumerate(asked.pictures(), start=1)
    ]
    if frames := asked.frames(4):
        drawn.append(Drawn(f"{asked.name}-frames", drawing.contact_sheet(frames), f"Frames of the video. {about}"))
    return asked.gallery(*drawn)


def _labelled(asked: Asked, answer: Spans) -> Rendered:
    """The text with its spans marked, and a legend."""
    counts = Counter(span.label for span in answer.spans)
    signs = {label: drawing.SIGNS[min(n, len(drawing.SIGNS) - 1)] for n, (label, _) in enumerate(counts.most_common())}
    legend = " · ".join(
        f"{signs[label]} {plain(_name(label), 40)} ({count})" for label, count in counts.most_common(12)
    )
    room = Size(ROOM.characters - len(legend) - 80, ROOM.bytes - len(legend.encode()) - 80)
    marked, place = "", 0
    for number, span in enumerate(answer.spans):
        following = f"{escaped(answer.text[place : span.start])}{signs[span.label]} **{_shown(answer, span)}**"
        if not room.holds(marked + following):
            told = f"-# The first {number} of {len(answer.spans)} are shown; the file has them all."
            table = asked.document("csv", _table(answer), "Everything that was found")
            return Rendered(f"{marked} …\n\n{legend}\n{told}", *table)
        marked, place = marked + following, span.end
    rest = escaped(answer.text[place:])
    marked += rest if room.holds(marked + rest) else " …"
    return Rendered(f"{marked.strip()}\n\n{legend}")


def _places(answer: Spans) -> Rendered:
    """The best span by itself, and inside its context."""
    best = max(answer.spans, key=lambda span: span.score)
    start, end = max(0, best.start - AROUND), min(len(answer.text), best.end + AROUND)
    marked, place = "…" if start else "", start
    for span in sorted(answer.spans, key=lambda span: span.start):
        if place <= span.start and span.end <= end:
            marked += f"{escaped(answer.text[place : span.start])}__**{_shown(answer, span)}**__"
            place = span.end
    marked += escaped(answer.text[place:end]) + ("…" if end < len(answer.text) else "")
    others = [span for span in answer.spans if span is not best]
    shown = f"## {_shown(answer, best)}\n-# {figures.percent(best.score)} sure\n>>> {marked}"
    if others:
        also = ", ".join(f"{_shown(answer, span)} ({figures.percent(span.score)})" for span in others)
        # Above the context, because a quote in Discord has no end.
        shown = shown.replace("\n>>>", f"\n-# Or else: {also}\n>>>", 1)
    return Rendered(shown)


def _shown(answer: Spans, span: Span) -> str:
    return plain(answer.text[span.start : span.end], 200)


def _name(label: str) -> str:
    return _LABELS.get(label.upper(), label.lower())


def _table(answer: Spans) -> str:
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["text", "label", "score", "start", "end"])
    for span in answer.spans:
        found = answer.text[span.start : span.end]
        rows.writerow([_cell(found), _cell(_name(span.label)), f"{span.score:.3f}", span.start, span.end])
    return table.getvalue()


def _cell(written: str) -> str:
    """A text that a spreadsheet doesn't take for a formula, which could do anything there."""
    return f"'{written}" if written.startswith(_FORMULAS) else written
