"""What a message holds."""

from bot.replies.contents import serving_as, text_file_of
from bot.tasks import Kind
from tests.replies.attached import attached


def test_what_is_nothing_else_comes_first() -> None:
    files = [attached("clip.mp4"), attached("page.png"), attached("talk.mp3"), attached("page.pdf"), attached("a.mp3")]
    assert [it.filename for it in serving_as(Kind.AUDIO, files)] == ["talk.mp3", "a.mp3", "clip.mp4"]
    assert [it.filename for it in serving_as(Kind.DOCUMENT, files)] == ["page.pdf", "page.png"]
    assert [it.filename for it in serving_as(Kind.VIDEO, files)] == ["clip.mp4"]
    assert serving_as(Kind.TABLE, files) == []


def test_the_first_text_file() -> None:
    files = [attached("page.png"), attached("notes.txt"), attached("more.txt")]
    found = text_file_of(files)
    assert found is not None
    assert found.filename == "notes.txt"
    assert text_file_of([attached("page.png"), attached("nameless", None)]) is None
