"""What the host sets, out of the environment."""

import re
from pathlib import Path

import pytest

from bot.errors import HostError
from bot.rules import HostRules, Quota
from bot.settings import Settings, read_settings

EXAMPLE = (Path(__file__).parents[1] / ".env.example").read_text()


def test_generous_but_finite_where_nothing_is_set() -> None:
    assert read_settings().rules == HostRules(
        member=Quota(at_once=5, a_minute=20, a_day=500, seconds_a_day=3_600),
        server=Quota(at_once=100, a_minute=300, a_day=10_000, seconds_a_day=43_200),
    )


def test_who_may_ask_and_for_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMBER_A_DAY", "0")
    monkeypatch.setenv("ALLOWED_SERVERS", "[1234567890123456789, 2]")
    monkeypatch.setenv("EXEMPT_ROLES", "[3]")
    rules = read_settings().rules
    assert rules.member == Quota(at_once=5, a_minute=20, a_day=0, seconds_a_day=3_600)
    assert rules.allowed_servers == {1234567890123456789, 2}
    assert rules.exempt_roles == {3}


@pytest.mark.parametrize("written", ["1234, 5678", "everyone", "1234"])
def test_a_list_that_is_none_names_its_variable(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("DENIED_MEMBERS", written)
    with pytest.raises(HostError, match=r"(?i)denied_members"):
        read_settings()


def test_every_setting_is_told_in_the_example_with_its_default() -> None:
    told = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert told.keys() == {name.upper() for name in Settings.model_fields}
    for name in ("member_at_once", "member_a_minute", "member_a_day", "member_seconds_a_day"):
        assert told[name.upper()] == str(Settings.model_fields[name].default)
        server = name.replace("member", "server")
        assert told[server.upper()] == str(Settings.model_fields[server].default)
