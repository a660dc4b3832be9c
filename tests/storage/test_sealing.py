import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import HostError
from bot.storage.sealing import Seal, Unreadable, key_from, key_in, new_key


@given(st.binary(), st.text())
def test_what_is_sealed_opens_with_the_same_key_and_about_the_same(data: bytes, about: str) -> None:
    about = about.encode(errors="replace").decode()
    seal = Seal(new_key())
    sealed = seal.close(data, about)
    assert seal.open(sealed, about) == data
    for other, name in ((Seal(new_key()), about), (seal, about + "2")):
        with pytest.raises(Unreadable):
            other.open(sealed, name)


@pytest.mark.parametrize("damaged", [b"", b"short", b"\0" * 100])
def test_what_is_not_whole_is_unreadable(damaged: bytes) -> None:
    with pytest.raises(Unreadable):
        Seal(new_key()).open(damaged, "a")


def test_the_same_is_never_sealed_the_same_way_twice() -> None:
    seal = Seal(new_key())
    assert seal.close(b"hello", "a") != seal.close(b"hello", "a")


def test_a_key_is_made_once_for_this_account_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "key"
    key = key_in(file)
    assert key_in(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["key"]


def test_a_key_that_others_can_read_is_closed_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "key"
    key_in(file)
    file.chmod(0o644)
    key_in(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "could be read by other accounts" in caplog.text


def test_what_holds_no_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(HostError, match="holds no key"):
        key_in(tmp_path / "key")


def test_a_key_from_the_environment() -> None:
    key = new_key()
    assert key_from(base64.b64encode(key).decode()) == key
    for wrong in ("", "nonsense!", base64.b64encode(b"short").decode()):
        with pytest.raises(HostError, match="openssl rand"):
            key_from(wrong)
