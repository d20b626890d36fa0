import csv

import numpy as np
import pytest
import torch

from mark_core import MarkError
from mark_core.model.config import preset
from mark_core.model.mark import load_model
from mark_core.model.network import MarkNetwork
from mark_core.model.strip import pad_strips, to_strip
from mark_core.model.weights import save_network
from mark_core.training.calibrate import _fit, best_threshold, calibrate
from mark_core.training.data import WordSet
from mark_core.training.learner import Recipe
from mark_core.training.run import export, rendered_words, start_from, train
from mark_core.training.shapes import fit_shape_axes
from mark_core.training.trainer import Trainer, network_from_checkpoint
from mark_core.training.validate import RenderedValidation
from tests.conftest import draw_word

WORDS = ["orders", "letter", "captain", "winchester", "march", "1755", "a", "the"]
RECIPE = Recipe(steps=8, labels=4, views=2, negatives=8, warmup=2, bf16=False)


@pytest.fixture(scope="module")
def words():
    strips, labels = [], []
    for i, text in enumerate(WORDS):
        for k in range(3):
            strips.append(to_strip(draw_word(text, 1.0 + 0.15 * k, 2 + (i + k) % 2)))
            labels.append(text)
    return WordSet.from_strips(strips, labels, ["latin"] * len(strips))


def network():
    torch.manual_seed(0)
    return MarkNetwork(preset("mark-compact"))


def losses(folder):
    with (folder / "train.csv").open() as file:
        return [float(row["loss"]) for row in csv.DictReader(file)]


def test_the_loss_falls(words, tmp_path):
    recipe = Recipe(steps=30, labels=4, views=2, negatives=8, warmup=5, bf16=False)
    Trainer(network(), words, recipe, tmp_path, log_every=5).run()
    curve = losses(tmp_path)
    assert curve[-1] < 0.5 * curve[0]


def test_same_seed_same_curve_and_resuming_changes_nothing(words, tmp_path):
    for name in ("a", "b"):
        trainer = Trainer(network(), words, RECIPE, tmp_path / name, log_every=4)
        trainer.run()
    assert losses(tmp_path / "a") == losses(tmp_path / "b")
    Trainer(network(), words, RECIPE, tmp_path / "c", log_every=4).run(until=4)
    resumed = Trainer(network(), words, RECIPE, tmp_path / "c", log_every=4)
    assert resumed.resume()
    assert resumed.step == 4
    resumed.run()
    # dropout draws anew after a resume; the data and the optimiser go on as they were
    assert losses(tmp_path / "c")[0] == losses(tmp_path / "a")[0]
    assert losses(tmp_path / "c")[1] == pytest.approx(losses(tmp_path / "a")[1], rel=0.1)


def test_from_shards_to_a_file_that_searches(words, tmp_path):
    arrays = {
        "pixels": words.pixels,
        "widths": words.widths,
        "labels": words.labels,
        "scripts": words.scripts,
    }
    shards = tmp_path / "shards"
    shards.mkdir()
    np.savez(shards / "train-0-0000.npz", **arrays)
    np.savez(shards / "val-0-0000.npz", **arrays)
    last = train(rendered_words(shards), tmp_path / "run", RECIPE, preset("mark-compact"))
    assert 0 <= last["val_qbs"] <= 100
    card = export(tmp_path / "run", rendered_words(shards), tmp_path / "out" / "weights.safetensors")
    assert card["step"] == RECIPE.steps
    assert len(card["calibration"]["text"]) == 3
    model = load_model(tmp_path / "out" / "weights.safetensors", "cpu")
    assert model.embed_images([draw_word("march")]).shape == (1, 256)
    average, state = network_from_checkpoint(tmp_path / "run" / "checkpoint.pt")
    assert state["step"] == RECIPE.steps
    assert RenderedValidation(words)(average)["val_qbe"] == pytest.approx(last["val_qbe"], abs=2)


def test_no_shards_says_so(tmp_path):
    with pytest.raises(MarkError, match="no training shards"):
        rendered_words(tmp_path)


def test_calibration_recovers_the_law_behind_the_marks(words, random_model):
    g = np.random.default_rng(0)
    cosine, agreement, likeness = g.uniform(-1, 1, 20000), g.uniform(-12, 0, 20000), g.uniform(0, 1, 20000)
    right = g.random(20000) < 1 / (1 + np.exp(-(-2 + 6 * (cosine + 0.1 * agreement + 0.5 * likeness))))
    rows = [np.stack([cosine, agreement, likeness, right, np.ones(20000)], axis=1)]
    assert _fit(rows, (1.0, 0.1, 0.5)) == pytest.approx([-2, 6, 0.6, 3], rel=0.15)
    weights = calibrate(random_model, words)
    lengths = {"text": 3, "example": 4, "pattern": 2, "threshold": 2}
    assert {key: len(weights[key]) for key in weights} == lengths


def test_the_threshold_is_where_f1_is_best():
    logit = np.array([3.0, 2.0, 1.0, 0.0, -1.0])
    right = np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    rows = [np.stack([logit, right, np.ones(5)], axis=1)]
    assert best_threshold(rows, [0.0, 1.0]) == 0.5  # 3 of 4 and all 3: 6/7; at 2: 4/5
    # a wrong word that stands for many moves it up
    rows[0][2, 2] = 9
    assert best_threshold(rows, [0.0, 1.0]) == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-3)


def test_shape_axes_keep_what_tells_words_apart(words):
    net = network()
    kept = fit_shape_axes(net, words)
    axes = net.shape_axes.numpy()
    # 24 words span 24 dimensions, so nothing is lost, and there is nothing for further axes
    assert kept == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(axes @ axes.T, np.diag([1.0] * 24 + [0.0] * (len(axes) - 24)), atol=1e-4)
    strips = pad_strips([words.strip(i) for i in range(6)])
    with torch.inference_mode():
        features = net.eval().images(torch.from_numpy(strips))
    np.testing.assert_allclose(
        features.shape @ features.shape.T, features.drawn @ features.drawn.T, rtol=1e-3
    )


def test_a_run_starts_from_a_weights_file(words, tmp_path):
    known = network()
    save_network(known, tmp_path / "known.safetensors")
    other = MarkNetwork(preset("mark-compact", gate=False))
    start_from(other, tmp_path / "known.safetensors")
    same = dict(known.named_parameters())
    assert all(
        torch.allclose(value, same[key], atol=1e-3) for key, value in other.named_parameters() if key in same
    )
