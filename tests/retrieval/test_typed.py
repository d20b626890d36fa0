import numpy as np
import pytest

from mark_core.model.encoding import Encoding
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.query import parse_query
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.typed import row_logits, term_logits
from tests.conftest import encoding_that_reads

WORDS = ["fort", "cumberland", "orders", "order", "uita", "vita", "leter", "fort", "winchester"]
READING_ALONE = Calibration(text=(4.0, 0.0, 3.0), pattern=(4.0, 3.0))


class Silent:
    """A model whose vectors say nothing, so that the reading decides."""

    def embed_texts(self, words):
        return np.zeros((len(words), 16), np.float32)


def found(query, **options):
    gallery = Gallery(encoding_that_reads(WORDS, 16))
    (term,) = parse_query(query, **options)
    logits = term_logits(gallery, Silent(), READING_ALONE, term)
    return [word for word, logit in zip(WORDS, logits, strict=True) if logit > 0]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("fort", ["fort", "fort"]),
        ("order*", ["orders", "order"]),
        ("*berland", ["cumberland"]),
        ("?ita", ["uita", "vita"]),
        ("order~1", ["orders", "order"]),
        ("fert~1", ["fort", "fort"]),
        ("vita", ["vita"]),
    ],
)
def test_words_and_patterns(query, words):
    assert found(query) == words


def test_variants_find_old_spellings_and_lose_nothing():
    assert found("vita", variants=True) == ["uita", "vita"]
    assert found("letter", variants=True) == ["leter"]
    assert found("orders", variants=True) == ["orders"]


def test_a_phrase_is_as_sure_as_its_least_sure_word_and_stays_on_its_page():
    first, second = np.array([3.0, -5, 2, 4]), np.array([9.0, 1, 9, 9])
    places = [("p1", 0), ("p1", 1), ("p1", 2), ("p2", 0)]
    assert row_logits([first, second], places).tolist() == [1, -5, -np.inf, -np.inf]
    assert row_logits([first], places).tolist() == first.tolist()
    assert row_logits([first[:1], second[:1]], places[:1]).tolist() == [-np.inf]
    three = row_logits([first, second, first], places)
    assert three.tolist() == [1, -np.inf, -np.inf, -np.inf]


def test_words_without_columns_are_no_match():
    blind = Encoding(
        np.zeros((2, 16), np.float32), np.zeros((0, 37), np.float16), np.zeros(2, np.int32), np.zeros((2, 0))
    )
    (term,) = parse_query("or*")
    assert (term_logits(Gallery(blind), Silent(), READING_ALONE, term) < 0).all()
