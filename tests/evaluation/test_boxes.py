"""Scores of boxes against values worked out by hand, and against a slow exhaustive matching."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mark_core import MarkError, Word
from mark_core.cli.evaluate import evaluate_rendered
from mark_core.evaluation.boxes import KnownPage, evaluate_boxes, match, score_boxes, score_pages
from mark_core.evaluation.dataset import load_dataset
from mark_core.pages.load import load_page

TRUTH = np.array([(0, 0, 100, 20), (110, 0, 50, 20), (0, 40, 80, 20)])


def test_equal_boxes_score_one() -> None:
    score = score_boxes(TRUTH[::-1], TRUTH)
    assert score.iou50.f1 == score.iou25.f1 == score.extent.f1 == 1
    assert (score.splits, score.merges) == (0, 0)


def test_a_tight_box_in_a_loose_band_matches_by_extent_only() -> None:
    score = score_boxes([(0, 12, 100, 8)], [(0, 0, 100, 20)])
    assert (score.extent.matched, score.iou50.matched, score.iou25.matched) == (1, 0, 1)


def test_a_box_on_the_next_line_does_not_match() -> None:
    score = score_boxes([(0, 11, 100, 20)], [(0, 0, 100, 20)])
    assert (score.extent.matched, score.iou25.matched) == (0, 1)


def test_a_split_word_counts_once() -> None:
    score = score_boxes([(0, 0, 65, 20), (66, 0, 34, 20)], [(0, 0, 100, 20)])
    assert (score.splits, score.merges) == (1, 0)
    assert (score.extent.matched, score.extent.predicted, score.extent.truth) == (1, 2, 1)
    assert score.extent.precision == 0.5
    assert score.extent.f1 == pytest.approx(2 / 3)


def test_a_merged_box_swallows_two_words() -> None:
    score = score_boxes([(0, 0, 160, 20)], TRUTH)
    assert (score.splits, score.merges) == (0, 1)
    assert score.extent.matched == 1  # 100 of 160 is still the first word
    assert score.extent.recall == pytest.approx(1 / 3)


@pytest.mark.parametrize(("found", "truth"), [([], TRUTH), (TRUTH, []), ([], [])])
def test_nothing_found_or_nothing_there_scores_zero(found, truth) -> None:
    score = score_boxes(found, truth)
    assert score.extent.f1 == score.extent.precision == score.extent.recall == 0


def test_scores_add_up() -> None:
    total = score_boxes(TRUTH[:1], TRUTH) + score_boxes(TRUTH, TRUTH)
    assert (total.extent.matched, total.extent.predicted, total.extent.truth) == (4, 4, 6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_match_makes_as_many_pairs_as_any_assignment(rows: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    allowed = rng.random((rows, columns)) < 0.4
    pairs = match(allowed, rng.random((rows, columns)))
    assert all(allowed[r, c] for r, c in pairs)
    assert len({r for r, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)
    side = max(rows, columns, 1)
    square = np.zeros((side, side), bool)
    square[:rows, :columns] = allowed
    best = max(sum(square[r, c] for r, c in enumerate(order)) for order in permutations(range(side)))
    assert len(pairs) == best


def write_set(folder: Path, table: str) -> Path:
    (folder / "pages").mkdir(parents=True)
    Image.new("L", (200, 80), 255).save(folder / "pages" / "a.png")
    (folder / "words.csv").write_text(table, encoding="utf-8")
    return folder


def test_a_set_is_read_and_scored(tmp_path) -> None:
    table = "page,x,y,w,h,text,key,fold\n" + "".join(
        f"a.png,{x},{y},{w},{h},{text},{text},1\n"
        for (x, y, w, h), text in zip(TRUTH, ["nan", "007", "ſo"], strict=True)
    )
    dataset = load_dataset(write_set(tmp_path / "little", table))
    assert dataset.name == "little"
    assert list(dataset.words["text"]) == ["nan", "007", "ſo"]
    assert dataset.words["fold"].tolist() == [1, 1, 1]
    assert np.array_equal(dataset.boxes(dataset.pages[0]), TRUTH)
    seen: list[tuple[int, int]] = []
    report = evaluate_boxes(
        dataset,
        lambda page: [Word(tuple(map(int, box))) for box in TRUTH[:2]],
        progress=lambda done, of: seen.append((done, of)),
    )
    assert report.total.extent.recall == pytest.approx(2 / 3)
    assert report.total.extent.precision == 1
    assert report.ms_per_page >= 0
    assert seen == [(1, 1)]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("page,x,y,w,h,text\na.png,1,1,1,1,a\n", "no column key"),
        ("page,x,y,w,h,text,key\n", "no words"),
        ("page,x,y,w,h,text,key\na.png,one,1,1,1,a,a\n", "column x"),
        ("page,x,y,w,h,text,key\na.png,1,1,0,1,a,a\n", "without width"),
        ("page,x,y,w,h,text,key\nb.png,1,1,1,1,a,a\n", "names the page b.png"),
        ("", "cannot be read"),
    ],
)
def test_a_bad_table_is_refused_plainly(tmp_path, table: str, sentence: str) -> None:
    with pytest.raises(MarkError, match=sentence):
        load_dataset(write_set(tmp_path / "bad", table))


def test_a_folder_without_a_set_is_refused(tmp_path) -> None:
    with pytest.raises(MarkError, match="is not a data set"):
        load_dataset(tmp_path)


def test_fonts_are_needed_for_rendered_pages_only(tmp_path: Path) -> None:
    assert evaluate_rendered([], tmp_path / "none") == []
    with pytest.raises(MarkError, match="train fonts"):
        evaluate_rendered(["arabic"], tmp_path / "none")


@pytest.mark.parametrize("turned", [False, True])
def test_extents_are_compared_along_the_line(turned: bool) -> None:
    """A box much wider than the true one matches where lines run down, and does not where they run across."""
    page = load_page(np.full((200, 200), 255, np.uint8))
    wide = Word((40, 50, 40, 60), 1.0, 0, 0, "ttb" if turned else "ltr")
    known = KnownPage("one", page, np.array([[50, 50, 20, 60]]), turned)
    report = score_pages("set", [known], lambda _: [wide])
    assert report.total.extent.matched == turned
    assert report.total.iou25.matched == 1
