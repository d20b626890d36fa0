from itertools import pairwise

import numpy as np
import pytest

from mark_core.retrieval.explanation.letter_evidence import letter_posteriors, place_letters
from mark_core.retrieval.reading.pattern import emissions
from mark_core.retrieval.reading.typed_words import BLANK, log_likelihood
from tests.conftest import encoding_that_reads


def columns_of(word, doubt=1e-4):
    return encoding_that_reads([word], doubt=doubt).letters


def paths(total, states, apart):
    """Every way through the states in ``total`` columns, as CTC allows it."""
    found = [[s] for s in (0, 1)]
    for _ in range(total - 1):
        found = [
            [*path, s]
            for path in found
            for s in range(path[-1], min(path[-1] + 3, states))
            if s - path[-1] < 2 or (s % 2 and not apart[s])
        ]
    return [path for path in found if path[-1] >= states - 2]


@pytest.mark.parametrize("word", ["ab", "aa", "a"])
def test_posteriors_are_those_of_all_paths(word):
    g = np.random.default_rng(0)
    probabilities = g.dirichlet(np.ones(BLANK + 1), 5)
    accepted = emissions(list(word))
    apart = [False, False, False, len(word) == 2 and word[0] == word[1], False]
    weight = np.zeros((5, len(word)))
    total = 0.0
    for path in paths(5, accepted.shape[1], apart):
        p = np.prod([probabilities[t] @ accepted[:, s] for t, s in enumerate(path)])
        total += p
        for t, s in enumerate(path):
            if s % 2:
                weight[t, s // 2] += p
    np.testing.assert_allclose(letter_posteriors(probabilities, list(word)), weight / total, rtol=1e-6)
    likelihood = log_likelihood(probabilities[:, None].astype(np.float32), word)[0]
    assert np.log(total) == pytest.approx(likelihood, abs=1e-4)


def test_letters_are_found_where_they_stand_and_surely():
    places = place_letters(columns_of("orders"), list("orders"))
    assert [place.letter for place in places] == list("orders") == [place.reads for place in places]
    # a letter and a blank take two columns each
    assert [int(place.heat.argmax()) for place in places] == [0, 2, 4, 6, 8, 10]
    assert all(place.certainty > 0.95 for place in places)
    assert places[0].start == 0
    assert places[-1].end == 1
    assert all(a.end == b.start for a, b in pairwise(places))


def test_a_wrong_letter_is_unsure_and_named_and_costs_the_others_nothing():
    places = place_letters(columns_of("orders"), list("olders"))
    assert [round(place.certainty) for place in places] == [1, 0, 1, 1, 1, 1]
    assert places[1].reads == "r"


def test_a_letter_too_many_reads_as_none():
    places = place_letters(columns_of("orders"), list("ordlers"))
    assert places[3].reads == ""
    assert places[3].certainty < 0.01


def test_patterns_name_what_they_found():
    places = place_letters(columns_of("colonel"), ("c", "o", "l", "?", "n", "e", "l"))
    assert (places[3].letter, places[3].reads) == ("?", "o")
    assert places[3].certainty > 0.9
    (end,) = place_letters(columns_of("orders"), ("*", "s"))
    assert int(end.heat.argmax()) == 10
    (first, *_) = place_letters(columns_of("iron"), ("ijy", "r", "o", "n"))
    assert first.letter == "i"


def test_nothing_is_said_where_nothing_is_read():
    assert place_letters(np.zeros((0, BLANK + 1)), list("a")) == ()
    assert place_letters(columns_of("a"), list("orders")) == ()  # two columns


def test_what_is_expected_without_looking_counts_for_nothing():
    """In a word whose columns are all alike, letters still have to be in order; that is no evidence."""
    alike = np.log(np.full((12, BLANK + 1), 1 / (BLANK + 1)))
    for place in place_letters(alike, list("orders")):
        assert place.heat.max() < 1e-6
        assert place.certainty < 0.1
