"""Files that were whole once."""

from hypothesis import strategies as st


@st.composite
def mangled(draw: st.DrawFn, *whole: bytes) -> bytes:
    """One of `whole`, with a few bytes changed, most of them at its beginning, and perhaps its end missing."""
    data = bytearray(draw(st.sampled_from(whole)))
    places = st.integers(0, min(200, len(data) - 1)) | st.integers(0, len(data) - 1)
    for place, value in draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
        data[place] = value
    return bytes(data[: draw(st.just(len(data)) | st.integers(0, len(data)))])
