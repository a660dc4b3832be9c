from bot.answers import Decision, Score, Scores
from bot.tasks import DECIDE


def test_yes_or_no_where_there_are_no_options() -> None:
    request = DECIDE.request({"situation": "It rains.", "question": "Take an umbrella?"})
    call = DECIDE.call(**request.inputs, **request.options)
    asked = {"type": "noul", "instructions": "Take an umbrella?"}
    assert call.input == {"state": "It rains.", "questions": {"answer": asked}}
    assert DECIDE.read({"answer": {"type": "noul", "noul": 0.25}}, {}) == Decision(
        "No", Scores((Score("No", 0.75), Score("Yes", 0.25)))
    )


def test_one_of_the_options() -> None:
    request = DECIDE.request({"situation": "It rains.", "question": "Where to?", "options": "museum, beach"})
    asked = DECIDE.call(**request.inputs, **request.options).input["questions"]["answer"]
    assert (asked["type"], list(asked["criteria"])) == ("choice", ["museum", "beach"])
    raw = {"answer": {"type": "choice", "choice": "museum", "probabilities": {"beach": 0.1, "museum": 0.9}}}
    assert DECIDE.read(raw, {}) == Decision("museum", Scores((Score("museum", 0.9), Score("beach", 0.1))))
