import dataclasses

import pytest

from mark_core.errors import MarkError
from mark_core.export.extract import extract_hits, extract_words, page_stems
from mark_core.segmentation.word import Word
from tests.export.samples import WORDS, make_hit, make_index, make_page


def test_all_words_in_reading_order_by_line():
    shuffled = (WORDS[2], WORDS[0], WORDS[1])
    extract = extract_words(make_index(make_page("a.jpg"), make_page("b.jpg"), words=shuffled))
    assert [page.place for page in extract.pages] == [1, 2]
    assert [[entry.word for entry in line] for line in extract.pages[0].lines()] == [
        list(WORDS[:2]),
        [WORDS[2]],
    ]
    assert [entry.number for entry in extract.pages[0].entries] == [2, 3, 1]
    assert extract.pages[0].entries[0].reads == "tuesday"


def test_some_pages_only():
    extract = extract_words(make_index(make_page("a.jpg"), make_page("b.jpg")), pages=["p2"])
    assert [(page.id, page.place) for page in extract.pages] == [("p2", 2)]
    with pytest.raises(MarkError, match="no pages"):
        extract_words(make_index())


def test_hits_best_first_with_their_decisions():
    hits = [make_hit("p3", 1, 1, 0.9), make_hit("p1", 2, 2, 0.7), make_hit("p3", 0, 3, 0.2)]
    index = make_index(make_page("a.jpg"), make_page("b.jpg"), make_page("c.jpg"))
    extract = extract_hits(index, hits, " orders ", {("p3", 0): "rejected"})
    assert [page.id for page in extract.pages] == ["p1", "p3"]  # a page without a hit is not exported
    rows = [
        (page.id, entry.number, entry.rank, entry.score, entry.decision) for page, entry in extract.rows()
    ]
    assert rows == [("p3", 2, 1, 0.9, ""), ("p1", 3, 2, 0.7, ""), ("p3", 1, 3, 0.2, "rejected")]
    assert extract.query == "orders"


def test_a_hit_keeps_the_box_that_was_seen():
    moved = dataclasses.replace(make_hit("p1", 0, 1), box=(1, 2, 3, 4))
    (row,) = extract_hits(make_index(make_page()), [moved]).rows()
    assert row[1].word == Word((1, 2, 3, 4), WORDS[0].confidence, 0, 0)


def test_hits_of_another_collection_are_refused():
    with pytest.raises(MarkError, match="no hits"):
        extract_hits(make_index(make_page()), [])
    with pytest.raises(MarkError, match="search again"):
        extract_hits(make_index(make_page()), [make_hit("p9", 0, 1)])
    with pytest.raises(MarkError, match="search again"):
        extract_hits(make_index(make_page(), words=WORDS[:1]), [make_hit("p1", 2, 1)])
    with pytest.raises(ValueError, match="maybe"):
        extract_hits(make_index(make_page()), [make_hit("p1", 0, 1)], "x", {("p1", 0): "maybe"})


def test_stems_differ_and_are_safe():
    pages = [
        make_page("book.pdf", number=0),
        make_page("book.pdf", number=1),
        make_page("../a b/c:d.jpg"),
        make_page("f. 1r.jpg"),
        make_page("f. 1r.png"),
        make_page("...."),
    ]
    stems = page_stems(pages)
    assert stems[:3] == ["book-0001", "book-0002", "c_d"]
    assert len(set(stems)) == len(stems)
    assert all(stem and not set(stem) & set('/\\: "') and not stem.startswith(".") for stem in stems)
