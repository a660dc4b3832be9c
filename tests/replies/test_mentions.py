"""Whatever is sent or edited says that it mentions nobody: an edit that doesn't would ping whom a text names."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
import cogs
from bot.replies.posted import NO_MENTIONS

SENDING = {"send", "reply", "edit", "send_message", "edit_message", "edit_original_response", "edit_webhook_message"}
SIMULATED = Path("bot/playground/world.py")
"""What the simulated people and the server itself do."""


def sources() -> Iterator[Path]:
    for package in (bot, cogs):
        yield from Path(package.__path__[0]).rglob("*.py")


def calls(source: str, names: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def is_raw(source: str) -> bool:
    """Whether `source` writes to Discord by a payload of its own, as voice messages are sent."""
    routes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return any(
        ast.unparse(node.func).endswith("Route") and ast.unparse(node.args[0]) in {"'POST'", "'PATCH'"}
        for node in routes
    )


def forgotten(source: str) -> list[str]:
    """The calls in `source` that show something and don't say that it mentions nobody."""
    found = []
    for call in calls(source, SENDING):
        said = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        if said.get("allowed_mentions") != "NO_MENTIONS":
            found.append(ast.unparse(call))
    return found


@pytest.mark.parametrize("path", sources(), ids=lambda path: "/".join(path.parts[-2:]))
def test_no_message_of_ours_pings(path: Path) -> None:
    source = path.read_text()
    if not path.as_posix().endswith(SIMULATED.as_posix()):
        assert forgotten(source) == []
    if is_raw(source):
        assert "'allowed_mentions': {'parse': []}" in ast.unparse(ast.parse(source))


def test_a_forgotten_one_would_be_found() -> None:
    assert forgotten("await message.edit(view=card)") == ["message.edit(view=card)"]
    assert forgotten("await message.edit(view=card, allowed_mentions=discord.AllowedMentions.all())")
    assert not forgotten("await message.edit(view=card, allowed_mentions=NO_MENTIONS)")
    assert is_raw('http.request(Route("POST", "/channels/1/messages"), json=payload)')
    assert dict(NO_MENTIONS.to_dict()) == {"parse": []}
