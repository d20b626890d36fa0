import cv2
import numpy as np
import pytest

import mark_core as mark
from mark_core import MarkError
from mark_core.cli.evaluate import evaluate_split
from mark_core.model.config import preset
from mark_core.model.mark import MarkModel, load_model
from mark_core.model.network import MarkNetwork
from mark_core.training.learner import Recipe
from mark_core.training.run import export, train
from mark_core.training.splits import hold_out, read_split, with_vocabulary
from tests.conftest import draw_word

LABELS = ("mOrDAhO", "nigen", "hagan", "bUgesU")


@pytest.fixture
def kanjur(tmp_path):
    """A data set in the layout of Kanjur: words written downwards, one folder a label, lists with backslashes."""
    lines = []
    for label in LABELS:
        (tmp_path / "images" / label).mkdir(parents=True)
        for k in range(3):
            crop = np.rot90(draw_word(label, 1.0 + 0.1 * k), -1)
            cv2.imwrite(str(tmp_path / "images" / label / f"{k}.png"), crop)
            lines.append(f"{label}\\{k}.png")
    (tmp_path / "train.txt").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")
    return tmp_path


def test_words_come_sorted_and_turned_to_read_rightwards(kanjur):
    words = read_split(kanjur / "train.txt", kanjur / "images")
    assert words.labels.tolist() == sorted(label for label in LABELS for _ in range(3))
    upright = draw_word("nigen", 1.0)
    strip = words.strip(words.labels.tolist().index("nigen"))
    assert strip.shape[1] == pytest.approx(48 * upright.shape[1] / upright.shape[0], abs=1)


@pytest.mark.parametrize("line", ["word.png", r"..\secret.png", r"a\b\c.png", r"C:\a.png", "/a.png"])
def test_a_line_that_is_no_word_is_refused(tmp_path, line):
    (tmp_path / "list.txt").write_text(line)
    with pytest.raises(MarkError, match="which is not word"):
        read_split(tmp_path / "list.txt", tmp_path)


def test_missing_files_are_named(kanjur):
    (kanjur / "list.txt").write_text(r"nigen\99.png")
    with pytest.raises(MarkError, match=r"99\.png"):
        read_split(kanjur / "list.txt", kanjur / "images")
    with pytest.raises(MarkError, match=r"none\.txt"):
        read_split(kanjur / "none.txt", kanjur / "images")
    (kanjur / "empty.txt").write_text("\n")
    with pytest.raises(MarkError, match="names no word"):
        read_split(kanjur / "empty.txt", kanjur / "images")


def test_validation_words_are_taken_from_the_training_list(kanjur):
    words = read_split(kanjur / "train.txt", kanjur / "images")
    first, second = hold_out(words, 0.4, seed=1)
    assert len(first) + len(second) == len(words)
    assert sorted([*first.labels, *second.labels]) == words.labels.tolist()
    assert 0 < len(second) < len(first)


def test_letters_and_pairs_are_those_of_the_training_words():
    config = with_vocabulary(preset("mark-b32"), np.array(["aBa", "aB", "ca"]))
    assert config.alphabet == "Bac"
    assert config.bigrams == ("aB", "Ba", "ca")
    assert config.phoc.size == (2 + 3 + 4 + 5) * 3 + 2 * 3
    with pytest.raises(MarkError, match="mark-b32"):
        MarkNetwork(with_vocabulary(preset("mark-compact"), np.array(["aBa"])))


def test_the_papers_model_trains_on_a_split_and_is_measured(kanjur):
    """A step of mark-b32 (the paper's size) on CPU, from a split file to a file that embeds and is evaluated."""
    words = read_split(kanjur / "train.txt", kanjur / "images")
    recipe = Recipe(
        steps=1,
        labels=2,
        views=2,
        negatives=2,
        warmup=1,
        losses="mark",
        clip_share=0.01,
        foreign=0,
        bf16=False,
    )
    train((words, words), kanjur / "run", recipe, preset("mark-b32"))
    weights = kanjur / "b32.safetensors"
    card = export(kanjur / "run", (words, words), weights)
    assert card["config"]["alphabet"] == "ADOUabeghimnrs"
    model = load_model(weights, "cpu")
    vectors = model.embed_texts(["mOrDAhO", "nigen"])
    assert vectors.shape == (2, 512)
    together = model.embed_images([draw_word("nigen"), draw_word("hagan")])
    np.testing.assert_allclose(model.embed_images([draw_word("nigen")])[0], together[0], atol=1e-4)
    with pytest.raises(MarkError, match="cannot read “z”"):
        model.embed_texts(["zz"])
    (row,) = evaluate_split(kanjur / "train.txt", kanjur / "images", str(weights), "cpu")
    assert 0 < row["QBS"] <= 100
    assert row["words"] == len(words)


def test_an_index_of_another_alphabet_keeps_case():
    model = MarkModel(MarkNetwork(with_vocabulary(preset("mark-b32"), np.array(["aB"]))), device="cpu")
    index = mark.WordIndex(model)
    crop = draw_word("aB", 1.3)
    index.add(mark.load_page(crop), words=[mark.Word((0, 0, crop.shape[1], crop.shape[0]), 1.0, 0, 0)])
    assert len(index.search(text="aB")) == 1
    with pytest.raises(MarkError, match="“b”"):
        index.search(text="ab")
