import os
import subprocess
from typing import Any

import pytest

from bot.media.audio import read_audio
from bot.media.limits import NO_LIMITS
from bot.samples import sample


def test_a_decoder_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads other people's files has nothing to give away."""
    monkeypatch.setenv("DISCORD_TOKEN", "s3cret")
    monkeypatch.setenv("DATA_KEY", "s3cret")
    started: list[dict[str, str]] = []
    popen = subprocess.Popen

    def noted(*arguments: Any, **named: Any) -> Any:
        started.append(named["env"])
        return popen(*arguments, **named)

    monkeypatch.setattr("bot.media.apart.subprocess.Popen", noted)
    assert len(read_audio(sample("voice.ogg"), NO_LIMITS, 16_000))
    assert len(started) == 1
    assert set(started[0]) <= {"OPENBLAS_NUM_THREADS", "LD_LIBRARY_PATH", "SYSTEMROOT"}
    assert "s3cret" not in started[0].values()
    assert os.environ["DISCORD_TOKEN"] == "s3cret"
