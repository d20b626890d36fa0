"""Weights of boxes and lines: what tells right hits counts, and nothing counts against a hit."""

from dataclasses import replace

import numpy as np
import pytest

from mark_core.retrieval.indexed import index_page
from mark_core.retrieval.lines.fusion import LineWeights
from mark_core.retrieval.scoring import Calibration
from mark_core.training import line_weights
from mark_core.training.line_weights import fit_line_weights, fit_logistic, index_pages
from mark_core.training.real.hand_pages import KnownWords
from tests.conftest import TEXTS, make_page
from tests.retrieval.lines.test_line_search import lines_that_read


def test_evidence_that_tells_counts_and_noise_does_not():
    random = np.random.default_rng(0)
    right = random.random(4000) < 0.3
    evidence = np.stack(
        [np.where(right, 1.0, -1.0) + random.normal(0, 1, 4000), random.normal(0, 1, 4000)], axis=1
    )
    bias, tells, noise = fit_logistic(evidence, right, (0.0, 1.0, 1.0))
    assert tells == pytest.approx(2.0, abs=0.3)
    assert abs(noise) < 0.2
    chance = 1 / (1 + np.exp(-(bias + evidence @ [tells, noise])))
    assert chance.mean() == pytest.approx(right.mean(), abs=0.02)


def test_evidence_against_is_not_let_below_nothing():
    random = np.random.default_rng(0)
    right = random.random(2000) < 0.5
    _, weight = fit_logistic(np.where(right, -1.0, 1.0)[:, None], right, (0.0, 1.0))
    assert weight == 0.0


def test_lines_that_read_well_come_to_count(random_model, monkeypatch):
    page, words = make_page()
    texts = [text.lower() for text in TEXTS]
    indexed = replace(
        index_page(random_model, page.name, page, words),
        lines=lines_that_read(words, texts, (page.width, page.height)),
    )
    monkeypatch.setattr(line_weights, "_indexed", lambda model, page: indexed)
    known = KnownWords(texts, np.array([word.box for word in words]))
    fitted = fit_line_weights(random_model, Calibration(), index_pages(random_model, [(page, known)]))
    start = LineWeights()
    assert fitted.both[2][2] > 0  # orders, letter, captain: found by their lines
    assert fitted.both[3] == start.both[3]  # no query so long
    assert fitted.alone == start.alone  # every span has its box


def test_pages_that_were_not_read_leave_the_weights(wordwise_model):
    page, words = make_page()
    known = KnownWords(["orders"], np.array([words[0].box]))
    assert (
        fit_line_weights(wordwise_model, Calibration(), index_pages(wordwise_model, [(page, known)]))
        == LineWeights()
    )
