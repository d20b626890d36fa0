import io

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from mark_core.errors import MarkError
from mark_core.export.drawing import to_pdf, to_png
from mark_core.export.extract import extract_hits, extract_words
from mark_core.segmentation.word import Word
from tests.export.samples import WORDS, make_hit, make_index, make_page, make_phrase

PAPER = (214, 214, 214)
HIT, CONFIRMED, REJECTED, WORD = (190, 0, 90), (0, 105, 60), (85, 85, 85), (0, 84, 166)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def share(image, colour):
    return float((image == colour).all(axis=-1).mean())


def contrast(one, other):
    """WCAG 2, relative luminance."""

    def luminance(colour):
        channel = np.array(colour) / 255
        linear = np.where(channel <= 0.03928, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def three_hits():
    hits = [make_hit("p1", 0, 1, 0.9), make_hit("p1", 1, 2, 0.8), make_hit("p1", 2, 3, 0.7)]
    return extract_hits(make_index(make_page()), hits, "x", {("p1", 1): "confirmed", ("p1", 2): "rejected"})


def test_a_reduced_page_has_the_size_of_its_original():
    page = make_page(original=(500, 300))
    image = pixels(to_png(extract_words(make_index(page))))
    assert image.shape == (300, 500, 3)
    x, y, w, h = (round(side * 2.5) for side in WORDS[2].box)
    assert (image[y + h // 2, x] == WORD).all()
    assert (image[y + h // 2, x + w - 1] == WORD).all()
    assert (image[y + h // 2, x + w // 2] == PAPER).all()


def test_every_word_of_a_phrase_is_framed():
    image = pixels(to_png(extract_hits(make_index(make_page()), [make_phrase("p1", 0, 3, 1)], "a b c")))
    for x, y, w, h in (word.box for word in WORDS):
        assert share(image[y - 3 : y + h + 3, x - 3 : x + w + 3], HIT) > 0.01


def test_hits_are_framed_around_their_ink():
    image = pixels(to_png(three_hits()))
    for word, colour in zip(WORDS, (HIT, CONFIRMED, REJECTED), strict=True):
        x, y, w, h = word.box
        around = image[y - 3 : y + h + 3, x - 3 : x + w + 3]
        assert share(around, colour) > 0.01
        ink = image[y + 3 : y + h - 3, x + 3 : x + w - 3]
        assert share(ink, PAPER) == 1.0


def test_a_decision_shows_without_colour():
    """One whole line, two of them, or a dashed one, where no other box's number lies."""
    image = pixels(to_png(three_hits()))
    x, y, w, h = WORDS[1].box
    left = image[y + h // 2, x - 12 : x]
    dark = (left == CONFIRMED).all(axis=-1)
    assert np.count_nonzero(np.diff(dark.astype(int)) == 1) + dark[0] == 2
    x, y, w, h = WORDS[2].box
    edge = (image[y + h + 1, x : x + w] == REJECTED).all(axis=-1)
    assert 0.2 < edge.mean() < 0.8
    x, y, w, h = WORDS[0].box
    assert (image[y : y + h, x + w + 1] == HIT).all()


def test_numbers_are_readable():
    """The tag above a box has white figures on its colour, of a contrast of 4.5 (WCAG AA) and 8 pixels high."""
    for colour in (HIT, CONFIRMED, REJECTED, WORD):
        assert contrast(colour, (255, 255, 255)) > 4.5
    image = pixels(to_png(three_hits()))
    x, y, _, _ = WORDS[0].box
    tag = image[: y - 2, x - 2 : x + 14]
    figure = (tag.min(axis=-1) > 200) & (tag != PAPER).any(axis=-1)
    rows = np.flatnonzero((figure & ((tag == (255, 255, 255)).all(axis=-1))).any(axis=1))
    assert rows.max() - rows.min() >= 8
    assert share(tag, HIT) > 0.2


def test_numbers_of_boxes_at_the_edge_stay_on_the_page():
    corner = (Word((0, 0, 30, 20)), Word((190, 100, 10, 20), 1.0, 1, 1))
    image = pixels(to_png(extract_words(make_index(make_page(), words=corner))))
    for part in (image[:20, :20], image[80:, 180:]):
        # Light pixels that are not paper: the figure itself, not the outline of the box or the tag.
        figure = (part[..., 0] > 120) & (part != PAPER).any(axis=-1)
        assert figure.sum() >= 6


def test_the_page_itself_is_left_alone():
    page = make_page()
    to_png(extract_words(make_index(page)))
    to_pdf(extract_words(make_index(page)))
    assert (page.pixels == PAPER).all()


def test_one_png_a_page():
    with pytest.raises(MarkError, match="2 pages"):
        to_png(extract_words(make_index(make_page("a.jpg"), make_page("b.jpg"))))


def test_pdf_has_all_pages_at_their_size_on_paper():
    pages = [make_page("a.jpg", dpi=100.0), make_page("b.jpg", original=(400, 240)), make_page("c.jpg")]
    document = pdfium.PdfDocument(to_pdf(extract_words(make_index(*pages))))
    assert len(document) == 3
    sizes = [document[i].get_size() for i in range(3)]
    assert sizes[0] == pytest.approx((144, 86.4), abs=0.1)  # 200 pixels at 100 dots per inch are 2 inches
    assert sizes[1] == pytest.approx((96, 57.6), abs=0.1)  # 300 dots per inch where nothing is stated
    drawn = document[0].render(scale=100 / 72).to_numpy()[:, :, ::-1]
    x, y, w, h = WORDS[2].box
    assert np.abs(drawn[y + h // 2, x].astype(int) - WORD).max() < 90  # JPEG
    assert np.abs(drawn[y + h // 2, x + w // 2].astype(int) - PAPER).max() < 12
    document.close()
