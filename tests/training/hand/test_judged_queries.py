"""Queries of every kind to pages whose words are known, and what is learnt from their hits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mark_core.evaluation.calibration import calibration_error
from mark_core.model.mark import MarkModel
from mark_core.retrieval.indexed import index_page
from mark_core.retrieval.lines.fusion import LineWeights
from mark_core.training.hand import judged_queries as module
from mark_core.training.hand.judged_queries import KINDS, JudgedHits, f1_at, judged_queries
from mark_core.training.line_weights import KnownPage
from mark_core.training.real.hand_pages import KnownWords
from tests.conftest import TEXTS, make_page
from tests.retrieval.lines.test_line_search import lines_that_read


@pytest.fixture
def pages(random_model) -> list[KnownPage]:
    """A page whose lines read what stands there, and one with other words, which nobody reads."""
    page, words = make_page()
    texts = [text.lower() for text in TEXTS]
    seen = index_page(random_model, "one", page, words)
    seen = replace(seen, lines=lines_that_read(words, texts, (page.width, page.height)))
    boxes = np.array([word.box for word in words])
    others = [f"{text[::-1]}x" for text in texts]
    return [
        KnownPage(seen, 1.0, KnownWords(texts, boxes)),
        KnownPage(replace(seen, id="two"), 1.0, KnownWords(others, boxes)),
    ]


def test_every_kind_is_asked_for_what_is_there_and_what_is_not(random_model, pages):
    model = MarkModel(random_model.network, {"calibration": {"lines": LineWeights().to_card()}}, "cpu")
    found = list(judged_queries(model, pages))
    for kind in KINDS:
        own = [one for one in found if one.kind == kind and one.hand == "one"]
        assert any(one.truth for one in own), kind
        assert any(not one.truth for one in own), kind
        assert any(one.right[0] for one in own if one.truth), kind  # its lines are read
        for one in own:
            assert one.scores.shape == one.right.shape
            assert not one.right.any() or one.truth
    assert not any(one.right[:1].any() and one.scores[0] > 0.9 for one in found if one.hand == "two")


def test_a_fit_mends_probabilities_that_are_too_high_and_finds_the_threshold():
    g = np.random.default_rng(0)
    logit = g.normal(-2, 2.5, 20_000)
    right = g.random(len(logit)) < 1 / (1 + np.exp(-(logit - 2)))  # two too high
    told = JudgedHits("a", "edits", 1 / (1 + np.exp(-logit)), right, int(right.sum()))
    bias, factor, threshold = module._fit([told])
    assert (bias, factor) == (pytest.approx(-2, abs=0.2), pytest.approx(1, abs=0.1))
    mended = 1 / (1 + np.exp(-(bias + factor * logit)))
    assert calibration_error(mended, right) < 0.02 < calibration_error(told.scores, right)
    best = max(f1_at(mended, right, told.truth, level) for level in np.linspace(0.05, 0.95, 91))
    assert f1_at(mended, right, told.truth, threshold) == pytest.approx(best)
    assert module._fit([]) == (0.0, 1.0, 0.5)
