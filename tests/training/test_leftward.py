"""The fit of what tells the letters of writing to the left."""

import json

import numpy as np
import pytest

from mark_core.segmentation.direction.letters import MEASURES, shape_measures
from mark_core.segmentation.measured import measure
from mark_core.training import gaps, leftward
from mark_core.training.synthesis.fonts import Face
from tests.training.few_words import FewWords


@pytest.fixture
def fonts(default_font, monkeypatch):
    faces = [Face("default", "400-normal", kind, (default_font,)) for kind in ("print", "other")]
    monkeypatch.setattr(leftward, "load_faces", lambda folder: faces)
    monkeypatch.setattr(leftward, "WordSource", lambda dictionary: FewWords())
    monkeypatch.setattr(gaps, "_PROBES", {})
    monkeypatch.setattr(gaps, "_RIGHTWARD_KINDS", {"print": 1.0})


def test_the_fit_tells_two_groups_apart():
    rng = np.random.default_rng(0)
    measures = rng.uniform(0, 0.2, (60, MEASURES))
    to_left = np.arange(60) < 20
    measures[to_left, 3] += 0.5
    weights, bias = leftward.fit(measures, to_left)
    odds = measures @ weights + bias
    assert odds[to_left].min() > 0 > odds[~to_left].max()


def test_ink_mirrored_twice_is_as_before(fonts):
    page, *_ = next(gaps.rendered_pages(leftward.load_faces(None), FewWords(), 1, seed=2))
    measured, _ = measure(page.grey)
    width = page.grey.shape[1]
    once = leftward.mirrored(measured.inks, width)
    twice = leftward.mirrored(once, width)
    for before, after in zip(measured.inks, twice, strict=True):
        np.testing.assert_array_equal(before.x, after.x)
    one, two = (shape_measures(inks, measured.x_height) for inks in (once, measured.inks))
    assert np.abs(one - two).max() > 0.02


def test_the_record_is_written_and_says_how_it_came_about(fonts, tmp_path):
    record = leftward.fit_letters(tmp_path, 4, 3, seed=1, out=tmp_path / "letters.json")
    assert json.loads((tmp_path / "letters.json").read_text()) == record
    assert record["command"] == "python -m mark_core train direction --pages 4 --leftward 3 --seed 1"
    assert len(record["weights"]) == MEASURES
