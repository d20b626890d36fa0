"""One optimiser step: a batch through both sides of the network, the losses, the update, the averaged weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mark_core.model.alphabet import LETTERS, SCRIPTS, ink_order, script_of
from mark_core.model.mark import bf16_is_fast, squares
from mark_core.model.network import ImageFeatures, MarkNetwork
from mark_core.training.data import Batch
from mark_core.training.objectives import Outputs, make_objectives
from mark_core.training.objectives.base import label_number
from mark_core.training.objectives.reading import ctc_loss
from mark_core.training.real.mixture import LineBatch


@dataclass(frozen=True)
class Recipe:
    """All that decides a run beside the network and the words. Stored in the card of the weights.

    steps: optimiser steps; labels x views crops a step; negatives: typed words a step that are not in the batch.
    The learning rate rises over ``warmup`` steps, stays, and falls to zero over the last ``decay`` share.
    clip_share: learning rate of the two CLIP towers as a share of that of the rest (the paper: 1e-6 to 1e-4).
    foreign: share of the groups shown mirrored or upside down, as words of unknown scripts. bf16: None where the
    processor multiplies it in hardware. line_weight: of reading whole lines beside the other losses.
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
    bf16: bool | None = None
    line_weight: float = 1.0


class Learner:
    """Improves ``network`` batch by batch. ``vocabulary``: words that can be typed, drawn as negatives.

    frozen: prefixes of parameter names that keep their values; their normalisation statistics stay too. before: another
    network of the same kind, as which crops without letters go on being read.
    """

    def __init__(
        self,
        network: MarkNetwork,
        recipe: Recipe,
        vocabulary: list[str],
        frozen: tuple[str, ...] = (),
        device: str = "cpu",
        before: MarkNetwork | None = None,
    ) -> None:
        self.network, self.recipe, self.vocabulary = network.to(device), recipe, vocabulary
        self.device = torch.device(device)
        self.half = bf16_is_fast(self.device) if recipe.bf16 is None else recipe.bf16
        self.before = None if before is None else before.to(device).eval()
        self.objectives = make_objectives(recipe.losses)
        self._still = [m for name, m in network.named_modules() if name.startswith(frozen)] if frozen else []
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(not (frozen and name.startswith(frozen)))
        self.optimizer = torch.optim.AdamW(
            self._parameter_groups(), lr=recipe.learning_rate, betas=(0.9, 0.98), fused=True
        )
        self.average = {k: v.detach().clone() for k, v in network.state_dict().items()}

    def _parameter_groups(self) -> list[dict[str, Any]]:
        """Towers of CLIP and the rest, each with and without weight decay (biases and norms have none)."""
        groups: dict[tuple[float, float], list[Tensor]] = {}
        for name, parameter in self.network.named_parameters():
            if not parameter.requires_grad:
                continue
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

    def update(self, batch: Batch, step: int, lines: LineBatch | None = None) -> dict[str, float]:
        """One step; returns the loss, the norm of its gradient and every term of the mix. lines: read beside the batch.

        A step whose loss or gradient is not finite changes nothing.
        """
        self.network.train()
        for module in self._still:
            module.eval()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(step) * group["share"]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            outputs = self.outputs(batch, step)
            read = None if lines is None else self._read(lines)
        terms = {name: (loss(outputs), weight) for name, loss, weight in self.objectives}
        if read is not None:
            terms["lines"] = (ctc_loss(*read), self.recipe.line_weight)
        total = sum((weight * value for value, weight in terms.values()), torch.zeros((), device=self.device))
        self.optimizer.zero_grad(set_to_none=True)
        loss = norm = float("nan")
        if torch.isfinite(total.detach()):
            total.backward()
            parameters: list[nn.Parameter] = [p for g in self.optimizer.param_groups for p in g["params"]]
            loss, norm = float(total.detach()), float(torch.nn.utils.clip_grad_norm_(parameters, 5.0))
            if math.isfinite(norm):
                self.optimizer.step()
            self._update_average(step)
        return {"loss": loss, "norm": norm, **{k: float(v.detach()) for k, (v, _) in terms.items()}}

    def outputs(self, batch: Batch, step: int) -> Outputs:
        """Run both sides of the network on a batch; see ``Outputs`` for the shapes."""
        network, alphabet, device = self.network, self.network.config.alphabet, self.device
        square = network.config.input == "square"
        pixels = torch.from_numpy(squares(batch.strips) if square else batch.strips)
        images = network.images(pixels.to(device))
        before = self._before(pixels, batch)
        readable = [label for label, ok in zip(batch.labels, batch.readable, strict=True) if ok]
        distinct = sorted(set(readable))
        row = {label: i for i, label in enumerate(distinct)}
        text_of = [row[label] if ok else -1 for label, ok in zip(batch.labels, batch.readable, strict=True)]
        generator = np.random.default_rng([self.recipe.seed, 4, step])
        text = network.texts(distinct + self.negatives(distinct, generator))
        adapted = network.to_image_space(text)
        targets = [
            ink_order(label) if ok else "" for label, ok in zip(batch.labels, batch.readable, strict=True)
        ]
        letters = [alphabet.index(c) for label in readable for c in ink_order(label)]
        return Outputs(
            image=images.embedding,
            text=text[: len(distinct)],
            adapted_text=adapted[: len(distinct)],
            adapted_image=network.to_text_space(images.embedding),
            negatives=adapted[len(distinct) :],
            # a label keeps its class number from batch to batch, so that remembered crops can be matched
            label=torch.tensor([label_number(label) for label in batch.labels], device=device),
            text_of=torch.tensor(text_of, device=device),
            drawn=images.drawn,
            phoc=images.phoc,
            phoc_target=torch.from_numpy(network.phoc.encode(targets)).to(device),
            columns=images.columns,
            counts=images.counts,
            letters=torch.tensor(letters, dtype=torch.long, device=device),
            letter_counts=torch.tensor([len(label) for label in readable], dtype=torch.long, device=device),
            image_before=before.embedding if before else None,
            columns_before=before.columns if before else None,
        )

    def _read(self, lines: LineBatch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Whole lines -> (B, T, C) logits, (B,) columns of each, the classes of all texts in a row, (B,) lengths."""
        network, alphabet = self.network, self.network.config.alphabet
        logits, counts = network.read(torch.from_numpy(lines.strips).to(self.device))
        index = {char: i for i, char in enumerate(alphabet)}
        if network.config.space:
            index[" "] = network.blank - 1
        ink = [" ".join(ink_order(word) for word in text.split()) for text in lines.texts]
        texts = [[index[char] for char in text if char in index] for text in ink]
        letters = torch.tensor([i for text in texts for i in text], dtype=torch.long, device=self.device)
        return logits, counts, letters, torch.tensor([len(text) for text in texts], device=self.device)

    @torch.no_grad()
    def _before(self, pixels: Tensor, batch: Batch) -> ImageFeatures | None:
        """The batch as the network saw it that shall be followed, if any crop has no letters of its own."""
        if self.before is None or bool(batch.readable.all()):
            return None
        return self.before.images(pixels.to(self.device))

    def negatives(self, distinct: list[str], g: np.random.Generator) -> list[str]:
        """Words that are not in the batch: half random ones, half one letter away from a word of the batch."""
        alphabet = self.network.config.alphabet
        out = [
            self.vocabulary[int(i)] for i in g.integers(0, len(self.vocabulary), self.recipe.negatives // 2)
        ]
        for _ in range(self.recipe.negatives - len(out)):
            word = list(distinct[int(g.integers(len(distinct)))]) if distinct else ["a"]
            spot = int(g.integers(len(word)))
            letters = SCRIPTS[script_of(word[spot]) or "latin"] if word[spot] in LETTERS else alphabet
            letters = letters.rstrip("0123456789")
            letter = letters[int(g.integers(len(letters)))]
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

    def _update_average(self, step: int) -> None:
        keep = min(self.recipe.ema, (1 + step) / (10 + step))
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
