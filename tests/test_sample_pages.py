"""The sample pages are complete, small, of stated licence, and hold the words that are suggested for them."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

FOLDER = Path(__file__).resolve().parent.parent / "sample_pages"
SAMPLES = json.loads((FOLDER / "samples.json").read_text(encoding="utf-8"))
LETTERS = json.loads((FOLDER / "letters.json").read_text(encoding="utf-8"))
KEYS = {"file", "name", "title", "note", "language", "rendered", "queries"}
LARGEST = 650_000  # bytes

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=[s["file"] for s in SAMPLES])
each_letter = pytest.mark.parametrize("file", LETTERS)


def folded(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()


def test_enough_pages_of_both_kinds():
    assert sum(not s["rendered"] for s in SAMPLES) >= 5
    assert sum(s["rendered"] for s in SAMPLES) == len(LETTERS) == 2
    for key in ("file", "name", "title"):
        assert len({s[key] for s in SAMPLES}) == len(SAMPLES)


def test_every_image_is_listed():
    images = {p.name for p in FOLDER.iterdir() if p.suffix in {".jpg", ".png", ".tif", ".webp"}}
    assert images == {s["file"] for s in SAMPLES}


@each_sample
def test_entry_is_complete(sample):
    assert set(sample) == KEYS
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", sample["name"])  # it stands in addresses
    assert sample["title"]
    assert sample["note"]
    assert sample["language"]
    assert 2 <= len(sample["queries"]) <= 3
    assert all(query.strip() == query and query.isalpha() for query in sample["queries"])


@each_sample
def test_image_is_small_and_opens(sample):
    path = FOLDER / sample["file"]
    assert path.stat().st_size <= LARGEST
    with Image.open(path) as image:
        image.load()
        assert min(image.size) >= 800


@each_sample
def test_source_and_licence_are_stated(sample):
    sources = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    rows = [line for line in sources.splitlines() if line.startswith(f"| `{sample['file']}` |")]
    assert len(rows) == 1
    licence = rows[0].rstrip(" |").rpartition("|")[2]
    assert re.search(r"BSD-2-Clause|Apache-2\.0|[Pp]ublic [Dd]omain|No Copyright", licence)
    assert not sample["rendered"] or "OFL-1.1" in rows[0]


@each_sample
def test_rendered_pages_say_so(sample):
    assert sample["rendered"] == (sample["file"] in LETTERS)
    assert sample["rendered"] == ("rendered" in sample["file"])
    assert sample["rendered"] == sample["note"].startswith("Rendered, not a real document")


def test_readable_words_lie_on_their_pages():
    with (FOLDER / "words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    words = {(row["page"], row["word"].lower()) for row in rows}
    assert set(Counter(page for page, _ in words).values()) == {10}
    sizes = {page: Image.open(FOLDER / page).size for page, _ in words}
    for row in rows:
        x, y, w, h = (int(row[key]) for key in ("x", "y", "w", "h"))
        width, height = sizes[row["page"]]
        assert 0 <= x < x + w <= width, row
        assert 0 <= y < y + h <= height, row


@each_letter
def test_letter_boxes_hold_the_text_in_order(file):
    text = (FOLDER / file.replace("-rendered.jpg", ".txt")).read_text(encoding="utf-8")
    assert [word for word, *_ in LETTERS[file]] == text.replace("> ", "").split()
    with Image.open(FOLDER / file) as image:
        width, height = image.size
    for word, x, y, w, h in LETTERS[file]:
        assert w > 0, word
        assert h > 0, word
        assert x >= 0, word
        assert y >= 0, word
        assert x + w <= width, word
        assert y + h <= height, word


@each_letter
def test_suggested_words_occur_more_than_once(file):
    count = Counter(folded(word) for word, *_ in LETTERS[file])
    queries = next(s["queries"] for s in SAMPLES if s["file"] == file)
    assert all(count[folded(query)] >= 2 for query in queries)
