"""The training loop: resumable, logged, with averaged weights; choosing is done on rendered words only."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mark_core.model.alphabet import is_folded
from mark_core.model.config import MarkConfig
from mark_core.model.mark import squares
from mark_core.model.network import MarkNetwork
from mark_core.training.data import Batch, GroupSampler, WordSet
from mark_core.training.objectives import Outputs, make_objectives

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class Recipe:
    """All that decides a run beside the network and the shards. Stored in the card of the weights.

    steps: optimiser steps; labels x views crops a step; negatives: typed words a step that are not in the batch.
    The learning rate rises over ``warmup`` steps, stays, and falls to zero over the last ``decay`` share.
    clip_share: learning rate of the two CLIP towers as a share of that of the rest (the paper: 1e-6 to 1e-4).
    foreign: share of the groups shown mirrored or upside down, as words of unknown scripts.
    """

    steps: int = 10000
    labels: int = 48
    views: int = 2
    negatives: int = 96
    learning_rate: float = 2e-3
    warmup: int = 300
    decay: float = 0.4
    weight_decay: float = 0.02
    clip_share: float = 1.0
    ema: float = 0.999
    losses: str = "contrastive"
    foreign: float = 0.1
    seed: int = 0
    bf16: bool = True


@dataclass
class Trainer:
    """Trains ``network`` on ``words``; everything needed to go on is in ``folder``/checkpoint.pt."""

    network: MarkNetwork
    words: WordSet
    recipe: Recipe
    folder: Path
    validate: Callable[[MarkNetwork], dict[str, float]] | None = None
    validate_every: int = 1000
    save_every: int = 500
    log_every: int = 20
    step: int = 0
    _start: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.objectives = make_objectives(self.recipe.losses)
        r = self.recipe
        alphabet = self.network.config.alphabet
        self.sampler = GroupSampler(
            self.words, r.labels, r.views, r.seed, foreign=r.foreign, alphabet=alphabet
        )
        self.optimizer = torch.optim.AdamW(
            self._parameter_groups(), lr=r.learning_rate, betas=(0.9, 0.98), fused=True
        )
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        typed = np.unique(self.words.labels[[i for i, s in enumerate(self.words.scripts) if s == "latin"]])
        self.vocabulary = [str(w) for w in typed if is_folded(str(w), alphabet)]

    def _parameter_groups(self) -> list[dict[str, Any]]:
        """Towers of CLIP and the rest, each with and without weight decay (biases and norms have none)."""
        groups: dict[tuple[float, float], list[Tensor]] = {}
        for name, parameter in self.network.named_parameters():
            share = self.recipe.clip_share if name.startswith("clip.") else 1.0
            decay = self.recipe.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault((share, decay), []).append(parameter)
        return [
            {"params": params, "share": share, "weight_decay": decay}
            for (share, decay), params in groups.items()
        ]

    def learning_rate(self, step: int) -> float:
        r = self.recipe
        rise = min(1.0, (step + 1) / r.warmup)
        left = (r.steps - step) / max(1.0, r.decay * r.steps)
        return r.learning_rate * rise * (0.5 - 0.5 * math.cos(math.pi * min(1.0, left)))

    def run(self, until: int | None = None) -> None:
        """Train to step ``until`` (default: all), saving as it goes. Ctrl-C saves and stops."""
        from tqdm import tqdm

        stop = min(until or self.recipe.steps, self.recipe.steps)
        torch.manual_seed(self.recipe.seed + self.step)
        bar = tqdm(total=self.recipe.steps, initial=self.step, desc="training", unit="step", mininterval=5)
        window: list[dict[str, float]] = []
        since = time.perf_counter()
        try:
            for batch in self.sampler.stream(self.step, stop):
                window.append(self._update(batch))
                self.step += 1
                bar.update()
                if self.step % self.log_every == 0:
                    seconds = (time.perf_counter() - since) / self.log_every
                    means = {key: float(np.mean([w[key] for w in window])) for key in window[0]}
                    self._log("train.csv", {"lr": self.learning_rate(self.step), "seconds": seconds, **means})
                    bar.set_postfix_str(f"loss {means['loss']:.3f}", refresh=False)
                    window, since = [], time.perf_counter()
                if self.step % self.save_every == 0 or self.step == stop:
                    self.save()
                if self.validate and (self.step % self.validate_every == 0 or self.step == stop):
                    self._log("validation.csv", self.validate(self.averaged()))
                    since = time.perf_counter()
        except KeyboardInterrupt:
            self.save()
            raise
        finally:
            bar.close()

    def _update(self, batch: Batch) -> dict[str, float]:
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(self.step) * group["share"]
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bf16):
            outputs = self.outputs(batch)
        terms = {name: (loss(outputs), weight) for name, loss, weight in self.objectives}
        total = sum((weight * value for value, weight in terms.values()), torch.zeros(()))
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        if torch.isfinite(norm):
            self.optimizer.step()
        self._update_average()
        return {
            "loss": float(total.detach()),
            "norm": float(norm),
            **{k: float(v.detach()) for k, (v, _) in terms.items()},
        }

    def outputs(self, batch: Batch) -> Outputs:
        """Run both sides of the network on a batch; see ``Outputs`` for the shapes."""
        network, alphabet = self.network, self.network.config.alphabet
        square = network.config.input == "square"
        images = network.images(torch.from_numpy(squares(batch.strips) if square else batch.strips))
        readable = [label for label, ok in zip(batch.labels, batch.readable, strict=True) if ok]
        distinct = sorted(set(readable))
        row = {label: i for i, label in enumerate(distinct)}
        text_of = [row[label] if ok else -1 for label, ok in zip(batch.labels, batch.readable, strict=True)]
        generator = np.random.default_rng([self.recipe.seed, 4, self.step])
        text = network.texts(distinct + self._negatives(distinct, generator))
        adapted = network.to_image_space(text)
        targets = [label if ok else "" for label, ok in zip(batch.labels, batch.readable, strict=True)]
        return Outputs(
            image=images.embedding,
            text=text[: len(distinct)],
            adapted_text=adapted[: len(distinct)],
            adapted_image=network.to_text_space(images.embedding),
            negatives=adapted[len(distinct) :],
            # a label keeps its class number from batch to batch, so that remembered crops can be matched
            label=torch.tensor([_stable_id(label) for label in batch.labels]),
            text_of=torch.tensor(text_of),
            pooled=images.pooled,
            phoc=images.phoc,
            phoc_target=torch.from_numpy(network.phoc.encode(targets)),
            columns=images.columns,
            counts=images.counts,
            letters=torch.tensor([alphabet.index(c) for label in readable for c in label], dtype=torch.long),
            letter_counts=torch.tensor([len(label) for label in readable], dtype=torch.long),
        )

    def _negatives(self, distinct: list[str], g: np.random.Generator) -> list[str]:
        """Half random words, half words one letter away from a word of the batch."""
        out = [
            self.vocabulary[int(i)] for i in g.integers(0, len(self.vocabulary), self.recipe.negatives // 2)
        ]
        letters = self.network.config.alphabet.rstrip("0123456789")
        for _ in range(self.recipe.negatives - len(out)):
            word = list(distinct[int(g.integers(len(distinct)))]) if distinct else ["a"]
            spot, letter = int(g.integers(len(word))), letters[int(g.integers(len(letters)))]
            choice = g.integers(3)
            if choice == 0:
                word[spot] = letter
            elif choice == 1:
                word.insert(spot, letter)
            elif len(word) > 1:
                del word[spot]
            out.append("".join(word))
        present = set(distinct)
        return [word for word in dict.fromkeys(out) if word not in present]

    def _update_average(self) -> None:
        keep = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        state = self.network.state_dict()
        real = [key for key, value in state.items() if value.dtype.is_floating_point]
        with torch.no_grad():
            torch._foreach_lerp_([self.average[k] for k in real], [state[k] for k in real], 1 - keep)
            for key in state.keys() - set(real):
                self.average[key].copy_(state[key])

    def averaged(self) -> MarkNetwork:
        """A copy of the network with the averaged weights, in evaluation mode."""
        copy = MarkNetwork(self.network.config)
        copy.load_state_dict(self.average)
        return copy.eval()

    def save(self) -> None:
        path = self.folder / CHECKPOINT
        state = {
            "step": self.step,
            "config": self.network.config.to_dict(),
            "recipe": asdict(self.recipe),
            "network": self.network.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(state, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    def resume(self) -> bool:
        """Go on from the checkpoint in the folder, if there is one."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])
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
        if "writer" not in self._start:
            self._start["writer"] = SummaryWriter(str(self.folder))
        for key, value in values.items():
            self._start["writer"].add_scalar(f"{path.stem}/{key}", value, self.step)


def _stable_id(label: str) -> int:
    import hashlib

    return int.from_bytes(hashlib.blake2b(label.encode(), digest_size=7).digest(), "big")


def network_from_checkpoint(path: Path) -> tuple[MarkNetwork, dict[str, Any]]:
    """The averaged network of a checkpoint and the checkpoint itself."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    network = MarkNetwork(MarkConfig.from_dict(state["config"]))
    weights: dict[str, Tensor] = state["average"]
    network.load_state_dict(weights)
    return network.eval(), state
