"""The judgement of gaps: what it measures does not depend on pixels, and wider is surer."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from mark_core.segmentation.gaps import Runs
from mark_core.segmentation.parting import (
    FEATURES,
    Judgement,
    judge_page,
    load_judgement,
    page_features,
    word_gaps,
)

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


def test_wide_gaps_part_words_rather_than_narrow_ones(lines: list[Runs]) -> None:
    first, second, empty = word_gaps(lines, X_HEIGHT, 6.0, 0.0)
    wide = np.concatenate([lines[0].gaps > 10, lines[1].gaps > 10])
    probability = np.concatenate([first, second])
    assert probability[wide].min() > probability[~wide].max() + 0.2
    assert len(empty) == 0


def test_a_page_is_judged_by_what_tells_its_own_words_apart() -> None:
    """Two groups of gaps, of which general weights know only that the second is a little wider."""
    rng = np.random.default_rng(0)
    count = len(FEATURES)
    general = Judgement(np.zeros(count), -1.0, np.zeros(count), np.ones(count))
    general.weights[0] = 1.0
    measures = np.zeros((400, count))
    measures[:300, 0] = rng.normal(-0.2, 0.3, 300)
    measures[300:, 0] = rng.normal(0.6, 0.3, 100)
    measures[300:, 1] = 2.0  # the hand's own sign
    alone = 1 / (1 + np.exp(-general.score(measures)))
    adapted = judge_page(measures, general)
    assert ((alone > 0.6)[300:]).mean() < 0.2
    assert (adapted[300:] > 0.6).mean() > 0.95
    assert (adapted[:300] < 0.6).mean() > 0.95


def test_gaps_of_no_page() -> None:
    assert word_gaps([], X_HEIGHT, 6.0, 0.0) == []
    assert len(judge_page(np.zeros((0, len(FEATURES))), load_judgement())) == 0
