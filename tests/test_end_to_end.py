"""The whole path with the shipped weights: a page whose words are known, boxed, embedded and searched."""

import json
from pathlib import Path

import numpy as np
import pytest

import mark_core as mark
from mark_core.evaluation.boxes import likeness, score_boxes
from mark_core.model.alphabet import fold_lenient

SAMPLES = Path(__file__).resolve().parents[1] / "sample_pages"
PAGE = "letter-english-rendered.jpg"


@pytest.fixture(scope="module")
def known():
    """The true words of the rendered letter: folded texts and (N, 4) boxes."""
    words = json.loads((SAMPLES / "letters.json").read_text(encoding="utf-8"))[PAGE]
    return [fold_lenient(word[0]) for word in words], np.array([word[1:5] for word in words])


@pytest.fixture(scope="module")
def index():
    index = mark.WordIndex(mark.load_model())
    index.add(mark.load_page(SAMPLES / PAGE))
    return index


def hits_are(hits, text, known):
    """For every hit, whether its box lies on a word that says ``text``."""
    texts, boxes = known
    iou, _, extent = likeness(np.array([hit.box for hit in hits]), boxes)
    right = np.array([t == text for t in texts])
    return ((extent | (iou >= 0.5)) & right).any(axis=1)


def test_boxes_sit_on_the_words(index, known):
    boxes = np.array([word.box for word in index.pages[0].words])
    assert score_boxes(boxes, known[1]).extent.f1 > 0.85


@pytest.mark.parametrize("text", ["Winchester", "Captain", "orders", "company", "letters", "men"])
def test_a_typed_word_comes_first(index, known, text):
    (hit,) = index.search(text=text, top=1)
    assert hits_are([hit], text.lower(), known).all()
    assert hit.score > 0.5


def test_what_is_not_there_is_not_likely(index):
    for text in ("elephant", "quixotic", "1999"):
        assert index.search(text=text, top=1)[0].score < 0.5


def test_a_clicked_word_finds_its_like(index, known):
    (typed,) = index.search(text="captain", top=1)
    hits = index.search(example=(typed.page, typed.word), top=3)
    assert (hits[0].word, hits[0].score) == (typed.word, 1.0)
    assert hits_are(hits, "captain", known).sum() >= 2


def test_typed_and_clicked_together(index, known):
    (typed,) = index.search(text="company", top=1)
    hits = index.search(text="company", example=(typed.page, typed.word), top=2)
    assert hits_are(hits, "company", known).all()


def test_every_suggested_query_finds_something():
    """A visitor's first click must not be a disappointment."""
    model = mark.load_model()
    for sample in json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8")):
        index = mark.WordIndex(model)
        index.add(mark.load_page(SAMPLES / sample["file"]))
        for query in sample["queries"]:
            assert index.search(text=query, top=1)[0].score > 0.2, (sample["file"], query)


def test_the_card_tells_the_truth_about_the_file():
    model = mark.load_model()
    assert model.card["parameters"] == sum(p.numel() for p in model.network.parameters())
    assert (SAMPLES.parent / "assets" / "mark-compact.safetensors").stat().st_size < 20e6
    assert set(model.card) >= {
        "config",
        "alphabet",
        "preprocessing",
        "recipe",
        "seed",
        "sha256",
        "scores",
        "calibration",
    }
