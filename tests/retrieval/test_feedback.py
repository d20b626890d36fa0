import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mark_core.retrieval.feedback import fuse

logits = arrays(np.float64, 5, elements=st.floats(-15, 15))


@given(logits)
def test_without_decisions_nothing_changes(query):
    np.testing.assert_array_equal(fuse(query, [], []), query)


@given(logits, st.lists(logits, min_size=1, max_size=3))
def test_a_word_is_as_likely_as_its_best_reference(query, confirmed):
    expected = [max(query[i], *(c[i] for c in confirmed)) for i in range(5)]
    np.testing.assert_allclose(fuse(query, confirmed, []), expected)


@given(logits, st.lists(logits, min_size=1, max_size=3))
def test_rejections_only_lower_and_by_the_likeness(query, rejected):
    fused = fuse(query, [], rejected)
    assert (fused <= query).all()
    expected = [q - np.log1p(np.exp(max(r[i] for r in rejected))) for i, q in enumerate(query)]
    np.testing.assert_allclose(fused, expected, atol=1e-9)


def test_a_confirmed_likeness_shields_from_a_weaker_rejected_one():
    query = np.zeros(2)
    confirmed, rejected = np.array([6.0, -6.0]), np.array([4.0, 4.0])
    fused = fuse(query, [confirmed], [rejected])
    assert fused[0] > 5.8
    assert fused[1] < -3.9
