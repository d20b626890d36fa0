"""One training run from shards to weights, as the command line starts it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import torch

from mark_core.errors import MarkError
from mark_core.model.alphabet import is_folded
from mark_core.model.config import MarkConfig
from mark_core.model.mark import MarkModel, best_device
from mark_core.model.network import MarkNetwork
from mark_core.model.strip import to_strip
from mark_core.model.weights import load_network, save_network, write_card
from mark_core.retrieval.scoring import Calibration
from mark_core.training.calibrate import calibrate
from mark_core.training.data import WordSet
from mark_core.training.hand.judged_queries import fit_kind_weights
from mark_core.training.learner import Recipe
from mark_core.training.line_weights import fit_line_weights, index_pages
from mark_core.training.real.hand_pages import hand_pages
from mark_core.training.real.mixture import Mixture
from mark_core.training.real.real_ink import RealInk, RealValidation
from mark_core.training.real.warm_start import start_from
from mark_core.training.shapes import fit_shape_axes
from mark_core.training.splits import with_vocabulary
from mark_core.training.trainer import CHECKPOINT, Trainer, network_from_checkpoint
from mark_core.training.validate import (
    RenderedValidation,
    hand_shards,
    training_shards,
    validation_shards,
)


def rendered_words(shards: Path) -> tuple[WordSet, WordSet]:
    """Words to train on and to validate on, of a folder of shards. Raises MarkError if there are none."""
    return WordSet.load(training_shards(shards)), WordSet.load(validation_shards(shards))


def train(
    words: tuple[WordSet, WordSet],
    out: Path,
    recipe: Recipe,
    config: MarkConfig,
    information: dict[str, WordSet] | None = None,
    initial: Path | None = None,
    validate_every: int = 1000,
    hub: bool = False,
    real: RealInk | None = None,
    mixture: Mixture | None = None,
) -> dict[str, float]:
    """Train a network on ``words`` (training, validation); go on from ``out`` if it holds a checkpoint.

    information: sets whose figures are printed along with the validation but decide nothing. initial: a weights
    file to start from instead of chance; hub: start from the weights that open_clip has for the configuration.
    real: real words and lines, mixed with ``words`` as ``mixture`` says; then their held-out hands are validated too.
    Returns the last validation.
    """
    torch.manual_seed(recipe.seed)
    if config.tokenizer == "bpe":
        config = with_vocabulary(config, words[0].labels)
    validation: Any = RenderedValidation(words[1], information)
    mixed = None
    if real is not None:
        validation = RealValidation(real, words[1], information)
        mixed = real.batches(words[0], mixture or Mixture(), recipe.seed, recipe.foreign)
    last: dict[str, float] = {}

    def validate(network: MarkNetwork) -> dict[str, float]:
        last.update(validation(network))
        print("  ".join(f"{key} {value:.1f}" for key, value in last.items()), flush=True)
        return last

    network = MarkNetwork(config, pretrained=hub)
    if initial is not None:
        start_from(network, initial)
    trainer = Trainer(
        network, words[0], recipe, out, validate, validate_every, device=best_device(), mixed=mixed
    )
    if trainer.resume():
        print(f"going on from step {trainer.step}", flush=True)
    trainer.run()
    return last


def transcribed_words(folder: Path, column: str = "key", fold: int | None = None) -> WordSet:
    """The true crops of a data set that can be typed, sorted by label; those of ``fold`` are left out.

    Raises MarkError if the set is unusable or no word is left.
    """
    from mark_core.evaluation.dataset import load_dataset
    from mark_core.evaluation.retrieval import fold_rows, relevance_keys, true_crops

    dataset = load_dataset(folder)
    keys = relevance_keys(dataset, column)
    tested = set() if fold is None else set(fold_rows(dataset, fold).tolist())
    rows = [i for i, key in enumerate(keys) if i not in tested and is_folded(key)]
    if not rows:
        raise MarkError(f"The set {dataset.name} has no word to train on.")
    rows.sort(key=lambda i: keys[i])
    crops = true_crops(dataset)
    return WordSet.from_strips(
        [to_strip(crops[i]) for i in rows], [keys[i] for i in rows], ["latin"] * len(rows)
    )


def watched(folder: Path) -> WordSet:
    """The true crops of a data set as a watched set: its figures are printed in training and decide nothing."""
    from mark_core.evaluation.dataset import load_dataset
    from mark_core.evaluation.retrieval import relevance_keys, true_crops

    dataset = load_dataset(folder)
    crops = true_crops(dataset)
    return WordSet.from_strips(
        [to_strip(crop) for crop in crops], relevance_keys(dataset, "key"), ["latin"] * len(crops)
    )


def rendered_hands(shards: Path) -> WordSet | None:
    """Words in one face each, if the folder has some."""
    found = hand_shards(shards)
    return WordSet.load(found) if found else None


def recalibrate(weights: Path, shards: Path, real: RealInk | None = None) -> dict[str, Any]:
    """Calibrate a weights file anew; only its card changes. real: as of ``export``. Returns the card."""
    network, card = load_network(weights)
    words = WordSet.load(validation_shards(shards))
    model = MarkModel(network, card, device="cpu")
    card["calibration"] = _calibration(model, words, card.get("seed", 0), rendered_hands(shards), real)
    write_card(weights, card)
    return card


def _calibration(
    model: MarkModel,
    words: WordSet,
    seed: int,
    hands: WordSet | None,
    real: RealInk | None,
    choose_shares: bool = False,
) -> dict[str, Any]:
    """Calibration of the words, and of the lines of held-out hands where there are any."""
    if real is None:
        return calibrate(model, words, seed, hands, choose_shares)
    found: dict[str, Any] = calibrate(model, real.hands(), seed, hands, choose_shares=True)
    lines = hand_pages(model, [line for line in real.lines if line.held_out], seed)
    pages = index_pages(model, lines)
    weights = fit_line_weights(model, Calibration.from_card({"calibration": found}), pages, seed)
    found |= {"lines": weights.to_card()}
    seen = MarkModel(model.network, {"calibration": found}, str(model.device))
    return found | {"kinds": fit_kind_weights(seen, pages, seed).to_card()}


def export(
    run: Path,
    words: tuple[WordSet, WordSet],
    target: Path,
    hands: WordSet | None = None,
    choose_shares: bool = False,
    real: RealInk | None = None,
) -> dict[str, Any]:
    """Calibrate a run's averaged weights on the validation words and write them with their card.

    hands, choose_shares: see ``calibrate``. real: calibrate on the held-out hands of these instead, each by itself, and
    choose the shares on them.

    Returns the card; its scores are mAP on the validation words, by the vectors alone.
    """
    network, state = network_from_checkpoint(run / CHECKPOINT)
    recipe = Recipe(**state["recipe"])
    if network.config.shape_dim:
        fit_shape_axes(network, words[0] if real is None else real.words, recipe.seed)
    scores = (RenderedValidation(words[1]) if real is None else RealValidation(real, words[1]))(network)
    model = MarkModel(network, device="cpu")
    return save_network(
        network,
        target,
        step=state["step"],
        recipe=dataclasses.asdict(recipe),
        seed=recipe.seed,
        scores={f"validation words, {key}": value for key, value in scores.items()},
        calibration=_calibration(model, words[1], recipe.seed, hands, real, choose_shares),
    )
