"""The command line: `python -m bot`. Heavy imports wait until the command that needs them."""

import asyncio
import json
import logging
import os
import sys
import webbrowser
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.errors import HostError, Refusal
from bot.logs import log_to_terminal
from bot.media.text import read_text
from bot.request import File, Input
from bot.settings import read_settings
from bot.supervisor import is_supervised, supervise
from bot.tasks import TASKS, Kind, Model, Task, find
from bot.tasks.task import Modelset

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

Port = Annotated[int, typer.Option(help="The page's port on this machine; 0 takes a free one.", min=0, max=65535)]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the page's address.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def run(port: Port = 0, no_browser: NoBrowser = False) -> None:
    """Join Discord; without a token, open the playground."""
    with _Told():
        settings = read_settings()
        if is_supervised():
            log_to_terminal()
            from bot.service import serve

            _run(serve(settings))
        elif settings.discord_token is not None:
            log_to_terminal()
            raise typer.Exit(supervise([sys.executable, "-m", "bot", "run"]))
        else:
            out.print("No DISCORD_TOKEN in the environment or .env, so this is the playground: a Discord of its own.")
            out.print("To join the real one, put a token into .env (README, “On Discord”) and start again.")
            _playground(port, no_browser)


@app.command()
def playground(port: Port = 0, no_browser: NoBrowser = False) -> None:
    """Open the bot in the browser, on a Discord of its own, without an account."""
    with _Told():
        _playground(port, no_browser)


def _playground(port: int, no_browser: bool) -> None:
    log_to_terminal()
    from bot.playground.app import open_playground

    def announce(url: str) -> None:
        out.print(f"\nPlayground: {url}\n(Ctrl+C ends it.)", highlight=False)
        if not no_browser and _has_screen():
            webbrowser.open(url)

    try:
        _run(open_playground(read_settings(), port=port, announce=announce))
    except KeyboardInterrupt:
        out.print("Bye.")


@app.command()
def tasks(as_json: AsJson = False) -> None:
    """List what the bot can do, with the model that does it."""
    with _Told():
        from bot.worker.hub import Models
        from bot.worker.opening import model_store

        store = model_store(read_settings(), Models.AUTO)
        models = [(task, store.default(task)) for task in TASKS]
    if as_json:
        rows = [
            {
                "task": task.name,
                "command": task.command,
                "model": model.id if model else None,
                "revision": model.revision if model else None,
                "models": {modelset: _described(task.models.of(modelset)) for modelset in Modelset},
                "takes": {name: str(kind) for name, kind in task.takes.items()},
                "gives": task.gives.__name__.lower(),
            }
            for task, model in models
        ]
        print(json.dumps(rows, indent=2))  # noqa: T201
        return
    table = Table("Command", "Task", "Takes", "Gives", "Model")
    for task, model in models:
        table.add_row(
            f"/{task.command}",
            task.name,
            ", ".join(task.parameters()),
            task.gives.__name__.lower(),
            model.id if model else "none but on a GPU",
        )
    out.print(table)


def _described(model: Model | None) -> dict[str, Any] | None:
    return None if model is None else {"model": model.id, "licence": model.licence, "verified": model.verified}


@app.command()
def ask(
    task: Annotated[str, typer.Argument(help="A task by its Hugging Face name, alias or command.")],
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUE…",
            help="Inputs, options and model; NAME=@FILE reads a file. “-” reads a JSON object per line instead.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Do a task here and now."""
    with _Told():
        settings, chosen = read_settings(), find(task)
        logging.basicConfig(level=logging.ERROR)
        from bot import asking

        if values == ["-"]:
            if not as_json:
                raise Refusal("Reading from standard input needs --json.")
            failed = asyncio.run(asking.ask_lines(settings, chosen, sys.stdin, print))
            raise typer.Exit(1 if failed else 0)
        given = dict(_name_and_value(chosen, value) for value in values)
        request, done = asyncio.run(asking.ask_once(settings, chosen, given))
        if as_json:
            print(json.dumps(asking.done_as_json(chosen, done), ensure_ascii=False))  # noqa: T201
        else:
            asking.print_done(out, chosen, request, done)


@app.command()
def pull(
    names: Annotated[list[str] | None, typer.Argument(metavar="[TASK]…", help="All tasks where none is named.")] = None,
    model: Annotated[str | None, typer.Option(help="Another model for the one task: owner/name[@revision].")] = None,
) -> None:
    """Download models now rather than at the first question."""
    with _Told():
        from bot.pulling import pull_models

        chosen = [find(name) for name in names] if names else list(TASKS)
        if model is not None and len(chosen) != 1:
            raise Refusal("--model needs exactly one task: python -m bot pull TASK --model owner/name")
        if not pull_models(read_settings(), chosen, model, out):
            raise typer.Exit(1)


@app.command()
def invite() -> None:
    """Print the link that adds the bot to a server."""
    with _Told():
        from bot.service import invite_link

        print(asyncio.run(invite_link(read_settings())))  # noqa: T201


@app.command()
def sync() -> None:
    """Register the commands with Discord again."""
    with _Told():
        from bot.service import register

        asyncio.run(register(read_settings()))
        out.print("Registered. A Discord client that doesn't show them yet needs a restart.")


def _name_and_value(task: Task, given: str) -> tuple[str, Input]:
    name, equals, value = given.partition("=")
    if not equals:
        raise Refusal(f"“{given}” is not NAME=VALUE. {task.name} takes: {', '.join(task.parameters())}.")
    if not value.startswith("@"):
        return name, value
    path = Path(value[1:])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path} can't be read: {error.strerror}.") from error
    file = File(path.name, data)
    is_file = name == "file" or task.takes.get(name, Kind.TEXT) is not Kind.TEXT
    return name, file if is_file else read_text(file)


def _run(main: Coroutine[Any, Any, None]) -> None:
    """`asyncio.run`, but where the process has to be started again, it ends here and now."""
    with asyncio.Runner() as runner:
        try:
            runner.run(main)
        except HostError as error:
            if error.code != HostError.TEMPORARY:
                raise
            err.print(str(error), style="red", highlight=False)
            sys.stdout.flush()
            sys.stderr.flush()
            # On the way out the event loop and the interpreter wait for their threads, and one of those hangs.
            os._exit(error.code)


def _has_screen() -> bool:
    return sys.stdout.isatty() and (
        sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    )


class _Told:
    """Turns what the person at the terminal can act on into one line and an exit status."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: type | None, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, HostError):
            err.print(str(error), style="red", highlight=False)
            raise typer.Exit(error.code)
        if isinstance(error, Refusal):
            err.print(error.sentence, style="red", highlight=False)
            raise typer.Exit(1)
