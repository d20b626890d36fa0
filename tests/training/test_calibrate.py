from types import SimpleNamespace

import numpy as np
import pytest

from mark_core.model.alphabet import ALPHABET
from mark_core.model.encoding import Encoding
from mark_core.retrieval.gallery import Gallery
from mark_core.training.calibrate import SHARES, best_shares, calibrate
from mark_core.training.data import WordSet
from tests.conftest import encoding_that_reads

WORDS = ["orders", "letter", "captain", "orders", "letter", "captain", "march", "march"]


def model_of(vectors: np.ndarray, typed: dict[str, np.ndarray], reads: list[str], shapes: np.ndarray):
    """What is seen, typed and read is given; the pixels do not matter."""
    read = encoding_that_reads(reads)
    encoding = Encoding(vectors, read.letters, read.counts, shapes.astype(np.float16))
    return SimpleNamespace(
        alphabet=ALPHABET,
        encode_strips=lambda strips: encoding,
        embed_texts=lambda texts: np.stack([typed[text] for text in texts]),
    )


@pytest.fixture
def words() -> WordSet:
    return WordSet.from_strips([np.zeros((48, 60), np.uint8)] * len(WORDS), WORDS, ["latin"] * len(WORDS))


def unit(values: np.ndarray) -> np.ndarray:
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def shares_of(model):
    return best_shares(model, [Gallery(model.encode_strips([]))], [np.array(WORDS)])


def test_a_hand_that_is_read_rightly_is_judged_by_its_reading():
    g = np.random.default_rng(0)
    names = sorted(set(WORDS))
    blind = unit(g.normal(size=(len(WORDS), 8)))
    typed = dict(zip(names, unit(g.normal(size=(len(names), 8))), strict=True))
    shares = shares_of(model_of(blind, typed, WORDS, blind))
    assert shares["text"][1] > 0.05
    assert shares["example"][1] > SHARES["example"][1]


def test_a_hand_that_is_read_wrongly_is_judged_by_its_look(words):
    names = sorted(set(WORDS))
    seen = np.eye(8, dtype=np.float32)[[names.index(word) for word in WORDS]]
    typed = dict(zip(names, np.eye(8, dtype=np.float32)[: len(names)], strict=True))
    model = model_of(seen, typed, ["xyz", "xyz", "orders", "letter", "captain", "b", "c", "d"], seen)
    shares = shares_of(model)
    assert shares["text"] == (1.0, 0.05)
    assert shares["example"][1] == 0.005
    weights = calibrate(model, words, choose_shares=True)["text"]
    assert weights[2] / weights[1] == pytest.approx(0.05, rel=1e-3)


def test_words_that_only_other_collections_have_are_queries_without_an_answer(words, monkeypatch):
    """A collection is searched for its own words and for as many that are not in it."""
    others = ["fort", "cumberland", "winchester"]
    more = WordSet.from_strips(
        [np.zeros((48, 60), np.uint8)] * len(WORDS), others * 2 + others[:2], ["latin"] * 8
    )
    names = sorted({*WORDS, *others})
    typed = dict(zip(names, np.eye(8, dtype=np.float32)[[*range(len(names))]], strict=True))
    asked: list[list[str]] = []
    model = model_of(np.eye(8, dtype=np.float32), typed, ["a"] * len(WORDS), np.eye(8, dtype=np.float32))
    embed = model.embed_texts
    model.embed_texts = lambda texts: asked.append(list(texts)) or embed(texts)
    calibrate(model, [words, more])
    here, there = asked
    assert here[:4] == ["captain", "letter", "march", "orders"]
    assert len(here) == 7
    assert set(here[4:]) == set(others)
    assert there[:3] == sorted(others)
    assert set(there[3:]) <= set(WORDS)
