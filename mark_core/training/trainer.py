"""The training loop: resumable, logged, with averaged weights."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mark_core.model.alphabet import is_folded
from mark_core.model.config import MarkConfig
from mark_core.model.network import MarkNetwork
from mark_core.training.data import Batch, GroupSampler, WordSet, loader
from mark_core.training.learner import Learner, Recipe
from mark_core.training.real.mixture import LineBatch, MixedBatches
from mark_core.whole_file import whole_file

CHECKPOINT = "checkpoint.pt"


@dataclass
class Trainer:
    """Trains ``network`` on ``words``, or on the batches of ``mixed``; what it needs to go on is in its folder."""

    network: MarkNetwork
    words: WordSet
    recipe: Recipe
    folder: Path
    validate: Callable[[MarkNetwork], dict[str, float]] | None = None
    validate_every: int = 1000
    save_every: int = 500
    log_every: int = 20
    device: str = "cpu"
    step: int = 0
    mixed: MixedBatches | None = None
    _board: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        r, alphabet = self.recipe, self.network.config.alphabet
        typed = np.unique(self.words.labels if self.mixed is None else self.mixed.labels)
        vocabulary = [str(w) for w in typed if is_folded(str(w), alphabet)]
        self.learner = Learner(self.network, r, vocabulary, device=self.device)

    def run(self, until: int | None = None) -> None:
        """Train to step ``until`` (default: all), saving as it goes. Ctrl-C saves and stops."""
        from tqdm import tqdm

        stop = min(until or self.recipe.steps, self.recipe.steps)
        torch.manual_seed(self.recipe.seed + self.step)
        bar = tqdm(total=self.recipe.steps, initial=self.step, desc="training", unit="step", mininterval=5)
        window: list[dict[str, float]] = []
        since = time.perf_counter()
        try:
            for batch, lines in self._batches(stop):
                window.append(self.learner.update(batch, self.step, lines))
                self.step += 1
                bar.update()
                if self.step % self.log_every == 0:
                    seconds = (time.perf_counter() - since) / self.log_every
                    means = {key: float(np.nanmean([w[key] for w in window])) for key in window[0]}
                    rate = self.learner.learning_rate(self.step)
                    self._log("train.csv", {"lr": rate, "seconds": seconds, **means})
                    bar.set_postfix_str(f"loss {means['loss']:.3f}", refresh=False)
                    window, since = [], time.perf_counter()
                if self.step % self.save_every == 0 or self.step == stop:
                    self.save()
                if self.validate and (self.step % self.validate_every == 0 or self.step == stop):
                    self._log("validation.csv", self.validate(self.learner.averaged()))
                    since = time.perf_counter()
        except KeyboardInterrupt:
            self.save()
            raise
        finally:
            bar.close()

    def _batches(self, stop: int) -> Iterator[tuple[Batch, LineBatch | None]]:
        if self.mixed is not None:
            yield from loader(self.mixed, self.step, stop)
            return
        r, alphabet = self.recipe, self.network.config.alphabet
        sampler = GroupSampler(self.words, r.labels, r.views, r.seed, foreign=r.foreign, alphabet=alphabet)
        for batch in loader(sampler, self.step, stop):
            yield batch, None

    def save(self) -> None:
        path = self.folder / CHECKPOINT
        state = {
            "step": self.step,
            "config": self.network.config.to_dict(),
            "recipe": asdict(self.recipe),
            "network": self.network.state_dict(),
            "average": self.learner.average,
            "optimizer": self.learner.optimizer.state_dict(),
        }
        with whole_file(path) as file:
            torch.save(state, file)

    def resume(self) -> bool:
        """Go on from the checkpoint in the folder, if there is one."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.learner.average = state["average"]
        self.learner.optimizer.load_state_dict(state["optimizer"])
        self.step = int(state["step"])
        return True

    def _log(self, name: str, values: dict[str, float]) -> None:
        path = self.folder / name
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", *values])
            writer.writerow([self.step, *(f"{v:.5g}" for v in values.values())])
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return
        if not self._board:
            self._board.append(SummaryWriter(str(self.folder)))
        for key, value in values.items():
            self._board[0].add_scalar(f"{path.stem}/{key}", value, self.step)


def network_from_checkpoint(path: Path) -> tuple[MarkNetwork, dict[str, Any]]:
    """The averaged network of a checkpoint and the checkpoint itself."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    network = MarkNetwork(MarkConfig.from_dict(state["config"]))
    weights: dict[str, Tensor] = state["average"]
    network.load_state_dict(weights)
    return network.eval(), state
