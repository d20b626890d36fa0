"""Every kind of image comes out as the same picture, and every bad file as one plain sentence."""

from __future__ import annotations

import re
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

import mark_core as mark
from mark_core.pages import limits
from tests.helpers.page_files import encode, pdf_bytes


def picture() -> Image.Image:
    """90 x 60: dark left half, light right half, so that a turn or a wrong scale shows."""
    image = Image.new("L", (90, 60), 230)
    ImageDraw.Draw(image).rectangle((0, 0, 44, 59), fill=20)
    return image


def assert_is_picture(page: mark.Page, tolerance: int = 12) -> None:
    assert page.pixels.shape == (60, 90, 3)
    assert page.pixels.dtype == np.uint8
    assert abs(int(np.median(page.grey[:, :40])) - 20) <= tolerance
    assert abs(int(np.median(page.grey[:, 50:])) - 230) <= tolerance


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("L", "PNG"),
        ("RGB", "PNG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("RGB", "JPEG"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("RGB", "WEBP"),
        ("P", "GIF"),
        ("F", "TIFF"),
        ("RGB", "BMP"),
    ],
)
def test_modes_and_formats(mode: str, kind: str) -> None:
    assert_is_picture(mark.load_page(encode(picture().convert(mode), kind)))


def test_bilevel_image() -> None:
    page = mark.load_page(encode(picture().point(lambda v: 255 * (v > 100)).convert("1"), "TIFF"))
    assert set(np.unique(page.grey)) == {0, 255}


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_cut(kind: str) -> None:
    deep = Image.fromarray(np.asarray(picture()).astype(np.uint16) * 257)
    assert_is_picture(mark.load_page(encode(deep, kind)), tolerance=1)


def test_twelve_bits_in_a_sixteen_bit_file() -> None:
    assert_is_picture(mark.load_page(np.asarray(picture()).astype(np.uint16) * 16), tolerance=1)


def test_floats_from_zero_to_one() -> None:
    assert_is_picture(mark.load_page(np.asarray(picture()) / 255.0), tolerance=1)


def test_transparent_parts_become_paper() -> None:
    image = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    assert mark.load_page(image).pixels.min() == 255
    palette = Image.new("P", (40, 30), 0)
    assert mark.load_page(encode(palette, "PNG", transparency=0)).pixels.min() == 255


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once(kind: str, orientation: int) -> None:
    upright = Image.new("RGB", (90, 60), (230, 230, 230))
    ImageDraw.Draw(upright).rectangle((0, 0, 40, 25), fill=(20, 20, 20))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that a camera of this orientation stored
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = mark.load_page(encode(stored, kind, exif=exif))
    assert page.original_size == (90, 60)
    assert page.grey[10, 10] < 60
    assert page.grey[50, 10] > 200
    assert page.grey[10, 80] > 200
    assert page.grey[50, 80] > 200


def test_sources_agree(tmp_path) -> None:
    path = tmp_path / "letter.png"
    picture().save(path)
    from_path = mark.load_page(path)
    from_bytes = mark.load_page(path.read_bytes(), name="letter.png")
    assert from_path.name == from_bytes.name == "letter.png"
    assert from_path.sha256 == from_bytes.sha256
    for source in (str(path), picture(), np.asarray(picture()), np.asarray(picture().convert("RGB"))):
        assert np.array_equal(mark.load_page(source).pixels, from_path.pixels)


def test_pixels_cannot_be_changed() -> None:
    page = mark.load_page(picture())
    with pytest.raises(ValueError, match="read-only"):
        page.pixels[0, 0] = 0


def test_tiff_frames_are_pages() -> None:
    frames = [Image.new("L", (30 + n, 40), 50 * n) for n in range(3)]
    data = encode(frames[0], "TIFF", save_all=True, append_images=frames[1:], dpi=(200, 200))
    pages = list(mark.load_pages(data, name="book.tif"))
    assert [page.width for page in pages] == [30, 31, 32]
    assert [page.number for page in pages] == [0, 1, 2]
    assert pages[0].dpi == 200
    assert mark.load_page(data, number=2).width == 32
    with pytest.raises(mark.MarkError, match="3 pages, so there is no page 4"):
        mark.load_page(data, number=3)


def test_pdf_pages_are_drawn_at_print_resolution() -> None:
    pages = list(mark.load_pages(pdf_bytes(2)))
    assert [page.number for page in pages] == [0, 1]
    assert pages[1].width == pytest.approx(600, abs=1)  # 2 x 3 inches
    assert pages[1].height == pytest.approx(900, abs=1)
    assert pages[0].dpi == limits.PDF_DPI


def test_huge_pdf_paper_is_drawn_smaller() -> None:
    page = mark.load_page(pdf_bytes(1, (8000, 8000)))
    assert page.width * page.height <= limits.WORKING_PIXELS * 1.01


def test_large_scan_is_read_at_reduced_scale() -> None:
    data = encode(Image.new("L", (12_000, 10_000), 200), "JPEG")
    tracemalloc.start()
    page = mark.load_page(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert page.original_size == (12_000, 10_000)
    assert 0.9 * limits.WORKING_PIXELS < page.width * page.height <= limits.WORKING_PIXELS
    assert page.scale == pytest.approx(page.width / 12_000)
    assert peak < 400e6


@pytest.mark.parametrize("level", [0, 255])
def test_blank_pages_load(level: int) -> None:
    assert mark.load_page(encode(Image.new("L", (300, 200), level), "PNG")).grey.mean() == level


def truncated(kind: str) -> bytes:
    rng = np.random.default_rng(0)
    data = encode(Image.fromarray(rng.integers(0, 255, (80, 80, 3), dtype=np.uint8)), kind)
    return data[: len(data) * 2 // 3]


def bomb() -> bytes:
    """A PNG that declares 900 million pixels."""
    data = bytearray(encode(picture(), "PNG"))
    data[16:24] = (30_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def protected_pdf() -> bytes:
    """A PDF whose encryption dictionary answers to no password."""
    body = pdf_bytes(1)
    trailer = (
        b"trailer\n<</Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"
    )
    trailer += b"/ID[<" + b"43" * 16 + b"><" + b"43" * 16 + b">]"
    return body.replace(b"trailer\r\n<<", trailer).replace(b"trailer\n<<", trailer, 1)


BAD = {
    "not an image": (b"Dear Sir, I have the honour to be" * 20, "not an image"),
    "zero bytes": (b"", "empty"),
    "one pixel": (encode(Image.new("L", (1, 1)), "PNG"), "only 1 by 1 pixels"),
    "truncated JPEG": (truncated("JPEG"), "damaged or incomplete"),
    "truncated PNG": (truncated("PNG"), "damaged or incomplete"),
    "truncated TIFF": (truncated("TIFF"), "damaged or incomplete"),
    "truncated WebP": (truncated("WEBP"), "."),
    "bomb": (bomb(), "too large"),
    "damaged PDF": (b"%PDF-1.7\nnothing else", "PDF is damaged"),
    "protected PDF": (protected_pdf(), "password"),
    "bad array": (np.zeros((4, 4, 4, 4)), "grid of"),
    "words": (np.array([["a", "b"] * 8] * 16), "grid of"),
    "None": (None, "not an image"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_plain_sentence(case: str) -> None:
    source, expected = BAD[case]
    with pytest.raises(ValueError, match=re.escape(expected)) as caught:
        mark.load_page(source)
    sentence = str(caught.value)
    assert isinstance(caught.value, mark.MarkError)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not re.search(r"PIL|pdfium|Error|<|0x|/", sentence, re.IGNORECASE)


def test_missing_file_is_named_without_its_folder(tmp_path) -> None:
    with pytest.raises(mark.MarkError) as caught:
        mark.load_page(tmp_path / "gone.jpg")
    assert str(caught.value) == "There is no file called gone.jpg."
    with pytest.raises(mark.MarkError, match="cannot be opened"):
        mark.load_page(tmp_path)


def test_too_many_pages(monkeypatch) -> None:
    monkeypatch.setattr("mark_core.pages.pdf.MAX_PAGES", 2)
    monkeypatch.setattr("mark_core.pages.load.MAX_PAGES", 2)
    with pytest.raises(mark.MarkError, match="3 pages"):
        mark.load_pages(pdf_bytes(3))
    frame = picture()
    with pytest.raises(mark.MarkError, match="3 pages"):
        mark.load_pages(encode(frame, "TIFF", save_all=True, append_images=[frame, frame]))
