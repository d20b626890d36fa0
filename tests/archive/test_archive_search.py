"""An archive finds what an index of the same words finds, with the same scores, and survives being killed."""

import subprocess
import sys

import numpy as np
import pytest

from mark_core import Page, Word, WordIndex
from mark_core.archive.add import add_pages
from mark_core.archive.record import pack, unpack
from mark_core.archive.search import search_archive
from mark_core.archive.tables import Archive
from mark_core.errors import MarkError
from mark_core.model.encoding import Encoding
from mark_core.retrieval.indexed import IndexedPage
from mark_core.segmentation.alternatives import Alternative
from tests.conftest import encoding_that_reads

pytest.importorskip("lancedb")

READ = ("orders", "order", "winter", "letters", "a", "orders", "captain", "letter", "winchester", "ordcrs")


def _page(model, number: int, count: int) -> IndexedPage:
    """A page of drawn-up encodings, as they are after the record; the last row is an alternative of the first words."""
    g = np.random.default_rng(number)
    words = [READ[i] for i in g.integers(0, len(READ), count)]
    read = encoding_that_reads([*words, "orders"], doubt=1e-3)

    def unit(size: int) -> np.ndarray:
        values = g.normal(size=(count + 1, size))
        return values / np.linalg.norm(values, axis=1, keepdims=True)

    encoding = Encoding(
        unit(model.dim).astype(np.float32),
        read.letters,
        read.counts,
        unit(model.shape_dim).astype(np.float16),
    )
    encoding = unpack(pack(encoding), model.shape_dim)
    page = Page(np.full((40, 1000, 3), 255, np.uint8), f"page {number}", f"{number:064d}")
    boxes = [Word((5 + 9 * i, 5, 8, 20), line=i % 3, order=i) for i in range(count)]
    both = Alternative(Word((5, 5, 17, 20)), (boxes[0].box, boxes[1].box))
    rows = np.arange(count)
    return IndexedPage(
        f"p{number}", page, tuple(boxes), encoding.select(rows), (both,), encoding.select([count])
    )


@pytest.fixture(scope="module")
def pages(random_model):
    return [_page(random_model, number, count) for number, count in ((1, 90), (2, 3), (3, 60))]


@pytest.fixture
def archive(random_model, pages, tmp_path):
    archive = Archive.create(tmp_path / "archive", random_model)
    assert add_pages(archive, random_model, pages[:2], "letters") == 2
    assert add_pages(archive, random_model, pages[2:], "diary") == 1
    return archive


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("kind", ["typed", "clicked", "both", "weighted"])
def test_the_same_hits_and_scores_as_an_index(random_model, pages, archive, kind, few, monkeypatch):
    if few:  # more words than have their letters read
        monkeypatch.setattr("mark_core.retrieval.gallery.CANDIDATES", 25)
        monkeypatch.setattr("mark_core.archive.search.CANDIDATES", 25)
    index = WordIndex(random_model)
    index.restore(pages)
    places = {page.name: page for page in archive.pages()}
    text = None if kind == "clicked" else "orders"
    weight = 0.3 if kind == "weighted" else None
    own, other = (None, None) if kind == "typed" else (("p1", 7), (places["page 1"].id, 7))
    expected = index.search(text, own, top=20, example_weight=weight)
    found = search_archive(archive, random_model, text, other, top=20, example_weight=weight)
    names = {page.id: page.page.name for page in pages}
    assert [(hit.page.name, hit.word, hit.box, hit.reads, hit.line) for hit in found] == [
        (names[hit.page], hit.word, hit.box, hit.reads, hit.line) for hit in expected
    ]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-4)
    assert [hit.certainty for hit in found] == pytest.approx([hit.certainty for hit in expected], abs=1e-4)
    if kind != "typed":
        assert found[0].example_weight == pytest.approx(expected[0].example_weight, abs=1e-4)


def test_a_collection_or_a_range_of_pages(random_model, archive):
    diary = search_archive(archive, random_model, "orders", top=500, collections=["diary"])
    assert {hit.page.collection for hit in diary} == {"diary"}
    second = search_archive(archive, random_model, "orders", top=500, collections=["letters"], places=(2, 9))
    assert {hit.page.name for hit in second} == {"page 2"}
    assert search_archive(archive, random_model, "orders", collections=["none"]) == []


def test_added_twice_it_is_there_once(random_model, pages, archive):
    before = archive.table("words").count_rows()
    assert add_pages(archive, random_model, pages[:2], "letters") == 0
    assert archive.table("words").count_rows() == before
    archive.compact()
    assert len(search_archive(archive, random_model, "orders", top=500)) > 100


_KILLED = """
import os, signal, sys, pickle
from mark_core.archive.tables import Archive
archive = Archive(sys.argv[1])
words = pickle.load(sys.stdin.buffer)
archive.table("words").add(words)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_words_of_a_page_that_was_not_finished_are_not_found_and_go(random_model, pages, archive):
    import pickle

    other = _page(random_model, 9, 30)
    twin = Archive.create(archive.folder.parent / "twin", random_model)
    add_pages(twin, random_model, [other], "letters")
    rows = pickle.dumps(twin.table("words").search().to_arrow())
    before = archive.table("words").count_rows()
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(archive.folder)], input=rows, timeout=120)
    assert killed.returncode == -9
    assert archive.table("words").count_rows() == before + 31
    hits = search_archive(archive, random_model, "orders", top=500)
    assert {hit.page.name for hit in hits} <= {"page 1", "page 2", "page 3"}
    assert add_pages(archive, random_model, [*pages[:2], other], "letters") == 1
    assert archive.table("words").count_rows() == before + 31
    assert [page.place for page in archive.pages()] == [1, 1, 2, 3]


def test_one_writes_at_a_time(random_model, pages, archive):
    with archive.writer(), pytest.raises(MarkError, match="Another process"):
        add_pages(archive, random_model, pages, "letters")


@pytest.mark.parametrize("text", ["two words", "ord*", "orders~1", "", "!"])
def test_what_is_no_word_gets_a_sentence(random_model, archive, text):
    with pytest.raises(MarkError):
        search_archive(archive, random_model, text)


def test_wrong_folders_weights_and_words_get_a_sentence(random_model, archive, tmp_path):
    with pytest.raises(MarkError, match="no archive"):
        Archive(tmp_path)
    with pytest.raises(MarkError, match="not empty"):
        Archive.create(archive.folder, random_model)
    with pytest.raises(MarkError, match="not in the archive"):
        search_archive(archive, random_model, example=(archive.pages()[0].id, 999))
    archive.weights = "others"
    with pytest.raises(MarkError, match="other weights"):
        search_archive(archive, random_model, "orders")


def test_an_empty_archive_has_no_hits(random_model, tmp_path):
    archive = Archive.create(tmp_path / "empty", random_model)
    assert search_archive(archive, random_model, "orders") == []
    assert archive.pages() == []
