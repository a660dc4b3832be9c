"""What members chose, on the disk and in memory."""

from pathlib import Path

import pytest

from bot.errors import Refusal
from bot.settings import Settings
from bot.storage.database import Database, Unwritable
from bot.storage.storage import Storage, opened_storage


async def test_everybody_may_be_read_until_they_say_no(storage: Storage) -> None:
    members = storage.members
    assert members.may_read(1)
    await members.opt_out(1)
    await members.opt_out(1)
    assert not members.may_read(1)
    assert not members.may_read(1, by=2)
    assert members.may_read(1, by=1), "their own act"
    assert members.may_read(2)
    await members.opt_in(1)
    assert members.may_read(1)


async def test_the_choice_outlives_the_process_and_deletion(tmp_path: Path) -> None:
    async with opened_storage(Settings(data_dir=tmp_path)) as storage:
        for user in (1, 2**63 - 1, 3):
            await storage.members.opt_out(user)
        await storage.members.opt_in(3)
        await storage.members.forget_member(1)
        await storage.members.forget_server(1)
    async with opened_storage(Settings(data_dir=tmp_path)) as storage:
        assert [storage.members.may_read(user) for user in (1, 2**63 - 1, 3)] == [False, False, True]
        held = await storage.members.held_of(1)
        assert held is not None
        assert await storage.members.held_of(3) is None


async def test_what_is_not_written_does_not_count(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise Unwritable("disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", full)
        with pytest.raises(Refusal, match="isn't settled"):
            await storage.members.opt_out(1)
    assert storage.members.may_read(1)
    await storage.members.opt_out(1)
    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", full)
        with pytest.raises(Refusal, match="isn't settled"):
            await storage.members.opt_in(1)
    assert not storage.members.may_read(1)
