import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.keeping import told as told_of
from bot.request import Asker, File, InteractionAddress, MessageAddress, Request
from bot.settings import Settings
from bot.storage.journal import dump_request, load_request
from bot.storage.storage import Storage, opened_storage

ids = st.integers(0, 2**63)
times = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
text = st.text(st.characters(exclude_categories=["Cs"]))
addresses = st.builds(
    InteractionAddress, application=ids, token=text, created=times, channel=ids | st.none(), private=st.booleans()
) | st.builds(MessageAddress, channel=ids, message=ids)
requests = st.builds(
    Request,
    task=text,
    inputs=st.dictionaries(text, text | st.builds(File, name=text, data=st.binary(), content_type=text | st.none())),
    options=st.dictionaries(
        text,
        text
        | st.integers()
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.lists(text).map(tuple)
        | st.none(),
    ),
    model=text | st.none(),
    asker=st.builds(Asker, user=ids, server=ids | st.none()) | st.none(),
    address=addresses | st.none(),
    created=times,
)


@given(requests)
def test_a_request_comes_back_as_it_was_written(request: Request) -> None:
    assert load_request(dump_request(request)) == request


def test_a_request_in_a_log_shows_neither_text_nor_token() -> None:
    address = InteractionAddress(1, "s3cret", datetime.now(UTC), 2, private=False)
    shown = repr(Request("t", {"text": "private words", "file": File("a", b"private")}, address=address))
    assert "private words" not in shown
    assert "s3cret" not in shown


async def test_what_is_not_struck_is_unanswered_oldest_first(storage: Storage) -> None:
    journal = storage.journal
    old, new, answered = (Request("t", {"text": str(n)}, created=datetime(2026, 1, n, tzinfo=UTC)) for n in (1, 2, 3))
    for request in (new, answered, old):
        await journal.add(request)
    journal.strike(answered)
    await journal.settle()
    assert [entry.request for entry in await journal.unanswered()] == [old, new]


async def test_what_is_held_of_a_member_and_what_is_deleted(storage: Storage) -> None:
    journal = storage.journal
    requests = [
        Request("t", {"text": f"{user} {server}"}, asker=Asker(user, server)) for user in (1, 2) for server in (7, 8)
    ]
    for request in requests:
        await journal.add(request)
    held = await journal.held_of(1)
    assert held is not None
    assert held.sentence == "2 requests written down, sealed, until answered"
    assert [it["inputs"]["text"] for it in held.data] == ["1 7", "1 8"]
    await journal.forget_member(1)
    assert await journal.held_of(1) is None
    await journal.forget_server(8)
    await journal.settle()
    assert [entry.request.inputs["text"] for entry in await journal.unanswered()] == ["2 7"]


async def test_what_nobody_waits_for_any_more_is_deleted_at_the_start(tmp_path: Path) -> None:
    settings, now = Settings(data_dir=tmp_path), datetime.now(UTC)
    old, new = (Request("t", {"text": "x"}, created=now - timedelta(days=days)) for days in (7.01, 6.99))
    async with opened_storage(settings) as storage:
        for request in (old, new):
            await storage.journal.add(request)
        assert len(await storage.journal.unanswered()) == 2
    async with opened_storage(settings) as storage:
        assert [entry.request for entry in await storage.journal.unanswered()] == [new]


async def test_the_token_is_not_told() -> None:
    address = InteractionAddress(1, "s3cret", datetime.now(UTC), 2, private=False)
    request = Request(
        "t", {"text": "words", "file": File("a.txt", b"12345")}, asker=Asker(1, 7, (2,), (3,)), address=address
    )
    told = json.dumps(told_of(request))
    assert "s3cret" not in told
    for part in ("words", '"a.txt"', "5 bytes", '"server": "7"', '"channels": ["2"]', '"roles": ["3"]'):
        assert part in told
