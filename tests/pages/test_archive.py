"""Zip archives of pages, their order, and those that are made to do harm."""

from __future__ import annotations

import itertools
import random
import re
import zipfile
from operator import length_hint

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import mark_core as mark
from mark_core.pages.archive import Archive, natural_key
from tests.helpers.page_files import encode, pdf_bytes, zipped


def scan(width: int = 40) -> bytes:
    return encode(Image.new("L", (width, 30), 200), "PNG")


def names(data: bytes) -> list[str]:
    return [page.name for page in mark.load_pages(data)]


def test_pages_come_in_natural_order(tmp_path) -> None:
    files = ["page 10.png", "Page 2.png", "page 1.png", "page 02b.png", "page 100.png"]
    path = tmp_path / "letters.zip"
    path.write_bytes(zipped(*((name, scan(40 + n)) for n, name in enumerate(files))))
    pages = list(mark.load_pages(path, name="letters.zip"))
    assert [page.name for page in pages] == [
        "page 1.png",
        "Page 2.png",
        "page 02b.png",
        "page 10.png",
        "page 100.png",
    ]
    assert [page.width for page in pages] == [42, 41, 43, 40, 44]
    assert len({page.sha256 for page in pages}) == 5


def test_folders_stay_together_and_name_only_what_they_must() -> None:
    files = ["vol 10/1.png", "vol 2/1.png", "vol 2/2.png", "vol 2 b/3.png"]
    assert names(zipped(*((f, scan()) for f in files))) == ["vol 2/1.png", "2.png", "3.png", "vol 10/1.png"]
    assert names(zipped(("a\\2.png", scan()), ("a\\10.png", scan()))) == ["2.png", "10.png"]


def test_what_is_no_page_is_left_out() -> None:
    data = zipped(
        ("book/", b""),
        ("book/1.PNG", scan()),
        ("__MACOSX/book/._1.PNG", b"\x00\x05\x16\x07"),
        ("book/.hidden.png", scan()),
        (".thumbs/1.png", scan()),
        ("book/.DS_Store", b"x"),
        ("book/mets.xml", b"<mets/>"),
        ("__MACOSX/old.zip", b"x"),
        ("png", scan()),
    )
    assert names(data) == ["1.PNG"]


def encoded_names(**members: bytes) -> bytes:
    """A zip whose names are these bytes, without the flag for UTF-8. Keys are placeholders of the same length."""
    data = zipped(*((f"{key}.png", scan()) for key in members))
    for key, name in members.items():
        assert len(key) == len(name)
        data = data.replace(f"{key}.png".encode(), name + b".png")
    return data


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Tübingen".encode("cp437"), "Tübingen"),
        ("Tübingen".encode("cp850"), "Tübingen"),
        ("Tübingen".encode("cp1252"), "Tübingen"),
        ("Tübingen".encode(), "Tübingen"),
        ("Überlieferung α".encode(), "Überlieferung α"),
        (b"a\x07b", "a_b"),
    ],
)
def test_names_of_every_system_are_readable(written: bytes, name: str) -> None:
    assert names(encoded_names(**{"x" * len(written): written})) == [f"{name}.png"]


def test_what_else_is_in_it_is_known() -> None:
    files = (
        "b/2.xml",
        "a/10.xml",
        "a/9.alto",
        "a/notes.txt",
        "a/Thumbs.db",
        "__MACOSX/a/._1.xml",
        "a/x.heic",
        "1.png",
    )
    archive = Archive(zipped(*((name, scan() if name == "1.png" else name.encode()) for name in files)))
    assert archive.layouts == ["a/9.alto", "a/10.xml", "b/2.xml"]
    assert archive.read_layout(1) == b"a/10.xml"
    assert (archive.others, archive.heic, archive.paths) == (["a/notes.txt"], ["a/x.heic"], ["1.png"])


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def test_heic_is_named_as_what_it_is() -> None:
    for data in (HEIC, HEIC.replace(b"ftypheic", b"ftypmif1")):
        with pytest.raises(mark.MarkError, match="This is a HEIC picture"):
            mark.load_page(data)
    with pytest.raises(mark.MarkError, match="HEIC pictures"):
        mark.load_pages(zipped(("1.heic", HEIC), ("2.HEIF", HEIC)))
    avif = HEIC.replace(b"ftypheic", b"ftypavif")
    with pytest.raises(mark.MarkError, match=r"not an image|damaged"):
        mark.load_page(avif)


def test_members_of_several_pages() -> None:
    frames = [Image.new("L", (30 + n, 40), 50 * n) for n in range(2)]
    tiff = encode(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    pages = list(mark.load_pages(zipped(("b.tif", tiff), ("a.pdf", pdf_bytes(3)), method=zipfile.ZIP_STORED)))
    assert [(page.name, page.number) for page in pages] == [
        ("a.pdf", 0), ("a.pdf", 1), ("a.pdf", 2), ("b.tif", 0), ("b.tif", 1)
    ]  # fmt: skip


def test_how_many_are_left_is_known() -> None:
    pages = mark.load_pages(zipped(("a.png", scan()), ("b.pdf", pdf_bytes(3)), ("c.png", scan())))
    left = [length_hint(pages)]
    for _ in pages:
        left.append(length_hint(pages))
    assert left == [3, 2, 3, 2, 1, 0]  # the PDF counts as one until it is opened
    assert length_hint(mark.load_pages(pdf_bytes(2))) == 2


def test_paths_out_of_the_archive_touch_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert names(zipped(("../../evil.png", scan()), ("/abs.png", scan()))) == ["abs.png", "evil.png"]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_member_leaves_the_others() -> None:
    pages = mark.load_pages(
        zipped(("1.png", scan()), ("2.png", b"no image"), ("3.png", scan()), ("4.pdf", b"%PDF-"))
    )
    assert next(pages).name == "1.png"
    with pytest.raises(mark.MarkError, match=r"^2\.png: This file is not an image"):
        next(pages)
    assert next(pages).name == "3.png"
    with pytest.raises(mark.MarkError, match=r"^4\.pdf: This PDF is damaged"):
        next(pages)
    assert list(pages) == []


def test_one_page_of_an_archive_is_not_guessed() -> None:
    with pytest.raises(mark.MarkError, match="open it as a whole"):
        mark.load_page(zipped(("1.png", scan())))


def crowd() -> bytes:
    return zipped(*((f"{n}.txt", b"") for n in range(5001)))


def declared(size: int) -> bytes:
    """A member whose size in the central directory is not the real one."""
    data = bytearray(zipped(("1.png", scan())))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(data)


def protected() -> bytes:
    data = bytearray(zipped(("1.png", scan())))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    return bytes(data)


def cut() -> bytes:
    data = zipped(("1.png", scan()), ("2.png", scan()))
    return data[: len(data) // 2]


BAD = {
    "crowd": (crowd(), "more than 5000 files"),
    "nested": (zipped(("1.png", scan()), ("more/Old.ZIP", zipped(("1.png", scan())))), "another archive, Old.ZIP"),
    "nested under a false name": (zipped(("1.png", zipped(("1.png", scan())))), "1.png: This file is not an image"),
    "one huge member": (declared(0xFFFFFFF0), "too large"),
    "declared too small": (declared(20), "1.png: This zip archive is damaged"),
    "protected": (protected(), "password"),
    "cut": (cut(), "damaged"),
    "empty": (zipped(), "no images"),
    "only text": (zipped(("a.txt", b"a")), "no images"),
    "bzip2": (zipped(("1.png", scan()), method=zipfile.ZIP_BZIP2), "ordinary zip"),
    "lzma": (zipped(("1.png", scan()), method=zipfile.ZIP_LZMA), "ordinary zip"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_archives_get_one_plain_sentence(case: str) -> None:
    data, expected = BAD[case]
    with pytest.raises(mark.MarkError, match=re.escape(expected)) as caught:
        list(mark.load_pages(data))
    assert str(caught.value).endswith(".")
    assert not re.search(r"zipfile|Error|CRC|0x", str(caught.value))


def test_too_many_pages(monkeypatch) -> None:
    monkeypatch.setattr("mark_core.pages.archive.MAX_PAGES", 2)
    with pytest.raises(mark.MarkError, match="holds 3 page files"):
        mark.load_pages(zipped(*((f"{n}.png", scan()) for n in range(3))))


def test_total_size(monkeypatch) -> None:
    data = zipped(*((f"{n}.png", scan()) for n in range(3)))
    monkeypatch.setattr("mark_core.pages.archive.MAX_UNPACKED_BYTES", 3 * len(scan()))
    assert len(names(data)) == 3
    monkeypatch.setattr("mark_core.pages.archive.MAX_UNPACKED_BYTES", 3 * len(scan()) - 1)
    with pytest.raises(mark.MarkError, match="too large once unpacked"):
        mark.load_pages(data)


def test_a_bomb_is_told_by_its_ratio(monkeypatch) -> None:
    data = zipped(("1.png", bytes(2 << 20)), ("2.png", bytes(2 << 20)))
    with pytest.raises(mark.MarkError, match="not an image"):
        next(mark.load_pages(data))
    monkeypatch.setattr("mark_core.pages.archive.RATIO_FREE_BYTES", (4 << 20) - 1)
    with pytest.raises(mark.MarkError, match="far more than images"):
        mark.load_pages(data)


def test_blank_pages_are_no_bomb() -> None:
    blank = encode(Image.new("1", (2000, 3000), 1), "TIFF")
    data = zipped(("1.tif", blank))
    assert len(blank) / len(data) > 200
    assert names(data) == ["1.tif"]


def test_any_damage_is_one_sentence() -> None:
    """Bytes overwritten at random: pages or MarkError, never another exception."""
    random.seed(1)
    whole = zipped(("1.png", scan()), ("2.png", scan()))
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(random.randint(1, 4)):
            data[random.randrange(4, len(data))] = random.randrange(256)
        try:
            pages = mark.load_pages(bytes(data))
        except mark.MarkError:
            continue
        for _ in itertools.repeat(None, 5):
            try:
                next(pages)
            except mark.MarkError:
                continue
            except StopIteration:
                break
        else:
            pytest.fail("the pages have no end")


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=6), st.text(alphabet="ab/ ", max_size=4))
def test_numbers_sort_by_value(numbers: list[int], prefix: str) -> None:
    assert sorted((f"{prefix}x{n}.png" for n in numbers), key=natural_key) == [
        f"{prefix}x{n}.png" for n in sorted(numbers)
    ]


def test_a_number_of_any_length() -> None:
    assert sorted(["9" * 9000, "1" + "0" * 9000, "8", "²"], key=natural_key)[0] == "8"
