"""Batches of rendered and real words, with a batch of whole lines beside each, balanced over hands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from torch.utils.data import Dataset

from mark_core.model.alphabet import LETTERS, is_folded
from mark_core.model.strip import MAX_STRIP_WIDTH, PAD, STRIP_HEIGHT, WIDTH_STEP, pad_strips
from mark_core.training.data import ENDLESS, Batch, GroupSampler, WordSet, augment
from mark_core.training.real.lines import MAX_LINE_WIDTH, Line

_NEAR = 0.12  # share of the real labels, by width, from which those beside a rendered batch are drawn
# how much more the lines of languages count that have few hands
_SCARCE = {"eng": 3.0, "deu": 3.0, "grc": 2.0, "rus": 1.5, "chu": 1.5}


@dataclass
class LineBatch:
    """strips: (B, 1, 48, W) float32, padding -1. texts: folded words of each line with single spaces between."""

    strips: np.ndarray
    texts: list[str]


@dataclass(frozen=True)
class Mixture:
    """rendered, real: labels of a batch, two crops each; lines: whole lines beside them. rendered_lines: share of
    these, 0..1, that are rendered words side by side."""

    rendered: int = 24
    real: int = 32
    lines: int = 16
    rendered_lines: float = 0.25


class MixedBatches(Dataset[tuple[Batch, LineBatch]]):
    """Batch ``step`` as (Batch, LineBatch); it depends on the seed and the step alone.

    real_words: labels sorted; its ``scripts`` name the hand of every word. lines: training lines.
    """

    def __init__(
        self,
        rendered: WordSet,
        real_words: WordSet,
        lines: list[Line],
        mixture: Mixture,
        seed: int,
        foreign: float,
    ) -> None:
        self.rendered = GroupSampler(rendered, mixture.rendered, 2, seed, foreign=foreign, alphabet=LETTERS)
        self.real, self.lines, self.mixture, self.seed = real_words, lines, mixture, seed
        self.first, self.size, width = real_words.groups()
        self.by_width = np.argsort(width, kind="stable")
        self.width = width[self.by_width]
        self.line_width = np.array([line.strip.shape[1] for line in lines])
        self.line_weight = line_weights(lines)

    @property
    def labels(self) -> np.ndarray:
        """Labels of all words, rendered and real."""
        return np.concatenate([self.rendered.words.labels, self.real.labels])

    def __len__(self) -> int:
        return ENDLESS

    def __getitem__(self, step: int) -> tuple[Batch, LineBatch]:
        g = np.random.default_rng([self.seed, 5, step])
        rendered = self.rendered.batch(step)
        widths = (rendered.strips[:, 0, 0] > PAD / 2).sum(axis=1)
        strips, labels = self._real_words(float(np.median(widths)), g)
        widest = max([rendered.strips.shape[3], *(strip.shape[1] for strip in strips)])
        width = -(-widest // WIDTH_STEP) * WIDTH_STEP
        missing = width - rendered.strips.shape[3]
        wide = np.pad(rendered.strips, ((0, 0), (0, 0), (0, 0), (0, missing)), constant_values=PAD)
        pixels = np.concatenate([wide, pad_strips(strips, width)])
        readable = np.concatenate([rendered.readable, np.ones(len(strips), bool)])
        return Batch(pixels, [*rendered.labels, *labels], readable), self._line_batch(g)

    def _real_words(self, width: float, g: np.random.Generator) -> tuple[list[np.ndarray], list[str]]:
        """Two crops of each of some labels whose words are about ``width`` wide, of two hands where there are two."""
        if not self.mixture.real:
            return [], []
        spread = max(self.mixture.real, int(_NEAR * len(self.by_width)))
        at = int(np.searchsorted(self.width, width)) + int(g.normal(0, spread / 4))
        low = int(np.clip(at - spread // 2, 0, len(self.by_width) - spread))
        near = self.by_width[low : low + spread]
        weight = np.sqrt(self.size[near])
        chosen = g.choice(near, min(self.mixture.real, len(near)), replace=False, p=weight / weight.sum())
        strips, labels = [], []
        limit = int(np.clip(1.3 * width, 64, MAX_STRIP_WIDTH))
        for group in chosen:
            rows = np.arange(self.first[group], self.first[group] + self.size[group])
            hands = self.real.scripts[rows]
            names = g.permutation(np.unique(hands))
            for view in range(2):
                row = int(g.choice(rows[hands == names[view % len(names)]]))
                strips.append(augment(self.real.strip(row), g, limit))
                labels.append(str(self.real.labels[row]))
        return strips, labels

    def _line_batch(self, g: np.random.Generator) -> LineBatch:
        count = self.mixture.lines
        made = int(g.binomial(count, self.mixture.rendered_lines))
        first = int(g.choice(len(self.lines), p=self.line_weight))
        near = np.abs(self.line_width - self.line_width[first]) < 0.12 * self.line_width[first] + 8
        weight = self.line_weight * near
        chosen = g.choice(len(self.lines), count - made, p=weight / weight.sum())
        width = int(self.line_width[first])
        pairs = [(self.lines[i].strip, self.lines[i].text) for i in chosen]
        pairs += [self._rendered_line(width, g) for _ in range(made)]
        limit = int(min(MAX_LINE_WIDTH, 1.3 * width + 64))
        strips = [_side_padding(augment(strip, g, limit), g) for strip, _ in pairs]
        return LineBatch(pad_strips(strips), [text for _, text in pairs])

    def _rendered_line(self, width: int, g: np.random.Generator) -> tuple[np.ndarray, str]:
        """Rendered words side by side with gaps of one mean a line, as wide as ``width``."""
        words, gap = self.rendered.words, float(np.exp(g.normal(np.log(9), 0.5)))
        parts, labels, total = [], [], 0
        while total < width:
            row = int(g.integers(len(words)))
            label = str(words.labels[row])
            if not is_folded(label, LETTERS):
                continue
            strip = words.strip(row)
            space = np.zeros((STRIP_HEIGHT, max(1, round(gap * np.exp(g.normal(0, 0.35))))), np.uint8)
            parts += [space, strip]
            labels.append(label)
            total += strip.shape[1] + space.shape[1]
        return np.concatenate(parts[1:], axis=1), " ".join(labels)


def line_weights(lines: list[Line]) -> np.ndarray:
    """(N,) probability of each line: a hand counts as the root of its number of lines, scarce languages more."""
    counts = Counter(line.hand for line in lines)
    weight = np.array([_SCARCE.get(line.language[:3], 1.0) / np.sqrt(counts[line.hand]) for line in lines])
    return weight / weight.sum()


def _side_padding(strip: np.ndarray, g: np.random.Generator) -> np.ndarray:
    left, right = (int(n) for n in g.integers(0, 16, 2))
    return np.pad(strip, ((0, 0), (left, right)))
