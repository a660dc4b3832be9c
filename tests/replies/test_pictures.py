import time

import numpy as np
import pytest
from PIL import Image

from bot.answers import Box, Boxes, Depth, Mask, Masks, Match, Matches, Picture
from bot.media.picture import mask_png, png
from bot.replies.drawing import COLOURS
from bot.request import File
from bot.samples import sample
from bot.tasks import ASK_DOCUMENT, CUTOUTS, DEPTH, MATCH, OBJECTS, REGIONS, UPSCALE
from tests.replies.sending import alt, attachment, opened, sent

GREY = attachment(Image.new("RGB", (800, 600), "#444"))


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def near(pixel: object, colour: str) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 30 for one, other in zip(pixel, rgb(colour), strict=True))


def test_things_are_counted_and_boxed_in_the_colour_of_their_label() -> None:
    cats = [Box(x, 100, x + 150, 300, "cat", score) for x, score in ((50, 0.98), (300, 0.95))]
    rendered = sent(OBJECTS, Boxes((*cats, Box(500, 400, 780, 590, "dog", 0.5))), image=GREY)
    assert rendered.text == "🟦 **2 × cat** (98%, 95%) · 🟩 **dog** (50%)"
    picture = opened(rendered.files[0])
    assert [picture.getpixel(place)[0] for place in ((125, 200), (640, 500))] == pytest.approx([68, 68], abs=3)  # type: ignore[index]
    assert near(picture.getpixel((50, 250)), COLOURS[0])
    assert near(picture.getpixel((500, 550)), COLOURS[1])
    assert alt(rendered) == "Boxes around 2 × cat, 1 × dog"


def test_boxes_lie_where_they_are_on_a_picture_that_is_drawn_smaller() -> None:
    large = attachment(Image.new("RGB", (2000, 1000)))
    picture = opened(sent(OBJECTS, Boxes((Box(500, 250, 1500, 750, "x", 0.9),)), image=large).files[0])
    assert picture.size == (1600, 800)
    assert near(picture.getpixel((400, 400)), COLOURS[0])


def test_of_very_many_boxes_the_surest_are_drawn() -> None:
    boxes = [Box(5 * n, 5 * n, 5 * n + 20, 5 * n + 20, f"thing {n % 20}", n / 100) for n in range(100)]
    rendered = sent(OBJECTS, Boxes(tuple(boxes)), image=GREY)
    assert "and 8 more kinds of things" in rendered.text
    assert rendered.text.endswith("-# The 50 surest are drawn; 50 more were found.")


def test_no_boxes_are_a_sentence_below_the_picture() -> None:
    rendered = sent(OBJECTS, Boxes(()), image=GREY)
    assert rendered.text == f"*{OBJECTS.nothing}*"
    assert opened(rendered.files[0]).size == (800, 600)


def test_an_answer_is_marked_on_its_page() -> None:
    boxes = Boxes((Box(500, 590, 650, 620, "84.50", 0.91), Box(60, 100, 200, 130, "12", 0.05)), page=1)
    rendered = sent(ASK_DOCUMENT, boxes, file=sample("letter.png"), question="What is the total?")
    assert rendered.text == "## 84.50\n-# 91% sure, on page 1\n-# Or else: 12"
    assert alt(rendered) == "The page 1, with the place of the answer marked: 84.50"


def test_the_page_of_a_pdf_is_shown() -> None:
    file = sample("letter.pdf")
    rendered = sent(ASK_DOCUMENT, Boxes((Box(1, 1, 90, 90, "x", 0.9),), page=1), file=file, question="?")
    assert opened(rendered.files[0]).height > 640


def mask(where: tuple[slice, slice], label: str | None = None, size: tuple[int, int] = (600, 800)) -> Mask:
    inside = np.zeros(size, bool)
    inside[where] = True
    return Mask(mask_png(inside), label, None)


LEFT, RIGHT = (slice(None), slice(0, 600)), (slice(None), slice(600, None))


def test_regions_have_a_legend_with_their_shares() -> None:
    rendered = sent(REGIONS, Masks((mask(RIGHT, "tree"), mask(LEFT, "sky"))), image=GREY)
    assert rendered.text == "🟦 sky 75% · 🟩 tree 25%"
    assert alt(rendered) == "The picture in coloured areas: sky 75%, tree 25%"
    blue, green = (opened(rendered.files[0]).getpixel(place) for place in ((30, 30), (780, 30)))
    assert blue == pytest.approx([0.6 * part + 0.4 * 68 for part in rgb(COLOURS[0])], abs=6)
    assert green == pytest.approx([0.6 * part + 0.4 * 68 for part in rgb(COLOURS[1])], abs=6)


def test_masks_of_another_size_are_stretched() -> None:
    small = (slice(None), slice(0, 6))
    rendered = sent(REGIONS, Masks((mask(small, "sky", (6, 8)),)), image=GREY)
    assert rendered.text == "🟦 sky 75%"
    assert opened(rendered.files[0]).getpixel((780, 30)) == pytest.approx((68, 68, 68), abs=4)


def test_empty_masks_are_nothing() -> None:
    rendered = sent(REGIONS, Masks((mask((slice(0), slice(0)), "sky"),)), image=GREY)
    assert rendered.text == f"*{REGIONS.nothing}*"
    assert len(rendered.files) == 1


def test_the_largest_things_are_cut_out() -> None:
    masks = [mask((slice(10, 20 + 5 * n), slice(10, 30 + 5 * n))) for n in range(10)]
    rendered = sent(CUTOUTS, Masks(tuple(masks)), image=GREY)
    assert rendered.text.startswith("**10 parts** were found.\n-# The 8 largest")
    assert len(rendered.files) == 9
    assert len(rendered.items) == 1, "one gallery"
    largest = opened(rendered.files[1])
    assert largest.size == (65, 55), "no larger than it has to be"
    assert largest.mode == "RGBA"


def test_what_is_cut_out_is_see_through_around_it() -> None:
    ring = np.zeros((600, 800), bool)
    ring[100:200, 100:200] = True
    ring[120:180, 120:180] = False
    _, file = sent(CUTOUTS, Masks((Mask(mask_png(ring), None, 0.9),)), image=GREY).files
    assert [opened(file).getpixel(place) for place in ((5, 5), (50, 50))] == [(68, 68, 68, 255), (68, 68, 68, 0)]


def test_near_is_bright() -> None:
    ramp = Image.fromarray(np.tile(np.linspace(255, 0, 800).astype(np.uint8), (600, 1)))
    rendered = sent(DEPTH, Depth(png(ramp), 9.25, 0.5), image=GREY)
    assert "From 0.5 where it is farthest to 9.25 where it is nearest" in rendered.text
    picture = opened(rendered.files[0]).convert("L")
    bright, dark = (picture.getpixel((x, 300)) for x in (830, 1590))
    assert bright > 200 > 40 > dark  # type: ignore[operator]


def test_matches_are_counted_and_drawn_as_lines() -> None:
    white = attachment(Image.new("RGB", (800, 600), "white"))
    matches = tuple(Match((400, 300), (400, 300), 0.9) for _ in range(150))
    rendered = sent(MATCH, Matches(matches), first=white, second=white)
    assert rendered.text.startswith("**150 points** are in both pictures.")
    assert rendered.text.endswith("The 100 surest are drawn.")
    picture = opened(rendered.files[0]).convert("L")
    middle = picture.height // 2
    assert picture.getpixel((picture.width // 2 - 40, middle)) < 230  # type: ignore[operator]
    assert picture.getpixel((100, middle)) == 255, "the line begins at the point"


def test_no_matches_show_both_pictures() -> None:
    rendered = sent(MATCH, Matches(()), first=GREY, second=attachment(Image.new("RGB", (10, 50))))
    assert rendered.text == f"*{MATCH.nothing}*"
    assert len(rendered.files) == 1


def test_a_made_picture_is_sent_as_it_is() -> None:
    made = png(Image.new("RGB", (1600, 1200), "teal"))
    rendered = sent(UPSCALE, Picture(made), image=GREY)
    assert rendered.text == "800 × 600 → **1,600 × 1,200 pixels**"
    assert rendered.files[0].fp.read() == made


def test_a_made_picture_that_is_too_heavy_is_encoded_again() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (500, 500, 3), dtype=np.uint8)
    (file,) = sent(UPSCALE, Picture(png(Image.fromarray(noise))), limit=200_000, image=GREY).files
    assert file.filename == "image-upscale.jpg"
    assert len(file.fp.read()) <= 196_000


@pytest.mark.parametrize("size", [(1, 1), (2048, 1), (1, 2048), (30, 2000)])
def test_pictures_of_any_shape_can_be_drawn_on(size: tuple[int, int]) -> None:
    image = attachment(Image.new("RGB", size))
    sent(OBJECTS, Boxes((Box(0, 0, *size, "x", 0.9), Box(5, 5, 5, 5, "y", 0.1))), image=image)
    sent(REGIONS, Masks((mask((slice(None), slice(None)), "x", size[::-1]),)), image=image)
    sent(CUTOUTS, Masks((mask((slice(None), slice(None)), None, size[::-1]),)), image=image)
    sent(DEPTH, Depth(png(Image.new("L", size)), 1.0, 1.0), image=image)
    sent(MATCH, Matches((Match((0, 0), (0, 0), 0.5),)), first=image, second=GREY)


def test_drawing_is_quick() -> None:
    file = File("street.jpg", sample("street.jpg").data)
    boxes = Boxes(tuple(Box(40 * n, 30 * n, 40 * n + 200, 30 * n + 100, f"thing {n}", 0.5) for n in range(15)))
    sent(OBJECTS, boxes, image=file)
    started = time.process_time()
    sent(OBJECTS, boxes, image=file)
    assert time.process_time() - started < 0.6
