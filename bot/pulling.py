"""Downloading models ahead of the first question."""

from collections.abc import Iterable

from rich.console import Console
from rich.progress import Progress

from bot.errors import Refusal
from bot.settings import Settings
from bot.tasks import Task
from bot.worker.hub import Models, gigabytes
from bot.worker.opening import model_store


def pull_models(settings: Settings, tasks: Iterable[Task], model: str | None, console: Console) -> bool:
    """Fetch the model of each task, with a bar each. False where one can't be had; `console` says which and why."""
    from bot.worker.device import choose_device
    from bot.worker.memory import fitting_modelset

    store = model_store(settings, Models.HUB)
    if settings.modelset == "auto":
        store.modelset = fitting_modelset(choose_device(settings.device).name)
    console.print(f"Default models: the {store.modelset} set.")
    complete = True
    for task in tasks:
        default = store.default(task)
        if default is None and model is None:
            console.print(f"– {task.name}: no small model does it well enough.", highlight=False)
            continue
        named = model or (default.id if default else task.name)
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task(named, total=1.0)

            def show(
                share: float | None, size: int | None, bar: int = bar, named: str = named, progress: Progress = progress
            ) -> None:
                told = f"{named} ({gigabytes(size)})" if size else named
                progress.update(progress.task_ids[bar], completed=share or 0.0, description=told)

            try:
                files = store.pull(task, model, show)
            except Refusal as refusal:
                complete = False
                progress.console.print(f"✗ {task.name}: {refusal.sentence}", highlight=False, markup=False)
            else:
                at = f"@{files.revision[:7]}" if files.revision else ""
                progress.console.print(f"✓ {task.name}: {files.model}{at}", highlight=False, markup=False)
    return complete
