"""A comparison learns, measures, and goes on after a stop as if it had not been stopped."""

import json

import numpy as np
import pytest

from mark_core import MarkError
from mark_core.model.strip import to_strip
from mark_core.training.compare.budget import Budget
from mark_core.training.compare.learner import Settings, SystemLearner
from mark_core.training.compare.run import FIGURES, RESULT, compare, readable_words
from mark_core.training.compare.systems import System
from mark_core.training.compare.table import tabulate, to_markdown
from mark_core.training.data import WordSet
from tests.conftest import draw_word

SETTINGS = Settings(labels=4, views=2)
SYSTEMS = (
    System("a", "strip", "bilstm", "dwc"),  # a loss with parameters of its own that changes by the step
    System("b", "strip", "small-clip", "infonce", "mlp"),  # something is dropped out
)


def stop_after(monkeypatch, steps):
    """Ctrl-C in the step after so many."""
    real, done = SystemLearner.update, []

    def update(self, batch):
        if len(done) == steps:
            raise KeyboardInterrupt
        done.append(batch)
        return real(self, batch)

    monkeypatch.setattr(SystemLearner, "update", update)


def without_times(results):
    return [{key: value for key, value in r.items() if key != "words a second"} for r in results]


def test_a_comparison_that_was_stopped_gives_the_same_table(words, others, tmp_path, monkeypatch):
    sets = {"rendered": others}
    run = lambda out: compare(SYSTEMS, words, sets, tmp_path / out, Budget(steps=3), 2, SETTINGS)  # noqa: E731
    whole = run("whole")
    for steps in (2, 2):  # the first row, then past it into the second
        with monkeypatch.context() as patch:
            stop_after(patch, steps)
            with pytest.raises(KeyboardInterrupt):
                run("stopped")
    done = sorted((tmp_path / "stopped").rglob(RESULT))
    assert len(done) == 1
    as_it_was = done[0].read_bytes()
    again = run("stopped")
    assert done[0].read_bytes() == as_it_was
    assert json.dumps(without_times(again)) == json.dumps(without_times(whole))
    one, other = (tabulate(SYSTEMS, results).drop(columns="words a second") for results in (whole, again))
    assert one.equals(other)
    assert one["seeds"].tolist() == [2, 2]
    assert not list((tmp_path / "stopped").rglob("checkpoint.pt"))
    assert "± " in to_markdown(tabulate(SYSTEMS, again))


def test_seeds_differ(words, tmp_path):
    one, other = compare(SYSTEMS[:1], words, {"set": words}, tmp_path, Budget(steps=2), 2, SETTINGS)
    assert one["first loss"] != other["first loss"]


def test_a_budget_of_time_ends(words, tmp_path):
    (found,) = compare(SYSTEMS[:1], words, {"set": words}, tmp_path, Budget(seconds=0.5), 1, SETTINGS)
    assert found["steps"] >= 1
    assert set(found["set"]) == set(FIGURES)
    assert np.isnan(found["set"]["QBS unseen"])  # all of its spellings were learnt


def test_known_and_unseen_spelling(words, others, tmp_path):
    """Unseen is what the words learnt from do not have, whatever set it stands in."""
    (found,) = compare(SYSTEMS[1:], words, {"set": others}, tmp_path, Budget(steps=25), 1, SETTINGS)
    assert found["last loss"] < found["first loss"]
    assert found["set"]["QBS known"] > found["set"]["QBS unseen"] > 0


def test_a_folder_holds_one_comparison(words, others, tmp_path):
    sets = {"set": words}
    compare(SYSTEMS[:1], words, sets, tmp_path, Budget(steps=1), 1, SETTINGS)
    with pytest.raises(MarkError, match="other budget"):
        compare(SYSTEMS[:1], words, sets, tmp_path, Budget(steps=2), 1, SETTINGS)
    with pytest.raises(MarkError, match="other sets"):
        compare(SYSTEMS[:1], words, {"set": others}, tmp_path, Budget(steps=1), 1, SETTINGS)


def test_words_of_other_scripts_are_left_out(words):
    strip = to_strip(draw_word("x"))
    greek = WordSet.from_strips([strip, strip], ["λογος", "orders"], ["el", "latin"])
    assert readable_words(greek).labels.tolist() == ["orders"]
    with pytest.raises(MarkError, match="no word of the letters"):
        readable_words(greek.rows(np.array([0])))
