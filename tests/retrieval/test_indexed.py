import numpy as np
import pytest

from mark_core.model.word_script import SCRIPT_NAMES
from mark_core.retrieval import indexed
from mark_core.retrieval.indexed import index_page
from mark_core.segmentation.text_line import lines_of_words
from tests.conftest import make_page

LATIN, GREEK = SCRIPT_NAMES.index("latin"), SCRIPT_NAMES.index("greek")


@pytest.mark.parametrize(
    ("scripts", "told", "lines"),
    [
        ([LATIN] * 8, None, [-1, -1]),
        ([GREEK] * 8, None, [GREEK, GREEK]),
        ([*[GREEK] * 5, LATIN, GREEK, GREEK], None, [GREEK, -1]),  # a Latin name is read there as before
        ([*[LATIN] * 4, *[GREEK] * 4], None, [-1, -1]),  # neither is the main script
        ([*[GREEK] * 4, *[LATIN] * 4], "hebrew", [SCRIPT_NAMES.index("hebrew")] * 2),
    ],
)
def test_lines_are_read_in_the_script_of_their_words(random_model, monkeypatch, scripts, told, lines):
    page, words = make_page()
    seen, asked = random_model.encode([page.grey[:40, :90]] * 8), []
    given = seen.__class__(seen.vectors, seen.letters, seen.counts, seen.shapes, np.array(scripts, np.uint8))
    monkeypatch.setattr(indexed, "encode_together", lambda *args: given)
    monkeypatch.setattr(indexed, "read_page", lambda *args: asked.append(args[-1]))
    index_page(random_model, "p1", page, words, lines=lines_of_words(words), script=told)
    assert asked[0].tolist() == lines
