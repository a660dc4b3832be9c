"""The tasks here against transformers' own list of them."""

from transformers.pipelines import PIPELINE_REGISTRY, REMOVED_TASKS

from bot.pipelines import OWN
from bot.tasks import TASKS, find

RETIRED = {
    "image-to-image",
    "image-to-text",
    "question-answering",
    "summarization",
    "text2text-generation",
    "translation",
    "visual-question-answering",
}
"""What transformers 4 had and 5 hasn't."""


def test_every_task_of_transformers_is_here_and_the_retired_ones() -> None:
    ours, theirs = {task.name for task in TASKS}, set(PIPELINE_REGISTRY.supported_tasks)
    assert theirs - ours == set(), "transformers has tasks that the bot doesn't know"
    assert ours - theirs == RETIRED, "the bot has tasks that are neither transformers' nor retired"
    assert len(TASKS) == len(ours) == 32


def test_what_transformers_says_it_removed_is_found() -> None:
    assert {find(name).name for name in REMOVED_TASKS} <= RETIRED


def test_every_alias_of_transformers_finds_its_task() -> None:
    aliases = {alias: task.name for task in TASKS for alias in task.aliases}
    assert PIPELINE_REGISTRY.task_aliases.items() <= aliases.items()


def test_a_task_says_why_its_pipeline_is_our_own() -> None:
    assert {task.name for task in TASKS if task.own} == set(OWN)
