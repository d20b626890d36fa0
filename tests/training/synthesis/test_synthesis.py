"""Rendering with the one font that comes with Pillow: nothing is downloaded."""

import numpy as np
import pytest

from mark_core.model.alphabet import is_supported
from mark_core.model.held_out import is_held_out
from mark_core.training.data import WordSet
from mark_core.training.synthesis import corpus, degrade, fonts, render
from mark_core.training.synthesis.fonts import Face, em_for_height, text_length, wanted
from mark_core.training.synthesis.render import Context, render_word
from mark_core.training.synthesis.words import WordSource, label_of, written_form
from tests.training.few_words import FewWords


@pytest.fixture(scope="module")
def face(default_font):
    return Face("default", "400-normal", "print", (default_font,))


@pytest.fixture
def small_corpus(face, monkeypatch, tmp_path):
    monkeypatch.setattr(corpus, "_faces", lambda folder: [face])
    monkeypatch.setattr(corpus, "_source", lambda folder: FewWords("winter", "soldiers", "blankets", "ſalt"))
    monkeypatch.setattr(corpus, "OTHER_SHARE", 0.0)
    monkeypatch.setattr(corpus, "is_held_out", lambda label: False)
    corpus._families.cache_clear()
    yield corpus.Corpus(tmp_path)
    corpus._families.cache_clear()


def test_labels_follow_what_is_written():
    g = np.random.default_rng(0)
    for _ in range(300):
        written = written_form("session", g, lambda char: True)
        label = label_of(written)
        assert label.isascii()
        assert label in {"session", "sessio", "sesion", "sesio"} or "n" not in label or label == "session"
    assert label_of("ſeſſion,") == "session"
    assert label_of("nō") == "no"  # abbreviations are labelled as written


def test_no_character_the_font_lacks():
    g = np.random.default_rng(0)
    assert all("ſ" not in written_form("session", g, lambda char: False) for _ in range(100))


def test_numbers_and_random_words_can_be_typed():
    g = np.random.default_rng(0)
    source = FewWords()
    for kind in ("number", "random"):
        assert all(is_supported(WordSource.draw(source, g, kind)) for _ in range(200))


def test_validation_words_are_a_small_share_and_fixed():
    share = np.mean([is_held_out(f"word{i}") for i in range(5000)])
    assert 0.06 < share < 0.11
    # shards of another day and the figures for unseen spelling depend on this rule staying as it is
    assert [word for word in ("letters", "1755", "general", "orders") if is_held_out(word)] == ["general"]


def test_families_are_listed_once():
    families = [family for _, family in wanted()]
    assert len(families) == len(set(families)) > 250
    held = [Face(family, "", "hand", ()).held_out for family in families]
    assert 0.03 < np.mean(held) < 0.13


def test_font_measures(face):
    assert face.covers("abc019")
    assert not face.has("ᠮ")
    small, large = em_for_height(face, "hpg", 40), em_for_height(face, "hpg", 80)
    assert large == pytest.approx(2 * small, rel=0.1)
    assert text_length("wide", face, 40, spacing=5) == pytest.approx(
        text_length("wide", face, 40) + 20, abs=4
    )


def test_crops_are_words_on_paper(face):
    context = Context("left", "right", "line above", "line below")
    for seed in range(40):
        g = np.random.default_rng(seed)
        crop = render_word("letters", face, "latin", context, g)
        assert crop.dtype == np.uint8
        assert 24 <= crop.shape[0] <= 100
        assert crop.shape[1] > crop.shape[0]
        assert np.percentile(crop, 95) - np.percentile(crop, 5) > 20  # ink and paper differ


def test_rendering_depends_on_the_generator_alone(face):
    one, two = (render_word("march", face, "latin", Context(), np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_the_end_of_an_ordinal_is_raised_above_it(face, monkeypatch):
    def word(share):
        monkeypatch.setattr(render, "_RAISED", (share, 0.0))
        g = np.random.default_rng(5)
        layer, _, baseline = render._draw_page_part("28th,", face, 60, 56, 0.0, Context(), g)
        rows, columns = np.nonzero(layer)
        return baseline - rows.min(), columns.max() - columns.min()

    (plain_height, plain_width), (height, width) = word(0.0), word(1.0)
    assert height > 1.15 * plain_height
    assert width < 0.9 * plain_width
    assert render._raised_letters("28th,", np.random.default_rng(5)) == ("28", "th")


@pytest.mark.parametrize("text", ["28", "ᠮᠣᠩᠭᠣᠯ", "φως", "no", "12thirty"])
def test_nothing_else_is_raised(text, monkeypatch):
    monkeypatch.setattr(render, "_RAISED", (1.0, 0.0))
    assert render._raised_letters(text, np.random.default_rng(0)) == (text, "")


def test_scan_keeps_shape():
    alpha = np.zeros((40, 120), np.uint8)
    alpha[15:25, 20:100] = 255
    for seed in range(30):
        scan = degrade.to_scan(alpha, np.random.default_rng(seed))
        assert scan.shape == alpha.shape
        assert scan.dtype == np.uint8


def test_groups_share_a_label(small_corpus):
    samples = small_corpus.group(np.random.default_rng(0))
    assert len(samples) == corpus.GROUP
    assert len({sample.label for sample in samples}) == 1
    assert samples[0].label == label_of(samples[0].written)


def test_shards_are_the_same_every_time(small_corpus, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        corpus._write_shard(tmp_path, tmp_path / name, "train", 3, 1, 4)
    files = [tmp_path / name / "train-3-0001.npz" for name in ("a", "b")]
    one, two = (WordSet.load([file]) for file in files)
    np.testing.assert_array_equal(one.pixels, two.pixels)
    assert len(one) == 4 * corpus.GROUP
    assert (one.labels == two.labels).all()


def test_letters_of_one_file_are_shaped_together(monkeypatch):
    """Web fonts come in parts that share letters; a word falls apart where its letters are taken from two."""
    face = Face("two", "400-normal", "hand", ("some", "all"))
    monkeypatch.setattr(fonts, "_coverage", lambda file: {"some": {97}, "all": {97, 98}}[file])
    assert fonts._runs(face, "abab", False) == [(1, "abab")]
    assert fonts._runs(face, "aa", False) == [(0, "aa")]
    assert [piece for _, piece in fonts._runs(face, "ab", True)] == ["a", "b"]
