from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import WordIndex
from mark_core.retrieval.candidates import Candidates
from mark_core.retrieval.indexed import index_page
from mark_core.segmentation.alternatives import Alternative
from mark_core.segmentation.edit import merge_words, remove_words, split_word
from mark_core.storage.project import open_project, save_project
from tests.conftest import make_page


@given(st.data())
def test_every_word_takes_its_best_box(data):
    words, others = data.draw(st.integers(1, 6)), data.draw(st.integers(0, 8))
    of = [data.draw(st.integers(0, words - 1)) for _ in range(others)]
    logits = np.array([data.draw(st.integers(-5, 5)) for _ in range(words + others)], float)
    candidates = Candidates(words, [], np.array(of, np.int64), np.zeros((0, 2), np.int64))
    best, rows = candidates.best(logits)
    for word in range(words):
        own = [word, *(words + i for i in range(others) if of[i] == word)]
        assert best[word] == max(logits[own])
        assert rows[word] in own
        assert logits[rows[word]] == best[word]
        if logits[word] == best[word]:
            assert rows[word] == word  # the box that is shown, unless another is better
    np.testing.assert_array_equal(candidates.alone(best, rows), best)  # nothing is covered


def test_what_lies_in_the_box_of_a_likelier_word_is_no_hit_of_its_own():
    candidates = Candidates(3, [], np.array([0]), np.array([[0, 1]]))  # one box of the words 0 and 1
    rows = np.array([3, 1, 2])
    assert candidates.alone(np.array([2.0, 1.0, 0.0]), rows).tolist() == [2.0, -np.inf, 0.0]
    assert candidates.alone(np.array([2.0, 3.0, 0.0]), rows).tolist() == [2.0, 3.0, 0.0]
    assert candidates.alone(np.array([2.0, 1.0, 0.0]), np.arange(3)).tolist() == [2.0, 1.0, 0.0]


@pytest.fixture
def split(random_model):
    """An index of a page on which "captain", number 3, is cut into the words 3 and 4, and the index of it whole."""
    page, words = make_page()
    whole = WordIndex(random_model)
    whole.add(page, words)
    cut = split_word(words, 3, 0.4)
    alternative = Alternative(words[3], (cut[4].box, cut[3].box))
    index = WordIndex(random_model)
    index.restore([index_page(random_model, "p1", page, cut, [alternative])])
    return index, whole


def test_a_word_that_was_cut_is_found_in_the_box_of_both_parts(split):
    index, whole = split
    (expected,) = whole.search(example=whole.pages[0].page.grey[25:75, 510:660], top=1)
    hits = index.search(example=whole.pages[0].page.grey[25:75, 510:660], top=99)
    assert (hits[0].word, hits[0].box) == (4, expected.box)  # of the part that it shares most with
    assert hits[0].score == pytest.approx(expected.score, abs=1e-3)
    assert hits[0].reads == expected.reads
    assert {hit.word for hit in hits} == {0, 1, 2, 4, 5, 6, 7, 8}  # the other part is in that box
    typed = {hit.word: hit.score for hit in index.search(text="captain", top=99)}
    assert typed[4] >= {hit.word: hit.score for hit in whole.search(text="captain", top=99)}[3] - 1e-3
    (row,) = index.explain(("p1", 4), example=whole.pages[0].page.grey[25:75, 510:660]).words
    assert row.box == expected.box


def test_a_judged_hit_is_compared_as_it_was_found(split):
    index, whole = split
    crop = whole.pages[0].page.grey[25:75, 510:660]
    hits = index.search(example=crop, confirmed=[("p1", 4)], top=2)
    expected = whole.search(example=crop, confirmed=[("p1", 3)], top=2)
    assert [hit.box for hit in hits] == [hit.box for hit in expected]
    np.testing.assert_allclose([h.score for h in hits], [h.score for h in expected], atol=1e-3)


def test_other_boxes_take_part_in_phrases(split):
    index, whole = split
    hits = index.search(text="orders captain", top=99)
    (expected,) = [hit for hit in whole.search(text="orders captain", top=99) if hit.word == 2]
    (found,) = [hit for hit in index.search(text="orders captain", top=99) if hit.word == 2]
    assert len(found.boxes) == 2
    assert found.score <= expected.score + 1e-3
    assert all(len(hit.boxes) == 2 for hit in hits)


def test_what_the_index_says_of_its_words_leaves_other_boxes_out(split):
    index, _ = split
    assert len(index) == len(index.encoding) == len(index.readings("p1")) == 9


def test_a_correction_takes_the_boxes_of_a_word_with_it(split):
    index, _ = split
    (page,) = index.pages
    index.edit_words("p1", remove_words(page.words, [0]))
    assert len(index.pages[0].alternatives) == len(index.pages[0].alternative_encoding) == 1
    index.edit_words("p1", merge_words(index.pages[0].words, [2, 3]))
    assert index.pages[0].alternatives == ()
    assert len(index.pages[0].alternative_encoding) == 0


def test_other_boxes_are_kept_and_seen_by_other_weights(split, tmp_path, random_model):
    index, whole = split
    crop = whole.pages[0].page.grey[25:75, 510:660]
    expected = index.search(example=crop, top=9)
    index.save(tmp_path / "folder")
    assert WordIndex.load(tmp_path / "folder", random_model).search(example=crop, top=9) == expected
    save_project(tmp_path / "x.mark", index)
    opened = open_project(tmp_path / "x.mark", random_model).index
    assert opened.pages[0].alternatives == index.pages[0].alternatives
    assert [hit.box for hit in opened.search(example=crop, top=9)] == [hit.box for hit in expected]
    index.set_model(random_model)
    assert len(index.pages[0].alternative_encoding) == 1
    again = WordIndex(random_model)
    again.copy_from(index, "p1")
    assert again.search(example=crop, top=1)[0].box == expected[0].box


def test_a_file_from_before_is_read_and_a_box_of_no_word_refused(split, tmp_path, random_model):
    from mark_core.storage.record import DAMAGE, describe, read_alternatives

    index, _ = split
    (page,) = index.pages
    entry = describe(page)
    assert read_alternatives(entry, page.words, 700, 400) == page.alternatives
    del entry["alternatives"]
    assert read_alternatives(entry, page.words, 700, 400) == ()
    stray = replace(page, alternatives=(replace(page.alternatives[0], over=((1, 2, 3, 4),)),))
    with pytest.raises(DAMAGE):
        read_alternatives(describe(stray), page.words, 700, 400)
    outside = replace(
        page,
        alternatives=(
            replace(page.alternatives[0], word=replace(page.words[0], context_box=(0, 0, 701, 9))),
        ),
    )
    with pytest.raises(DAMAGE):
        read_alternatives(describe(outside), page.words, 700, 400)
