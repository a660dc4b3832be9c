import pytest

from bot.errors import Refusal
from bot.request import File, Input
from bot.tasks import SENTIMENT, TASKS, Task, find


@pytest.mark.parametrize("name", ["text-classification", "sentiment-analysis", "sentiment", "/sentiment"])
def test_found_by_each_of_its_names(name: str) -> None:
    assert find(name) is SENTIMENT


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(Refusal, match=r"There is no task “singing”. I know: text-classification"):
        find("singing")


def test_the_name_of_a_group_lists_its_commands() -> None:
    with pytest.raises(Refusal, match=r"“video” is a group of commands. Say which, as one name: video recognize\."):
        find("video")


def test_inputs_are_passed_on_as_they_are() -> None:
    assert SENTIMENT.request({"text": "  hello "}).inputs == {"text": "  hello "}


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({}, "“text” is missing"),
        ({"text": None}, "“text” is missing"),
        ({"text": ""}, "“text” is empty"),
        ({"text": " \n\t\u2003"}, "“text” is empty"),
        ({"text": "hi", "image": "cat"}, "There is nothing called “image” here. It takes: text"),
        ({"text": File("a.png", b"")}, "“text” has to be text"),
        ({"text": 5}, "“text” has to be text"),
        ({"text": "x" * 20_001}, "That is 20,001 characters; I take up to 20,000 at once"),
    ],
)
def test_bad_input_is_a_sentence(inputs: dict[str, Input | None], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        SENTIMENT.request(inputs)


@pytest.mark.parametrize(("named", "model"), [(None, None), ("  ", None), (" a/b ", "a/b")])
def test_a_blank_model_is_the_default(named: str | None, model: str | None) -> None:
    assert SENTIMENT.request({"text": "hi"}, model=named).model == model


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_task_is_fit_for_discord(task: Task) -> None:
    assert len(task.summary) <= 100
    assert task.examples
    for number in range(len(task.examples)):
        assert task.request(task.example(number))
