"""From a corpus of lines to a training step: everything on words drawn here."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from mark_core import MarkError
from mark_core.model.config import preset
from mark_core.model.mark import MarkModel, load_model
from mark_core.model.network import MarkNetwork
from mark_core.training.data import WordSet, loader
from mark_core.training.learner import Recipe
from mark_core.training.real.corpus import read_corpus
from mark_core.training.real.lines import fold_line, held_out_hands
from mark_core.training.real.mixture import Mixture
from mark_core.training.real.reading_errors import read_line
from mark_core.training.real.real_ink import RealInk, RealValidation, write_words
from mark_core.training.real.warm_start import start_from
from mark_core.training.run import train
from tests.conftest import draw_word

TEXTS = ["the orders of the captain", "letters to winchester", "march the captain", "of the letters orders"]


def picture(text: str) -> np.ndarray:
    """A line of drawn words, (64, W) uint8."""
    words = [cv2.resize(draw_word(word), None, fx=0.5, fy=0.5) for word in text.split()]
    height = max(word.shape[0] for word in words)
    gap = np.full((height, 14), 255, np.uint8)
    parts: list[np.ndarray] = []
    for word in words:
        grey = word if word.ndim == 2 else word[:, :, 0]
        top = np.full((height - grey.shape[0], grey.shape[1]), 255, np.uint8)
        parts += [gap, np.concatenate([top, grey])]
    line = np.concatenate([*parts, gap], axis=1)
    return cv2.resize(line, (round(line.shape[1] * 64 / height), 64))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Two sets of four hands; one line of each set has no letters, one a script that nobody reads."""
    root = tmp_path_factory.mktemp("corpus")
    for name in ("one", "two"):
        folder = root / name
        folder.mkdir()
        with zipfile.ZipFile(folder / "lines.zip", "w") as file, (folder / "lines.csv").open("w") as table:
            rows = csv.writer(table)
            rows.writerow(["image", "text", "page", "hand_or_book", "language", "script_kind"])
            texts = [(text, f"hand {k}") for k in range(4) for text in TEXTS]
            for number, (text, hand) in enumerate([*texts, ("...", "hand 0"), ("日本", "hand 0")]):
                drawn = text if text.isascii() and any(map(str.isalpha, text)) else "x"
                file.writestr(f"{number}.jpg", cv2.imencode(".jpg", picture(drawn))[1].tobytes())
                rows.writerow([f"{number}.jpg", text, "p", hand, "eng", "manuscript"])
            rows.writerow(["missing.jpg", "the", "p", "hand 0", "eng", "manuscript"])
    return root


def test_what_cannot_be_used_is_counted_by_reason(corpus):
    found = read_corpus(corpus)
    assert len(found.lines) == 32
    assert found.unused == {
        "no letters": 2, "letters of a script that is not read": 2, "picture missing": 2
    }  # fmt: skip
    assert all(line.strip.shape[0] == 48 for line in found.lines)


def test_hands_are_split_not_lines(corpus):
    lines = read_corpus(corpus).lines
    for hand in {line.hand for line in lines}:
        assert len({line.held_out for line in lines if line.hand == hand}) == 1
    assert {line.hand.split("/")[0] for line in lines if line.held_out} == {"one", "two"}
    assert held_out_hands("one", {"a"}) == held_out_hands("one", {"a"})
    assert not any("candide" in hand for hand in held_out_hands("x", {f"candide {k}" for k in range(50)}))


def test_a_folder_without_lines_is_one_sentence(tmp_path):
    with pytest.raises(MarkError):
        read_corpus(tmp_path)


def test_text_is_folded_word_by_word():
    assert fold_line("Seu quū protentis, ¶ 1755.") == (("seu", "quu", "protentis", "1755"), None)
    assert fold_line("θάψω πόλις") == (("θαψω", "πολισ"), None)
    assert fold_line("日本")[1] == "letters of a script that is not read"


@pytest.fixture(scope="module")
def real(corpus, tmp_path_factory) -> RealInk:
    out = tmp_path_factory.mktemp("words")
    counts = write_words(load_model(), corpus, out, least=-3.0)
    assert counts["lines"] == 32
    assert 0 < counts["words kept"] <= counts["words"] == 8 * sum(len(text.split()) for text in TEXTS)
    return RealInk.load(out, corpus)


def test_words_are_cut_where_they_stand(real):
    """What was cut out is read as its label by the model that is shipped, mostly."""
    words = real.words
    readings = [word for word in range(len(words)) if len(str(words.labels[word])) > 2]
    from mark_core.retrieval.gallery import Gallery

    gallery = Gallery(load_model().encode_strips([words.strip(i) for i in readings]))
    right = [gallery.readings[k] == str(words.labels[i]) for k, i in enumerate(readings)]
    assert np.mean(right) > 0.6
    assert {str(hand).split("/")[1] for hand in words.scripts} <= {f"hand {k}" for k in range(4)}


def rendered() -> WordSet:
    words = sorted({word for text in TEXTS for word in text.split()})
    from mark_core.model.strip import to_strip

    strips = [to_strip(draw_word(word, 1.0 + 0.1 * k)) for word in words for k in range(2)]
    return WordSet.from_strips(strips, [word for word in words for _ in range(2)], ["latin"] * len(strips))


def test_a_batch_depends_on_its_step_alone(real):
    batches = real.batches(rendered(), Mixture(4, 3, 2), seed=1, foreign=0.0)
    words, lines = batches[5]
    assert len(words.labels) == 14
    assert words.strips.shape[0] == 14
    assert len(lines.texts) == len(lines.strips) == 2
    again, _ = list(loader(batches, 4, 6, workers=0))[1]
    np.testing.assert_array_equal(again.strips, words.strips)
    assert again.labels == words.labels


def test_a_run_on_real_ink_validates_held_out_hands(real, tmp_path):
    recipe = Recipe(steps=2, labels=4, negatives=8, warmup=1)
    last = train(
        (rendered(), rendered()),
        tmp_path,
        recipe,
        preset("mark-compact"),
        real=real,
        mixture=Mixture(4, 3, 2),
    )
    assert {"held_out_qbs", "held_out_qbe", "cer", "cer_letters"} <= set(last)
    assert (tmp_path / "checkpoint.pt").exists()


def test_starting_from_fewer_letters_changes_nothing(crops, tmp_path):
    """The larger alphabet embeds crops and typed words exactly as the weights it starts from."""
    from mark_core.model.weights import save_network

    small = MarkNetwork(preset("mark-compact", alphabet="abcdefghijklmnopqrstuvwxyz0123456789", space=False))
    save_network(small, tmp_path / "small.safetensors")
    large = MarkNetwork(preset("mark-compact"))
    start_from(large, tmp_path / "small.safetensors")
    before, after = load_model(tmp_path / "small.safetensors"), MarkModel(large, device="cpu")
    np.testing.assert_allclose(after.encode(crops).vectors, before.encode(crops).vectors, atol=2e-2)
    typed = ["orders", "1755"]
    np.testing.assert_allclose(after.embed_texts(typed), before.embed_texts(typed), atol=2e-2)


def test_held_out_hands_are_searched_one_by_one(real):
    for words in real.hands():
        assert len(set(words.scripts.tolist())) == 1
    figures = RealValidation(real, rendered())(MarkNetwork(preset("mark-compact")))
    assert all(np.isfinite(value) for value in figures.values())


def test_a_line_is_read_with_its_spaces():
    log_p = np.log(np.eye(5)[[0, 0, 4, 1, 3, 3, 4, 2, 4]] * 0.9 + 0.02)
    assert read_line(log_p, "abc", 3) == "ab c"
