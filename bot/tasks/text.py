"""Tasks for people who bring text."""

from bot.answers import Scores
from bot.tasks.task import Call, Kind, Model, Rows, Task

SENTIMENT = Task(
    "text-classification",
    command="sentiment",
    title="How does this text feel?",
    summary="Tell how a text feels: positive, neutral or negative",
    takes={"text": Kind.TEXT},
    gives=Scores,
    model=Model("lxyuan/distilbert-base-multilingual-cased-sentiments-student", licence="Apache-2.0", verified=True),
    heads=("ForSequenceClassification",),
    # top_k=None gives every label; truncation, because a longer text than the window is an error otherwise.
    call=lambda text: Call(text, {"top_k": None, "truncation": True}),
    read=Scores.of,
    rows=Rows.TOKENS,
    aliases=("sentiment-analysis",),
    examples=(
        {"text": "I love how quickly this community answers questions."},
        {"text": "The update broke my setup again and nobody replied to my report."},
        {"text": "The meeting is on Tuesday at ten."},
    ),
)
