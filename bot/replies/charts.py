"""What answers with scores look like: labels, decisions, how alike things are."""

from bot.answers import Decision, Scores, Similarity
from bot.replies import drawing, figures
from bot.replies.lettering import drawable
from bot.replies.rendered import Asked, Drawn, Rendered, joined
from bot.replies.text import plain
from bot.replies.words import subject

_VERY, _SOMEWHAT = 0.9, 0.7
"""Cosines from which on things are called alike."""


def scores(asked: Asked, answer: Scores) -> Rendered:
    """With the picture or the video that it is about."""
    if not answer.scores:
        return Rendered(asked.nothing, *subject(asked, asked.task.nothing))
    best = answer.scores[0]
    described = figures.describe_bars(answer)
    text = f"**{_named(best.label)}** · {figures.percent(best.score)}"
    if (hidden := len(answer.scores) - figures.MOST_BARS) > 0:
        text += f"\n-# The {figures.MOST_BARS} best are drawn; {hidden} more scored less."
    text += _unwritten(answer)
    chart = asked.gallery(Drawn("scores", figures.bars(answer), described))
    return Rendered(text, *joined(subject(asked, f"{best.label}. {described}"), chart))


def decision(asked: Asked, answer: Decision) -> Rendered:
    """The choice, and how the others did."""
    if not answer.scores.scores:
        return Rendered(f"## {_named(answer.choice)}")
    described = figures.describe_bars(answer.scores)
    sure = next((it.score for it in answer.scores.scores if it.label == answer.choice), None)
    text = f"## {_named(answer.choice)}" + ("" if sure is None else f"\n-# {figures.percent(sure)} sure")
    text += _unwritten(answer.scores)
    return Rendered(text, *asked.gallery(Drawn("scores", figures.bars(answer.scores), described)))


def similarity(asked: Asked, answer: Similarity) -> Rendered:
    """How alike each is to the first, in words, as a chart and, of pictures, beside them."""
    if not answer.values:
        return Rendered(asked.nothing)
    names = list(asked.request.inputs)
    later = [names[number] if number < len(names) else f"{number + 1}." for number in range(1, len(answer.values) + 1)]
    first = names[0] if names else "1."
    lines = [
        f"**{_words(value)}** · {plain(name, 40)} and {plain(first, 40)}: cosine {value:.2f}"
        for name, value in zip(later, answer.values, strict=True)
    ]
    lines.append("-# 1 is the same, 0 is unrelated. From where on things are alike differs from model to model.")
    rows = [(name, min(max(0.0, value), 1.0), f"{value:.2f}") for name, value in zip(later, answer.values, strict=True)]
    described = f"Bar chart: how alike to {first}: " + ", ".join(f"{name} {value}" for name, _, value in rows)
    chart = asked.gallery(Drawn("similarity", figures.bar_chart(rows), described))
    pictures = asked.pictures()
    if not pictures:
        return Rendered("\n".join(lines), *chart)
    captions = [first, *(f"{name} · {value}" for name, _, value in rows)]
    row = drawing.side_by_side(pictures, captions[: len(pictures)])
    beside = asked.gallery(Drawn(f"{asked.name}-about", row, f"The pictures side by side. {described}"))
    return Rendered("\n".join(lines), *joined(beside, chart))


def _unwritten(answer: Scores) -> str:
    """The chart in words, where its font lacks letters of the labels."""
    shown = answer.scores[: figures.MOST_BARS]
    if all(drawable(item.label) == " ".join(item.label.split()) for item in shown):
        return ""
    return "\n-# " + " · ".join(f"{_named(item.label)} {figures.percent(item.score)}" for item in shown)


def _words(value: float) -> str:
    if value >= _VERY:
        return "Very alike"
    return "Somewhat alike" if value >= _SOMEWHAT else "Hardly alike"


def _named(label: str) -> str:
    return plain(label, 80) or "(no name)"
