import numpy as np
import pytest

from mark_core.retrieval.gallery import CACHED, Gallery
from tests.conftest import encoding_that_reads


def test_certainty_is_a_probability_a_letter():
    sure = Gallery(encoding_that_reads(["orders", "a"], doubt=1e-4)).certainties
    unsure = Gallery(encoding_that_reads(["orders", "a"], doubt=1e-2)).certainties
    assert ((sure > 0.98) & (sure <= 1)).all()
    # every column is right with 1 - 36 * doubt, and a letter has two of them
    np.testing.assert_allclose(unsure, (1 - 36e-2) ** 2, rtol=0.02)
    assert Gallery(encoding_that_reads(["", "a"])).certainties[0] == 0


def test_what_is_remembered_is_bounded():
    gallery = Gallery(encoding_that_reads(["a"]))
    for key in range(CACHED + 3):
        gallery.cache(key, np.zeros(1))
    assert len(gallery.cached) == CACHED
    assert 0 not in gallery.cached
    with pytest.raises(KeyError):
        gallery.cached[1]
