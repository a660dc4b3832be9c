"""The command line, as a person or a script uses it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import pipeline
from typer.testing import CliRunner, Result

from bot.answers import as_json
from bot.cli import app
from bot.request import File
from bot.tasks import ASK_TABLE, DECIDE, OBJECTS, SPEAK, TASKS, TRANSCRIBE, Task
from tests import models
from tests.conftest import SENTIMENT_MODEL, Direct, alike
from tests.direct import example
from tests.hub import FakeHub, Repository

Folder = Callable[[Callable[[Path], None]], Path]


@pytest.fixture
def own_model(model: Folder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The host has put a tiny model in the default's place."""
    folder = model(models.sentiment)
    monkeypatch.setenv("TASK_MODELS", json.dumps({"text-classification": str(folder)}))
    return folder


def bot(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def test_tasks_answers_without_torch(tmp_path: Path) -> None:
    script = (
        "import sys; sys.argv = ['bot', 'tasks', '--json']\n"
        "from bot.cli import app\n"
        "app(standalone_mode=False)\n"
        "print({'torch', 'transformers', 'discord', 'matplotlib'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stderr.strip() == "set()"
    row, *others = json.loads(done.stdout)
    assert len(others) == len(TASKS) - 1
    assert row == {
        "task": "text-classification",
        "command": "sentiment",
        "model": SENTIMENT_MODEL,
        "revision": None,
        "models": {
            modelset: {"model": SENTIMENT_MODEL, "licence": "Apache-2.0", "verified": True}
            for modelset in ("small", "gpu")
        },
        "takes": {"text": "text"},
        "gives": "scores",
    }


def test_tasks_for_a_person() -> None:
    shown = bot("tasks")
    assert shown.exit_code == 0
    assert "/sentiment" in shown.stdout


@pytest.mark.parametrize("name", ["text-classification", "sentiment-analysis", "sentiment", "/sentiment"])
def test_ask_json_equals_the_pipeline(own_model: Path, name: str) -> None:
    done = bot("ask", name, "text=I love it", "--json")
    assert done.exit_code == 0, done.stderr
    answer = json.loads(done.stdout)
    direct = pipeline("text-classification", model=str(own_model), device="cpu")("I love it", top_k=None)
    assert alike(answer["answer"], {"kind": "scores", "scores": direct})
    assert (answer["task"], answer["starter"]) == ("text-classification", False)
    assert answer["models"] == [{"model": str(own_model), "revision": None}]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_ask_for_each_equals_its_pipeline(
    task: Task, direct: Direct, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder, _, answer = direct(task)
    monkeypatch.setenv("TASK_MODELS", json.dumps({task.name: folder}))
    done = bot("ask", task.command, *_given(task, tmp_path), "--json")
    assert done.exit_code == 0, done.stderr
    assert alike(json.loads(done.stdout)["answer"], as_json(answer))


@pytest.mark.parametrize(
    ("task", "files"),
    [
        (OBJECTS, ["image-objects.jpg"]),
        (TRANSCRIBE, []),
        (SPEAK, ["speak.ogg"]),
        (DECIDE, ["scores.png"]),
        (ASK_TABLE, ["document-table.png"]),
    ],
    ids=lambda value: value.name if isinstance(value, Task) else "",
)
def test_ask_for_a_person_saves_pictures_and_sounds(
    task: Task, files: list[str], tiny: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TASK_MODELS", json.dumps({task.name: tiny[task.name]}))
    given = _given(task, tmp_path)
    for _ in range(2):
        shown = bot("ask", task.command, *given)
        assert shown.exit_code == 0, shown.stderr
        assert task.title in shown.stdout
    again = [f"{Path(name).stem}-2{Path(name).suffix}" for name in files]
    assert {path.name for path in tmp_path.iterdir()} - {
        value.partition("=@")[2].rpartition("/")[2] for value in given
    } == {
        *files,
        *again,
    }


def _given(task: Task, folder: Path) -> list[str]:
    return [f"{name}={_typed(value, folder)}" for name, value in example(task).items()]


def _typed(value: Any, folder: Path) -> str:
    if not isinstance(value, File):
        return str(value)
    (folder / value.name).write_bytes(value.data)
    return f"@{folder / value.name}"


def test_ask_takes_a_file_in_any_encoding(model: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TASK_MODELS", json.dumps({"summarization": str(model(models.t5))}))
    (tmp_path / "report.txt").write_text("Die Schüler üben.", "utf-16")
    answers = [
        json.loads(bot("ask", "summarize", given, "--json").stdout)["answer"]
        for given in (f"file=@{tmp_path / 'report.txt'}", f"text=@{tmp_path / 'report.txt'}", "text=Die Schüler üben.")
    ]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.usefixtures("own_model")
def test_ask_for_a_person() -> None:
    shown = bot("ask", "sentiment", "text=I love it").stdout
    assert "How does this text feel?" in shown
    assert "%" in shown


def test_ask_reads_a_file(own_model: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("I love it")
    from_file = json.loads(bot("ask", "sentiment", f"text=@{tmp_path / 'note.txt'}", "--json").stdout)
    typed = json.loads(bot("ask", "sentiment", "text=I love it", "--json").stdout)
    assert from_file["answer"] == typed["answer"]
    assert own_model.name in from_file["models"][0]["model"]


@pytest.mark.usefixtures("own_model")
def test_ask_a_line_at_a_time_in_order() -> None:
    texts = [f"text number {n}" for n in range(100)]
    lines = [json.dumps({"text": text}) for text in texts]
    lines[3:3] = ["not json", "[]", '{"text": " "}', '{"words": "x"}', "", '{"text": 5}']
    done = bot("ask", "sentiment", "-", "--json", given="\n".join(lines))
    assert done.exit_code == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("error") for answer in answers[3:8]] == [
        "This line is no JSON.",
        "This line is no JSON object of inputs.",
        "“text” is empty. Write at least one word.",
        "There is nothing called “words” here. It takes: text.",
        "“text” has to be text.",
    ]
    answered = [answer["answer"] for answer in answers if "answer" in answer]
    assert len(answered) == 100
    for n in (0, 50, 99):
        alone = bot("ask", "sentiment", f"text={texts[n]}", "--json")
        assert alike(json.loads(alone.stdout)["answer"], answered[n])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("singing", "text=x"), "There is no task “singing”. I know: text-classification, zero-shot"),
        (("sentiment", "text"), "“text” is not NAME=VALUE. text-classification takes: text."),
        (("sentiment", "text= "), "“text” is empty."),
        (("sentiment", "text=@nowhere.txt"), "nowhere.txt can't be read: No such file or directory."),
        (("sentiment", "text=x", "colour=red"), "There is nothing called “colour” here. It takes: text."),
        (("sentiment", "-"), "Reading from standard input needs --json."),
        (("sentiment", "text=x", "model=../x"), "is no model name"),
    ],
)
def test_ask_says_what_is_wrong(arguments: tuple[str, ...], sentence: str) -> None:
    done = bot("ask", *arguments)
    assert done.exit_code == 1
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.output


def test_ask_without_a_hub_answers_from_the_starter_and_says_so(hub: FakeHub) -> None:
    hub.online = False
    assert "Starter model, small: it errs more often than a real one." in bot("ask", "sentiment", "text=hello").stdout
    assert json.loads(bot("ask", "sentiment", "text=hello", "--json").stdout)["starter"] is True


def test_the_host_may_ask_any_model(hub: FakeHub, model: Folder) -> None:
    hub.repositories["foo/marked"] = Repository.of(model(models.sentiment), tags=("not-for-all-audiences",))
    asked = bot("ask", "sentiment", "text=hello", "model=foo/marked", "--json")
    assert json.loads(asked.stdout)["models"][0]["model"] == "foo/marked"


@pytest.mark.parametrize(("value", "read"), [("any", "any"), ('["Qwen/*", "a/b@v1"]', ("Qwen/*", "a/b@v1")), ("", ())])
def test_which_models_members_may_name(monkeypatch: pytest.MonkeyPatch, value: str, read: object) -> None:
    from bot.settings import Settings

    monkeypatch.setenv("MEMBER_MODELS", value)
    assert Settings().member_models == read


def test_pull_fetches_and_settles(hub: FakeHub, model: Folder, tmp_path: Path) -> None:
    hub.repositories[SENTIMENT_MODEL] = Repository.of(model(models.sentiment))
    done = bot("pull", "sentiment")
    assert done.exit_code == 0
    assert f"✓ text-classification: {SENTIMENT_MODEL}@{hub.repositories[SENTIMENT_MODEL].sha[:7]}" in done.stdout
    assert (tmp_path / "data" / "models.lock.json").exists()
    hub.online = False
    assert json.loads(bot("ask", "sentiment", "text=hello", "--json").stdout)["starter"] is False
    assert json.loads(bot("tasks", "--json").stdout)[0]["revision"] == hub.repositories[SENTIMENT_MODEL].sha


@pytest.mark.usefixtures("hub")
def test_pull_leaves_out_what_no_small_model_does() -> None:
    done = bot("pull", "any-to-any")
    assert done.exit_code == 0
    assert "– any-to-any: no small model does it well enough" in done.stdout


@pytest.mark.usefixtures("hub")
def test_pull_says_what_could_not_be_had() -> None:
    done = bot("pull", "sentiment", "--model", "nobody/nothing")
    assert done.exit_code == 1
    assert "✗ text-classification: There is no model “nobody/nothing”" in done.stdout


def test_pull_has_nothing_to_do_for_the_hosts_own_folder(own_model: Path) -> None:
    done = bot("pull", "sentiment")
    assert done.exit_code == 0
    assert str(own_model) in done.stdout


def test_pull_takes_names_only() -> None:
    done = bot("pull", "sentiment", "--model", "../somewhere")
    assert done.exit_code == 1
    assert "is no model name" in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEVICE", "gpu", "DEVICE: Input should be 'auto', 'cuda', 'mps' or 'cpu'"),
        (
            "MEMBER_MODELS",
            "Qwen/*",
            "MEMBER_MODELS: Input should be 'any'; MEMBER_MODELS: Input should be a valid tuple",
        ),
        ("QUEUE_LIMIT", "0", "QUEUE_LIMIT: Input should be greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str) -> None:
    monkeypatch.setenv(name, value)
    done = bot("tasks")
    assert done.exit_code == 78
    assert sentence in " ".join(done.stderr.split())


def test_cuda_without_cuda_is_an_error_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVICE", "cuda")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    done = bot("ask", "sentiment", "text=x")
    assert done.exit_code == 78
    assert "DEVICE=cuda, but" in done.stderr


@pytest.mark.parametrize("command", ["invite", "sync"])
def test_discord_commands_need_a_token(command: str) -> None:
    done = bot(command)
    assert done.exit_code == 78
    assert "There is no DISCORD_TOKEN" in done.stderr


def test_nothing_is_read_from_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    done = bot("ask", "sentiment", f"text=@{tmp_path / 'picture.png'}")
    assert done.exit_code == 1
    assert "picture.png is no text file that I can read" in " ".join(done.stderr.split())


def test_the_settings_come_from_dot_env(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DEVICE=gpu\n")
    assert bot("tasks").exit_code == 78


def test_the_example_env_is_valid_and_complete(tmp_path: Path) -> None:
    from bot.settings import Settings

    example = (Path(__file__).parent.parent / ".env.example").read_text()
    named = {
        line.lstrip("#").split("=")[0].lower()
        for line in example.splitlines()
        if "=" in line and " " not in line.split("=")[0]
    }
    assert named == set(Settings.model_fields)
    (tmp_path / ".env").write_text(
        "\n".join(line.removeprefix("#") for line in example.splitlines() if "=" in line and not line.startswith("# "))
    )
    assert bot("tasks").exit_code == 0


def test_help_names_every_command() -> None:
    shown = bot("--help").stdout
    for name in ("run", "playground", "tasks", "ask", "pull", "invite", "sync"):
        assert name in shown


def test_no_lines_no_answers() -> None:
    assert bot("ask", "sentiment", "-", "--json", given="").exit_code == 0
