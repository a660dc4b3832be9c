"""The README and the list of models say what there is."""

from bot.tasks import TASKS
from tools import readme


def test_the_tables_of_commands_are_up_to_date() -> None:
    text = readme.README.read_text()
    assert text == readme.written(text), "run `make readme`"
    assert all(f"| `/{task.command} " in text and f" | {task.name} |" in text for task in TASKS)


def test_the_list_of_models_is_up_to_date() -> None:
    text = readme.MODELS.read_text()
    assert text == readme.models(), "run `make readme`"
    rows = [line for line in text.splitlines() if "](https://huggingface.co/" in line]
    models = [model for task in TASKS for model in task.models.each()]
    assert len(rows) == len(models)
    for row, model in zip(rows, models, strict=True):
        assert f"[{model.id}]" in row
        assert (f"{model.licence}?" in row) is not model.verified
        assert ("non-commercial" in row) is ("-NC" in model.licence)
        assert (model.revision is None) or f"`{model.revision}`" in row
