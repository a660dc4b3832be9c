from bot.answers import Text
from bot.replies import recent
from bot.replies.recent import Recent
from bot.request import Asker, File, Request
from bot.worker.door import Done, Source, Step


def request(data: bytes = b"x") -> Request:
    return Request("summarization", {"text": File("a.txt", data)})


def done(model: str = "a/b") -> Done:
    return Done(Text("hi"), Source((Step(model, "abc"),), starter=False, device="cpu", dtype="float32", seconds=1.0))


def test_kept_for_an_hour() -> None:
    now = [0.0]
    kept, asked = Recent(clock=lambda: now[0]), request()
    kept.keep(asked, done())
    now[0] = 3599.0
    found = kept.find(asked.id)
    assert found is not None
    assert found.request is asked
    now[0] = 3601.0
    kept.forget_old()
    assert kept.models("summarization") == []
    assert kept.find(asked.id) is None


def test_the_oldest_leave_where_there_is_too_much(monkeypatch) -> None:
    monkeypatch.setattr(recent, "KEPT_BYTES", 100)
    kept = Recent()
    first, second, third = (request(b"x" * 45) for _ in range(3))
    for asked in (first, second, third):
        kept.keep(asked, done())
    assert kept.find(first.id) is None
    assert kept.find(second.id)
    assert kept.find(third.id)


def test_the_models_that_answered_newest_first() -> None:
    kept = Recent()
    for model in ("a/a", "b/b", "a/a"):
        kept.keep(request(), done(model))
    assert kept.models("summarization") == ["a/a", "b/b"]
    assert kept.models("translation") == []


def test_unknown() -> None:
    assert Recent().find("abc") is None


async def test_kept_not_at_all() -> None:
    kept, asked = Recent(0.0), request()
    kept.keep(asked, done())
    assert kept.find(asked.id) is None
    assert kept.models("summarization") == []


async def test_whose_it_is_and_whose_words_it_holds() -> None:
    kept = Recent()
    mine, about_mine, other = (
        Request("summarization", {"text": File("a.txt", b"x" * 10)}, asker=Asker(user, 7), author=author)
        for user, author in ((1, None), (2, 1), (2, None))
    )
    for asked in (mine, about_mine, other):
        kept.keep(asked, done())
    held = await kept.held_of(1)
    assert held is not None
    assert held.sentence.startswith("1 recent answer to you")
    assert held.sentence.endswith("1 recent answer to others, about a message of yours")
    await kept.forget_member(1)
    assert [asked for asked in (mine, about_mine, other) if kept.find(asked.id)] == [other]
    assert kept._bytes == 10
    await kept.forget_server(8)
    assert kept.find(other.id)
    await kept.forget_server(7)
    assert kept.find(other.id) is None
    assert kept._bytes == 0
