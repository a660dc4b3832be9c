import logging

import pytest

from bot.errors import record_defect


def test_a_defect_is_logged_by_place_and_never_by_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    try:
        try:
            raise KeyError("what a member wrote")
        except KeyError as error:
            raise ValueError("tokenizer choked on: what a member wrote") from error
    except ValueError as error:
        defect = record_defect(error)
    assert f"defect {defect}: builtins.ValueError" in caplog.text
    assert "caused by builtins.KeyError" in caplog.text
    assert "test_errors.py" in caplog.text
    assert "what a member wrote" not in caplog.text.replace('raise KeyError("what a member wrote")', "").replace(
        'raise ValueError("tokenizer choked on: what a member wrote") from error', ""
    )
