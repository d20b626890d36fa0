"""The judgement of gaps: what it measures does not depend on pixels, and wider is surer."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from mark_core.segmentation.gap_classifier import GapClassifier, classify_gaps, load_gap_classifier, word_gaps
from mark_core.segmentation.gaps import Runs
from mark_core.segmentation.measures import FEATURES, page_features

X_HEIGHT = 20.0
NO_LENGTHS = ("strokes", "joined", "low", "high")


def line_of(gaps: list[int]) -> Runs:
    """Stretches of 30 columns with the given gaps between them, none joined, no marks."""
    count = len(gaps)
    start = 10 + np.concatenate([[0], np.cumsum(np.array(gaps) + 30)])
    width = np.array(gaps, float)
    none, flag = np.zeros(count), np.zeros(count, bool)
    return Runs(
        start=start,
        stop=start + 30,
        ink=np.full(count + 1, 250.0),
        top=np.full(count + 1, -10.0),
        bottom=np.full(count + 1, 10.0),
        strokes=np.full(count + 1, 2.0),
        cut=start[1:] - width.astype(int) // 2,
        white=width,
        apart=np.stack([width, width + 1, width + 2], axis=1),
        clear=width,
        overhang=np.stack([-width] * 4, axis=1),
        faintest=none,
        joined=flag,
        mark=none,
        low=flag,
        high=flag,
    )


def scaled(runs: Runs, factor: float) -> Runs:
    """The same line on a picture ``factor`` times as large."""
    area = {"ink": factor**2}
    lengths = [f.name for f in fields(Runs) if f.name not in NO_LENGTHS]
    return replace(runs, **{name: getattr(runs, name) * area.get(name, factor) for name in lengths})


@pytest.fixture
def lines() -> list[Runs]:
    return [line_of([3, 4, 14, 3, 5, 16, 4, 3, 13]), line_of([4, 15, 3, 3, 17, 4]), line_of([])]


def test_measures_do_not_depend_on_pixels(lines: list[Runs]) -> None:
    once = page_features(lines, X_HEIGHT, 6.0, 0.2)
    large = page_features([scaled(runs, 2.0) for runs in lines], 2 * X_HEIGHT, 12.0, 0.2)
    for small_rows, large_rows in zip(once, large, strict=True):
        assert small_rows.shape[1] == len(FEATURES)
        assert np.isfinite(small_rows).all()
        np.testing.assert_allclose(small_rows, large_rows, atol=1e-6)


@pytest.mark.parametrize("leftward", [False, True])
def test_wide_gaps_part_words_rather_than_narrow_ones(lines: list[Runs], leftward: bool) -> None:
    first, second, empty = word_gaps(lines, X_HEIGHT, 6.0, 0.0, leftward)
    wide = np.concatenate([lines[0].gaps > 10, lines[1].gaps > 10])
    probability = np.concatenate([first, second])
    assert probability[wide].min() > probability[~wide].max() + 0.2
    assert len(empty) == 0


def test_a_page_is_judged_by_what_tells_its_own_words_apart() -> None:
    """Two groups of gaps, of which general weights know only that the second is a little wider."""
    rng = np.random.default_rng(0)
    count = len(FEATURES)
    general = GapClassifier(np.zeros(count), -1.0, np.zeros(count), np.ones(count))
    general.weights[0] = 1.0
    measures = np.zeros((400, count))
    measures[:300, 0] = rng.normal(-0.2, 0.3, 300)
    measures[300:, 0] = rng.normal(0.6, 0.3, 100)
    measures[300:, 1] = 2.0  # the hand's own sign
    alone = 1 / (1 + np.exp(-general.score(measures)))
    adapted = classify_gaps(measures, general)
    assert ((alone > 0.6)[300:]).mean() < 0.2
    assert (adapted[300:] > 0.6).mean() > 0.95
    assert (adapted[:300] < 0.6).mean() > 0.95


def test_gaps_of_no_page() -> None:
    assert word_gaps([], X_HEIGHT, 6.0, 0.0) == []
    assert len(classify_gaps(np.zeros((0, len(FEATURES))), load_gap_classifier())) == 0


def measure_of(runs: Runs, name: str) -> np.ndarray:
    """(R - 1,) one measure of the gaps of a line alone on its page."""
    return page_features([runs], X_HEIGHT, 6.0, 0.0)[0][:, FEATURES.index(name)]


def test_a_capital_alone_is_narrow_and_tall() -> None:
    runs = line_of([3, 14, 40])
    assert (measure_of(runs, "capital alone on the left") == 0).all()
    capital = replace(
        runs, top=np.array([-10.0, -30.0, -10.0, -30.0]), stop=runs.start + np.array([30, 30, 60, 30])
    )
    assert (measure_of(capital, "capital alone on the left") > 0).tolist() == [False, True, False]
    wider = measure_of(capital, "capital alone on the left, times how much wider the gap before it is")
    assert wider[1] < 0  # the gap before it is narrow: it ends a word


def test_a_comma_hangs_below_the_line_and_a_virgule_reaches_above_it_too() -> None:
    runs = line_of([3, 3, 3])
    narrow = replace(
        runs,
        stop=runs.start + np.array([30, 6, 6, 30]),
        top=np.array([-10.0, 2.0, -22.0, -10.0]),
        bottom=np.array([10.0, 16.0, 20.0, 10.0]),
    )
    assert (measure_of(narrow, "comma on the left") > 0).tolist() == [False, True, False]
    assert (measure_of(narrow, "comma on the right") > 0).tolist() == [True, False, False]
    assert (measure_of(narrow, "virgule on the left") > 0).tolist() == [False, False, True]
    assert (measure_of(narrow, "virgule on the right") > 0).tolist() == [False, True, False]
