"""One training run from shards to weights, as the command line starts it."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import torch

from mark_core.model.config import preset
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.strip import to_strip
from mark_core.model.weights import load_network, save_network
from mark_core.training.calibrate import calibrate
from mark_core.training.data import WordSet
from mark_core.training.shapes import fit_shape_axes
from mark_core.training.trainer import CHECKPOINT, Recipe, Trainer, network_from_checkpoint
from mark_core.training.validate import RenderedValidation, training_shards, validation_shards


def train(
    shards: Path,
    out: Path,
    recipe: Recipe,
    model: str = "mark-compact",
    changes: dict[str, Any] | None = None,
    information: dict[str, WordSet] | None = None,
    initial: Path | None = None,
    validate_every: int = 1000,
) -> dict[str, float]:
    """Train ``model`` on the shards; go on from ``out`` if it holds a checkpoint. Returns the last validation.

    changes: settings of the preset to change (ablations). information: sets whose figures are printed along with
    the validation but decide nothing. initial: a weights file to start from instead of chance. Raises MarkError
    if there are no shards.
    """
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(recipe.seed)
    words = WordSet.load(training_shards(shards))
    validation = RenderedValidation(WordSet.load(validation_shards(shards)), information)
    last: dict[str, float] = {}

    def validate(network: MarkNetwork) -> dict[str, float]:
        last.update(validation(network))
        print("  ".join(f"{key} {value:.1f}" for key, value in last.items()), flush=True)
        return last

    network = MarkNetwork(preset(model, **(changes or {})))
    if initial is not None:
        start_from(network, initial)
    trainer = Trainer(network, words, recipe, out, validate, validate_every)
    if trainer.resume():
        print(f"going on from step {trainer.step}", flush=True)
    trainer.run()
    return last


def start_from(network: MarkNetwork, path: Path) -> None:
    """Take over all weights of the file ``path`` that fit; what the network has beyond them keeps its start."""
    known, own = load_network(path)[0].state_dict(), network.state_dict()
    fitting = {key: value for key, value in known.items() if key in own and own[key].shape == value.shape}
    network.load_state_dict(fitting, strict=False)


def watched(folder: Path) -> WordSet:
    """The true crops of a data set as a watched set: its figures are printed in training and decide nothing."""
    from mark_core.evaluation.dataset import load_dataset
    from mark_core.evaluation.retrieval import relevance_keys, true_crops

    dataset = load_dataset(folder)
    crops = true_crops(dataset)
    return WordSet.from_strips(
        [to_strip(crop) for crop in crops], relevance_keys(dataset, "key"), ["latin"] * len(crops)
    )


def export(run: Path, shards: Path, target: Path) -> dict[str, Any]:
    """Calibrate a run's averaged weights on the validation shards and write them with their card.

    Returns the card; its scores are mAP on rendered words of unseen faces and unseen spelling.
    """
    network, state = network_from_checkpoint(run / CHECKPOINT)
    words = WordSet.load(validation_shards(shards))
    recipe = Recipe(**state["recipe"])
    if network.config.shape_dim:
        fit_shape_axes(network, WordSet.load(training_shards(shards)[:4]), recipe.seed)
    return save_network(
        network,
        target,
        step=state["step"],
        recipe=dataclasses.asdict(recipe),
        seed=recipe.seed,
        scores={f"rendered words, {key}": value for key, value in RenderedValidation(words)(network).items()},
        calibration=calibrate(MarkModel(network, device="cpu"), words, recipe.seed),
    )
