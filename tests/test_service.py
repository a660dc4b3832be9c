"""The bot on Discord over real sockets: `python -m bot run` from its start to its end."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from transformers import pipeline
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.media.audio import read_audio
from bot.media.limits import NO_LIMITS
from bot.request import File
from bot.samples import sample
from bot.supervisor import SUPERVISOR
from bot.tasks import TASKS
from tests import models
from tests.chaos.host import until
from tests.conftest import held_layers, texts
from tests.wire import Interaction, LoopbackDiscord, nowhere
from tests.wire.payloads import VOICE

Folder = Callable[[Callable[[Path], None]], Path]


@pytest.fixture(autouse=True)
def _host(tiny: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A host with a token, tiny models in the defaults' places, and a grace of a few seconds; no supervisor between."""
    monkeypatch.setenv(SUPERVISOR, str(os.getppid()))
    monkeypatch.setenv("DISCORD_TOKEN", LoopbackDiscord.token)
    monkeypatch.setenv("TASK_MODELS", json.dumps(tiny))
    monkeypatch.setenv("SHUTDOWN_GRACE", "5")


@pytest.fixture
def discord() -> Iterator[LoopbackDiscord]:
    with LoopbackDiscord() as discord:
        yield discord


def bot(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def tell_to_stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def run_while(members: Callable[[], object], end: Callable[[], object] = tell_to_stop) -> Result:
    """`python -m bot run`, with `members` acting beside it; once they are done, `end` makes it end."""
    failures: list[BaseException] = []

    def act() -> None:
        try:
            members()
        except BaseException as error:  # noqa: BLE001 - raised again below, where pytest sees it
            failures.append(error)
            tell_to_stop()
        else:
            end()

    threading.Thread(target=act).start()
    result = bot("run")
    if failures:
        raise failures[0]
    return result


def logged(caplog: pytest.LogCaptureFixture, said: str) -> None:
    """Wait until the log says so."""
    until(lambda: said in caplog.text, 20.0, f"the log doesn't say: {said}")


def text_of(message: dict[str, Any]) -> str:
    return "\n".join(texts(message["components"]))


def answered(message: dict[str, Any]) -> bool:
    return "on cpu" in text_of(message)


def test_login_sync_command_answer(discord: LoopbackDiscord, model: Folder) -> None:
    asked: list[Interaction] = []

    def members() -> None:
        asked.append(discord.slash("sentiment", {"text": "I love it"}))
        asked[0].wait(answered)

    result = run_while(members)
    assert result.exit_code == 0, result.output
    roots = {task.command.split()[0] for task in TASKS}
    assert {command["name"] for command in discord.commands} >= roots | {"Translate", "More…"}
    (interaction,) = asked
    assert interaction.callback is not None
    assert interaction.callback["type"] == 5
    stages = [text_of(version) for version in interaction.edits if version["components"]]
    assert "Queued" in stages[0]
    best = pipeline("text-classification", model=str(model(models.sentiment)), device="cpu")("I love it")[0]
    assert f"**{best['label']}** · {best['score']:.0%}" in stages[-1]
    assert interaction.original is not None
    (picture,) = interaction.original["attachments"]
    assert discord.uploads[picture["id"]].startswith(b"\x89PNG")


def test_registered_once_and_again_only_when_commands_changed(discord: LoopbackDiscord, tmp_path: Path) -> None:
    def come_and_go() -> None:
        discord._session = None  # discord.py leaves in a way that would let it resume
        run_while(lambda: discord.slash("sentiment", {"text": "hello"}).wait(answered))

    come_and_go()
    come_and_go()
    assert discord.synced == 1
    (tmp_path / "data" / "commands.sha256").write_text("of an older version")
    come_and_go()
    assert discord.synced == 2


def test_cancel_over_the_wire(discord: LoopbackDiscord) -> None:
    with held_layers() as go:

        def members() -> None:
            asked = discord.slash("sentiment", {"text": "hello"})
            message = asked.wait(lambda message: "Running" in text_of(message))
            button = message["components"][0]["components"][-1]["components"][0]["custom_id"]
            click = discord.click(asked, button)
            discord.wait_until(lambda: click.callback)
            go.set()
            asked.wait(lambda message: "Cancelled." in text_of(message))
            discord.slash("sentiment", {"text": "again"}).wait(answered)

        assert run_while(members).exit_code == 0


def test_asked_to_stop_it_finishes_what_runs(discord: LoopbackDiscord) -> None:
    asked: list[Interaction] = []
    with held_layers() as go:

        def members() -> None:
            asked.append(discord.slash("sentiment", {"text": "hello"}))
            asked[0].wait(lambda message: "Running" in text_of(message))
            threading.Timer(1.0, go.set).start()

        assert run_while(members).exit_code == 0
    assert asked[0].original is not None
    assert answered(asked[0].original)


def test_what_it_cannot_finish_is_told_and_done_after_the_next_start(
    discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHUTDOWN_GRACE", "0.2")
    asked: list[Interaction] = []
    with held_layers() as go:

        def members() -> None:
            asked.append(discord.slash("sentiment", {"text": "hello"}))
            asked[0].wait(lambda message: "Running" in text_of(message))
            threading.Timer(2.0, go.set).start()

        assert run_while(members).exit_code == 0
    assert asked[0].original is not None
    assert "I am being restarted before this was done. It isn't lost" in text_of(asked[0].original)
    assert run_while(lambda: asked[0].wait(answered)).exit_code == 0


def test_a_hung_device_ends_it_for_a_new_start_and_its_members_are_told(
    discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def exit_at_once(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr("bot.cli.os._exit", exit_at_once)
    monkeypatch.setattr("bot.worker.engine.HUNG", 0.5)
    with ExitStack() as until_it_ended:

        def members() -> None:
            discord.slash("sentiment", {"text": "hello"}).wait(answered)
            until_it_ended.enter_context(held_layers())
            hung = discord.slash("sentiment", {"text": "hello"})
            hung.wait(lambda message: "I am being restarted before this was done." in text_of(message))

        result = run_while(members, end=lambda: None)
    assert result.exit_code == 75
    assert "Only a new process can go on." in one_line(result)
    assert caplog.text.count("A model has hung on the device") == 1
    session = discord._session
    assert session is not None
    discord.wait_until(lambda: session.socket.ws.closed)


def test_it_stops_where_its_supervisor_is_gone(discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Interaction] = []

    def members() -> None:
        asked.append(discord.slash("sentiment", {"text": "hello"}))

    result = run_while(members, end=lambda: monkeypatch.setenv(SUPERVISOR, "0"))
    assert result.exit_code == 0
    assert asked[0].original is not None
    assert answered(asked[0].original)


@pytest.mark.parametrize(
    ("settings", "status", "sentence"),
    [
        ({"DEVICE": "gpu"}, 78, "The settings in the environment or .env are wrong."),
        ({}, 69, "Discord can't be reached"),
    ],
)
def test_what_is_wrong_is_told_once_and_ends_the_supervisor_too(
    tmp_path: Path, settings: dict[str, str], status: int, sentence: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import discord\ndiscord.http.Route.BASE = 'http://127.0.0.1:9'\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), **settings}
    del environment[SUPERVISOR]
    command = [sys.executable, "-m", "bot", "run"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == status
    assert done.stderr.count(sentence) == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_invite_prints_the_link(discord: LoopbackDiscord) -> None:
    done = bot("invite")
    assert done.exit_code == 0
    assert f"client_id={discord.application}" in done.stdout
    assert "scope=bot+applications.commands" in done.stdout
    assert "permissions=70677981940736" in done.stdout
    assert discord.synced == 0


def test_sync_registers(discord: LoopbackDiscord) -> None:
    assert bot("sync").exit_code == 0
    assert bot("sync").exit_code == 0
    assert discord.synced == 2


def one_line(result: Result) -> str:
    """What was said on the terminal, which has to be one line beside the log of the start."""
    assert "Traceback" not in result.output
    return " ".join(result.stderr.split())


@pytest.mark.usefixtures("discord")
def test_a_data_folder_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file"))
    result = bot("run")
    assert result.exit_code == 78
    assert "DATA_DIR can't be used" in one_line(result)


@pytest.mark.usefixtures("discord")
@pytest.mark.parametrize("command", ["run", "invite", "sync"])
def test_a_wrong_token(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "wrong")
    result = bot(command)
    assert result.exit_code == 78
    assert "Discord refused DISCORD_TOKEN. Copy a fresh one" in one_line(result)
    assert "wrong" not in result.output


def test_a_missing_intent(discord: LoopbackDiscord) -> None:
    discord.close_after_identify = 4014
    result = bot("run")
    assert result.exit_code == 78
    assert "Privileged Gateway Intents" in one_line(result)


@pytest.mark.parametrize("command", ["run", "invite", "sync"])
def test_an_unreachable_discord(command: str) -> None:
    with nowhere():
        result = bot(command)
    assert result.exit_code == 69
    assert "Discord can't be reached" in one_line(result)


def test_a_gateway_that_is_unreachable_at_first_is_tried_again(
    discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from discord.gateway import DiscordWebSocket

    there = DiscordWebSocket.DEFAULT_GATEWAY
    with nowhere():
        nobody = DiscordWebSocket.DEFAULT_GATEWAY
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", nobody)

    def members() -> None:
        logged(caplog, "connecting again")
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", there)
        discord.slash("sentiment", {"text": "hello"}).wait(answered)

    assert run_while(members).exit_code == 0


def test_an_event_that_it_cannot_read_ends_nothing(discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture) -> None:
    def members() -> None:
        discord.slash("sentiment", {"text": "hello"}).wait(answered)
        before = discord._session
        discord._tell("MESSAGE_CREATE", {"content": "Zanzibar-quokka"})
        discord.wait_until(lambda: discord._session is not before)
        discord.slash("sentiment", {"text": "hello"}).wait(answered)

    assert run_while(members).exit_code == 0
    assert "Zanzibar-quokka" not in caplog.text


def test_nothing_a_member_wrote_is_logged(discord: LoopbackDiscord, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    def members() -> None:
        discord.say(f"<@{discord.application}> Zanzibar-quokka is no command")
        discord.slash("sentiment", {"text": "Zanzibar-quokka"}).wait(answered)

    result = run_while(members)
    assert "Ignoring exception" not in caplog.text
    assert "Zanzibar-quokka" not in caplog.text + result.output
    assert "interaction-" not in caplog.text + result.output, "nor an interaction's token"


def test_a_host_who_keeps_nothing(discord: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEP_MINUTES", "0")
    cards: list[str] = []

    def members() -> None:
        cards.append(text_of(discord.slash("sentiment", {"text": "hello"}).wait(answered)))

    run_while(members)
    assert "Again" not in cards[0]


def test_an_attached_picture_over_the_wire(discord: LoopbackDiscord) -> None:
    asked: list[Interaction] = []

    def members() -> None:
        picture = ("SPOILER_street.jpg", sample("street.jpg").data)
        asked.append(discord.slash("image objects", {"image": picture, "certainty": 0.0}))
        asked[0].wait(answered)

    result = run_while(members)
    assert result.exit_code == 0, result.output
    assert asked[0].original is not None
    (drawn,) = asked[0].original["attachments"]
    assert drawn["filename"] == "SPOILER_image-objects.jpg"
    assert discord.uploads[drawn["id"]].startswith(b"\xff\xd8")
    (card,) = asked[0].original["components"]
    assert card["spoiler"]


def spoken(discord: LoopbackDiscord) -> Interaction:
    """A `/speak`, answered."""
    asked: list[Interaction] = []

    def members() -> None:
        asked.append(discord.slash("speak", {"text": "Good morning"}))
        asked[0].wait(answered)
        # What comes below the card, or in its place, takes a moment more.
        discord.wait_until(lambda: asked[0].followups or (asked[0].original or {}).get("attachments"))

    result = run_while(members)
    assert result.exit_code == 0, result.output
    return asked[0]


def test_a_voice_message_is_sent_below_its_card(discord: LoopbackDiscord) -> None:
    interaction = spoken(discord)
    assert interaction.original is not None
    assert interaction.original["attachments"] == []
    (voice,) = interaction.followups
    assert voice["flags"] == VOICE
    (sound,) = voice["attachments"]
    assert (sound["filename"], sound["content_type"]) == ("voice-message.ogg", "audio/ogg")
    assert len(read_audio(File("a.ogg", discord.uploads[sound["id"]]), NO_LIMITS, 16_000)) > 1600


def test_where_none_may_be_sent_the_sound_is_a_file_in_the_card(discord: LoopbackDiscord) -> None:
    discord.faults.refuse(50161, method="POST", path="/webhooks/*")
    interaction = spoken(discord)
    assert interaction.followups == []
    assert interaction.original is not None
    (sound,) = interaction.original["attachments"]
    assert sound["filename"] == "speak.ogg"
    assert discord.uploads[sound["id"]].startswith(b"OggS")
