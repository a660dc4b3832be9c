from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.request import Asker, File, InteractionAddress, MessageAddress, Request
from bot.storage.journal import dump_request, load_request
from bot.storage.storage import Storage

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
