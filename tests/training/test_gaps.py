"""The fit of the gap judgement, on a few pages in the font that comes with Pillow."""

import json

import numpy as np
import pytest

from mark_core.segmentation import gap_classifier
from mark_core.segmentation.measures import FEATURES
from mark_core.training import gaps
from mark_core.training.synthesis.fonts import Face
from tests.training.few_words import FewWords


@pytest.fixture(scope="module")
def faces(default_font):
    return [
        Face(f"default {kind}", "400-normal", kind, (default_font,)) for kind in ("hand", "black", "print")
    ]


@pytest.fixture(scope="module")
def samples(faces):
    drawn = gaps.rendered_pages(faces, FewWords(), 12, seed=3)
    return [gaps.known_gaps(page, face.held_out) for page, face, _ in drawn]


def test_both_kinds_of_gaps_are_known(samples):
    labels = np.concatenate([sample.parts_words for sample in samples])
    assert len(labels) > 1000
    assert 0.05 < labels.mean() < 0.6
    assert all(sample.features.shape == (len(sample.parts_words), len(FEATURES)) for sample in samples)


def test_the_fit_separates_wide_from_narrow_gaps(faces):
    drawn = gaps.rendered_pages(faces[2:], FewWords(), 8, seed=3)  # prints: even spaces
    samples = [gaps.known_gaps(page) for page, *_ in drawn]
    classifier = gaps.fit(samples)
    assert classifier.weights.shape == (len(FEATURES),)
    assert gaps.error(samples, classifier) < 0.08
    scores = np.concatenate([classifier.score(sample.features) for sample in samples])
    wide = np.concatenate([sample.parts_words for sample in samples])
    assert np.median(scores[wide]) > 1
    assert np.median(scores[~wide]) < -1


@pytest.mark.parametrize("leftward", [False, True])
def test_the_record_can_be_loaded(faces, tmp_path, monkeypatch, leftward):
    monkeypatch.setattr(gaps, "load_faces", lambda folder: faces)
    monkeypatch.setattr(gaps, "WordSource", lambda dictionary: FewWords())
    monkeypatch.setattr(gaps, "_PROBES", {})
    out = tmp_path / "gap_classifier.json"
    record = gaps.fit_gap_classifier(tmp_path, 3, seed=1, leftward=leftward, out=out)
    assert json.loads(out.read_text())["pages"] == record["pages"] == 3
    assert ("--leftward" in record["command"]) == leftward
    monkeypatch.setattr(gap_classifier, "WEIGHTS", (out, out))
    gap_classifier.load_gap_classifier.cache_clear()
    classifier = gap_classifier.load_gap_classifier()
    gap_classifier.load_gap_classifier.cache_clear()
    assert classifier.weights.tolist() == [record["weights"].get(name, 0.0) for name in FEATURES]
    assert classifier.bias == record["bias"]
    assert (classifier.spread > 0).all()
    assert ("log of clear distance" in record["weights"]) == leftward


def test_measures_left_out_of_the_fit_have_no_weight(samples):
    used = np.array(["slant" not in name for name in FEATURES])
    classifier = gaps.fit(samples, used)
    assert (classifier.weights[~used] == 0).all()
    assert np.abs(classifier.weights[used]).max() > 0.1


@pytest.mark.parametrize("leftward", [False, True])
def test_shipped_weights_come_from_rendered_pages(leftward):
    record = json.loads(gap_classifier.WEIGHTS[leftward].read_text(encoding="utf-8"))
    assert "rendered pages" in record["recipe"]
    assert ("--leftward" in record["command"]) == leftward
    assert set(record["weights"]) <= set(FEATURES)
    classifier = gap_classifier.load_gap_classifier(leftward)
    for place, name in enumerate(FEATURES):
        assert classifier.weights[place] == record["weights"].get(name, 0.0)
    assert classifier.bias == record["bias"]


def test_pages_are_the_same_for_a_seed(faces):
    one, two = (
        [page.grey for page, *_ in gaps.rendered_pages(faces, FewWords(), 2, seed=5)] for _ in range(2)
    )
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)
