"""What `make chaos` shows at length, in short; and that it would notice if it were not so."""

import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.chaos.crowd import LATER, MARK, Asked
from tests.chaos.host import Host
from tests.chaos.scenarios import SHORT, medley, play, tasks
from tests.chaos.trial import PROMISE, Trial
from tests.wire import Interaction, LoopbackDiscord
from tests.wire.world import EPHEMERAL


def card(*said: str, button: str | None = None) -> dict[str, Any]:
    buttons = [{"type": 1, "components": [{"type": 2, "custom_id": f"{button}:1"}]}] if button else []
    return {"components": [*({"type": 10, "content": text} for text in said), *buttons]}


QUEUED = card(f"> {MARK}0", "Queued", button="cancel")
ANSWER = card(f"> {MARK}0", "positive", button="again")
REFUSED = card("Ask me again in a minute.")


@pytest.fixture
def it(tmp_path: Path) -> Trial:
    """A trial without a bot: what it would have done is written by hand."""
    discord = LoopbackDiscord()
    return Trial(discord, Host(discord, tmp_path), Random(1))


def ask(it: Trial, *shown: dict[str, Any], private: bool = False, flags: int = 0, ago: float = 0.0) -> Interaction:
    """A request, acknowledged `ago` seconds ago, whose message was then what `shown` says, one after the other."""
    interaction = Interaction(it.discord, it.discord.channel, None, 0.0)
    it.discord.interactions[interaction.token] = interaction
    interaction.callback = {"type": 5}
    interaction.acknowledged = time.monotonic() - ago
    message = it.discord.write({"flags": flags}, [], str(it.discord.channel), thinking=True)
    interaction.message = message["id"]
    for each in shown:
        message = it.discord.edit(message, each, [])
    it.crowd.asked.append(Asked(f"{MARK}0", private, interaction))
    return interaction


@pytest.mark.parametrize("end", [ANSWER, REFUSED])
def test_an_answer_or_a_sentence_will_do(it: Trial, end: dict[str, Any]) -> None:
    ask(it, QUEUED, end)
    assert it.judge().failures == []


@pytest.mark.parametrize("shown", [(), (QUEUED,), (QUEUED, card(f"It isn't lost: {LATER}."))])
def test_what_stays_open_is_lost(it: Trial, shown: tuple[dict[str, Any], ...]) -> None:
    ask(it, QUEUED, ANSWER)
    ask(it, *shown)
    assert it.judge().failures == ["none lost"]


def test_what_is_deleted_is_lost(it: Trial) -> None:
    interaction = ask(it, QUEUED, ANSWER)
    del it.discord.messages[interaction.message or ""]
    assert it.judge().failures == ["none lost"]


@pytest.mark.parametrize(("ago", "stranded"), [(1.0, 1), (PROMISE + 1, 0)])
def test_what_was_not_accepted_when_the_process_ended_is_told_apart(it: Trial, ago: float, stranded: int) -> None:
    ask(it, QUEUED, ANSWER)
    ask(it, ago=ago)
    it.host.ended.append(time.monotonic())
    verdict = it.judge()
    assert verdict.counts["stranded"] == stranded
    assert verdict.failures == ["none lost"] * (not stranded)


def test_what_was_accepted_when_the_process_ended_is_lost(it: Trial) -> None:
    ask(it, QUEUED, ago=1.0)
    it.host.ended.append(time.monotonic())
    assert it.judge().failures == ["none lost"]


def test_a_second_message_is_one_too_many(it: Trial) -> None:
    interaction = ask(it, QUEUED, ANSWER)
    interaction.followup_ids.append(it.discord.write(ANSWER, [], interaction.channel)["id"])
    assert it.judge().failures == ["none doubled"]


def test_a_message_that_nobody_asked_for_is_one_too_many(it: Trial) -> None:
    ask(it, QUEUED, ANSWER)
    it.discord.write(ANSWER, [], str(it.discord.channel))
    assert it.judge().failures == ["none doubled"]


def test_an_answer_that_is_taken_back_is_counted(it: Trial) -> None:
    ask(it, QUEUED, ANSWER, ANSWER)
    ask(it, QUEUED, ANSWER, QUEUED, ANSWER)
    verdict = it.judge()
    assert verdict.counts["repeated"] == 1
    assert verdict.failures == []


def test_the_answer_to_another_is_none(it: Trial) -> None:
    ask(it, QUEUED, card(f"> {MARK}1", "positive", button="again"))
    assert it.judge().failures == ["none crossed"]


def test_what_was_asked_privately_is_answered_privately(it: Trial) -> None:
    ask(it, QUEUED, ANSWER, private=True, flags=EPHEMERAL)
    assert it.judge().failures == []
    ask(it, QUEUED, ANSWER, private=True)
    assert it.judge().failures == ["none exposed"]


def test_a_defect_is_no_sentence(it: Trial) -> None:
    ask(it, QUEUED, card("Something broke on my side (id 1234)."))
    assert it.judge().failures == ["none broken"]


@pytest.mark.parametrize(
    ("line", "failure"),
    [
        (f"WARNING can't read {MARK}7 is a lovely place", "no words of members in the log"),
        ("WARNING POST /webhooks/1/interaction-12 responded with 429", "no tokens in the log"),
        ("WARNING Shard ID None heartbeat blocked for more than 10 seconds.", "no heartbeats blocked in the log"),
        ("ERROR defect 12ab: builtins.TypeError", "no defects in the log"),
    ],
)
def test_what_the_log_may_not_say(it: Trial, line: str, failure: str) -> None:
    ask(it, QUEUED, ANSWER)
    it.host.log.append(f"2026-01-01 00:00:00 {line}\n")
    assert it.judge().failures == [failure]


def test_where_nothing_was_accepted_nothing_is_shown(it: Trial) -> None:
    ask(it)
    it.host.ended.append(time.monotonic())
    assert it.judge().failures == ["there was something to lose"]


def test_everything_at_once() -> None:
    verdict = play(medley, 1, SHORT)
    assert verdict.failures == [], verdict.counts


def test_no_task_stays_behind() -> None:
    verdict = tasks(1, SHORT)
    assert verdict.failures == [], verdict.counts
