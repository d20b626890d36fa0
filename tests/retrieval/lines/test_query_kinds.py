"""Patterns, edits and phrases have calibrations of their own, which move probabilities and never the order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mark_core import WordIndex
from mark_core.model.mark import MarkModel
from mark_core.retrieval.indexed import index_page
from mark_core.retrieval.lines.fusion import LineWeights
from mark_core.retrieval.query import parse_query
from mark_core.retrieval.query_kinds import KindWeights, kind_of
from tests.conftest import TEXTS, make_page
from tests.retrieval.lines.test_line_search import lines_that_read

KINDS = {"pattern": [-0.5, 0.5, 0.3], "edits": [-1.0, 1.2, 0.6], "phrase": [-0.8, 0.7, 0.2]}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("orders", "word"),
        ("ord*", "pattern"),
        ("o?ders", "pattern"),
        ("orders~1", "edits"),
        ("fort cumberland", "phrase"),
        ("fort cumb*", "phrase"),
    ],
)
def test_kinds_of_queries(typed, kind):
    assert kind_of(parse_query(typed)) == kind


def test_weights_travel_in_the_card():
    weights = KindWeights.from_card({"calibration": {"kinds": KINDS}})
    assert weights.to_card() == KINDS
    np.testing.assert_allclose(weights("pattern", np.array([2.0, -np.inf, np.inf])), [0.5, -np.inf, np.inf])
    assert (weights.threshold("edits", 0.4), weights.threshold("word", 0.4)) == (0.6, 0.4)
    none = KindWeights.from_card({})
    assert (none("phrase", np.array([2.0])), none.threshold("phrase", 0.4)) == (np.array([2.0]), 0.4)


def index_with(random_model, **calibration) -> WordIndex:
    """The drawn page, whose lines read what stands there."""
    card = {"calibration": {"lines": LineWeights().to_card(), **calibration}}
    model = MarkModel(random_model.network, card, "cpu")
    page, words = make_page()
    seen = index_page(model, "p1", page, words)
    texts = [text.lower() for text in TEXTS]
    lines = lines_that_read(words, texts, (page.width, page.height))
    index = WordIndex(model)
    index.restore([replace(seen, lines=lines)])
    return index


@pytest.mark.parametrize(("typed", "kind"), [("ord*", "pattern"), ("ordars~1", "edits"), ("orders", "word")])
def test_probabilities_follow_their_kind_and_the_order_stays(random_model, typed, kind):
    plain = index_with(random_model).search(typed)
    index = index_with(random_model, kinds=KINDS)
    moved = index.search(typed)
    assert [hit.word for hit in moved] == [hit.word for hit in plain]
    bias, factor, threshold = KINDS.get(kind, [0.0, 1.0, index.threshold()])
    score = np.clip([hit.score for hit in plain], 1e-12, 1 - 1e-12)
    expected = 1 / (1 + np.exp(-(bias + factor * np.log(score / (1 - score)))))
    np.testing.assert_allclose([hit.score for hit in moved], expected, rtol=1e-3, atol=1e-6)
    assert index.threshold(text=typed) == threshold
    assert index.threshold(text=" ") == index.threshold()
