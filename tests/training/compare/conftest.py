"""A few drawn words, learnt in seconds."""

from __future__ import annotations

import pytest

from mark_core.model.strip import to_strip
from mark_core.training.data import WordSet
from tests.conftest import draw_word

WORDS = ["of", "the", "a", "1755", "fort", "to"]  # short ones, which cost little


def drawn(words, sizes):
    strips = [to_strip(draw_word(word, size, 2 + k % 2)) for word in words for k, size in enumerate(sizes)]
    labels = [word for word in words for _ in sizes]
    return WordSet.from_strips(strips, labels, ["latin"] * len(strips))


@pytest.fixture(scope="session")
def words():
    return drawn(WORDS, (1.0, 1.15, 1.3))


@pytest.fixture(scope="session")
def others():
    """Other drawings of some of the words, and two words that nothing learns."""
    return drawn([*WORDS[:4], "me", "mud"], (1.05, 1.25))
