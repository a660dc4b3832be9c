from bot.answers import Text
from bot.replies import recent
from bot.replies.recent import Recent
from bot.request import File, Request
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
