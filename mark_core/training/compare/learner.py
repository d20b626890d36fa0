"""How every system of a comparison learns: the same batches, optimiser and course of the learning rate."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from mark_core.evaluation.metrics import edit_distances
from mark_core.model.mark import squares
from mark_core.model.systems.network import SystemNetwork
from mark_core.training.compare.budget import Budget
from mark_core.training.compare.systems import System
from mark_core.training.data import Batch, GroupSampler, WordSet
from mark_core.training.objectives.base import Outputs, label_number
from mark_core.training.objectives.published import Sizes, published_objectives
from mark_core.whole_file import whole_file

CHECKPOINT = "checkpoint.pt"
_SAVE_SECONDS = 60.0  # of processor time between checkpoints
_FARTHEST = 5  # edit distance from which words count as unlike
_RISE, _FALL = 0.05, 0.4  # shares of the budget over which the learning rate rises and falls


@dataclass(frozen=True)
class Settings:
    """What all rows share. labels x views crops a batch; the learning rate at its height."""

    labels: int = 32
    views: int = 2
    learning_rate: float = 1e-3
    weight_decay: float = 0.02


class SystemLearner:
    """Trains one system from chance on words of a-z and 0-9. A run that goes on from its folder ends as one that was
    never stopped does, where the budget is counted in steps."""

    def __init__(
        self, system: System, words: WordSet, settings: Settings, budget: Budget, seed: int, folder: Path
    ) -> None:
        torch.manual_seed(seed)
        self.system, self.settings, self.budget, self.seed = system, settings, budget, seed
        self.folder = folder
        self.network = SystemNetwork(system.tower, system.strings, system.adaptation)
        sizes = Sizes(
            self.network.dim,
            self.network.image_features,
            self.network.text_features,
            np.unique(words.labels).tolist(),
        )
        losses = published_objectives(system.objective, sizes)
        self.weights = [weight for _, weight in losses]
        self.objectives = nn.ModuleList([loss for loss, _ in losses])
        self.sampler = GroupSampler(words, settings.labels, settings.views, seed)
        parameters = [*self.network.parameters(), *self.objectives.parameters()]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in parameters if p.ndim > 1], "weight_decay": settings.weight_decay},
                {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
            ],
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
        )
        self.step, self.spent = 0, 0.0
        self.losses: list[float] = []

    def run(self) -> SystemNetwork:
        """Learn until the budget is used; returns the network in evaluation. Ctrl-C saves and stops."""
        from tqdm import tqdm

        self._resume()
        saved = self.spent
        bar = tqdm(
            desc=f"{self.system.name}, seed {self.seed}", initial=self.step, unit="step", mininterval=5
        )
        try:
            while self.budget.share(self.step, self.spent) < 1:
                since = time.process_time()
                self.losses.append(self.update(self.sampler.batch(self.step)))
                self.step += 1
                self.spent += time.process_time() - since
                bar.update()
                if self.spent - saved > _SAVE_SECONDS:
                    self._save()
                    saved = self.spent
        except KeyboardInterrupt:
            self._save()
            raise
        finally:
            bar.close()
        return self.network.eval()

    def learning_rate(self) -> float:
        share = self.budget.share(self.step, self.spent)
        rise = min(1.0, (share + 1e-3) / _RISE)
        left = min(1.0, max(0.0, 1 - share) / _FALL)
        return self.settings.learning_rate * rise * (0.5 - 0.5 * math.cos(math.pi * left))

    def update(self, batch: Batch) -> float:
        """One step; returns the loss. A step whose loss or gradient is not finite changes nothing."""
        torch.manual_seed(1_000_003 * self.seed + self.step)  # what is dropped out depends on nothing before
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate()
        outputs = self.outputs(batch)
        loss = sum(w * objective(outputs) for w, objective in zip(self.weights, self.objectives, strict=True))
        self.optimizer.zero_grad(set_to_none=True)
        if torch.isfinite(loss.detach()):
            loss.backward()
            parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
            if torch.isfinite(nn.utils.clip_grad_norm_(parameters, 5.0)):
                self.optimizer.step()
        return float(loss.detach())

    def outputs(self, batch: Batch) -> Outputs:
        """Both sides of the network on a batch whose words can all be typed."""
        network = self.network
        pixels = squares(batch.strips) if network.input == "square" else batch.strips
        images = network.images(torch.from_numpy(pixels))
        distinct = sorted(set(batch.labels))
        row = {label: i for i, label in enumerate(distinct)}
        texts = network.texts(distinct)
        own = torch.tensor([row[label] for label in batch.labels])
        adapted = network.text_to_image(texts.vectors)
        return Outputs(
            image=images.vectors,
            text=texts.vectors,
            adapted_text=adapted,
            adapted_image=network.image_to_text(images.vectors),
            negatives=adapted[:0],
            label=torch.tensor([label_number(label) for label in batch.labels]),
            text_of=own,
            phoc=images.phoc,
            phoc_target=None if images.phoc is None else texts.vectors[own],
            image_features=images.features,
            text_features=texts.features,
            text_distance=torch.from_numpy(edit_distances(distinct, distinct, _FARTHEST)),
        )

    def _save(self) -> None:
        state = {
            "step": self.step,
            "spent": self.spent,
            "losses": self.losses,
            "system": asdict(self.system),
            "network": self.network.state_dict(),
            "objectives": self.objectives.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole_file(self.folder / CHECKPOINT) as file:
            torch.save(state, file)

    def _resume(self) -> None:
        path = self.folder / CHECKPOINT
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.objectives.load_state_dict(state["objectives"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.spent, self.losses = state["step"], state["spent"], state["losses"]
