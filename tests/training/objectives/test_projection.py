"""CMPM and CMPC against loops over their formulas."""

import math

import pytest
import torch

from mark_core.training.objectives.base import label_number
from mark_core.training.objectives.projection import CMPC, CMPM
from tests.training.objectives.conftest import WORDS


def softmax(scores):
    norm = sum(math.exp(s) for s in scores)
    return [math.exp(s) / norm for s in scores]


def test_cmpm_as_published(outputs, typed):
    word = [int(outputs.text_of[i]) for i in typed]
    x = [outputs.image[i].detach() for i in typed]
    z = [outputs.adapted_text[w].detach() for w in word]
    total = 0.0
    for one, other in ((x, z), (z, x)):
        for i in range(len(typed)):
            p = softmax([float(one[i] @ (v / v.norm())) for v in other])
            matches = [float(word[i] == w) for w in word]
            for j, value in enumerate(p):
                total += value * math.log(value / (matches[j] / sum(matches) + 1e-8)) / len(typed)
    assert float(CMPM(scale=None)(outputs).detach()) == pytest.approx(total, rel=1e-4)


def test_words_that_are_told_apart_cost_nothing(outputs):
    """However often a word is in the batch: the true distribution sums to 1."""
    outputs.text_of = torch.tensor([0, 0, 0, 0, 1, 1, 2, 3])
    outputs.adapted_text = 40 * torch.eye(4, 6)
    outputs.image = outputs.adapted_text[outputs.text_of]
    assert float(CMPM(scale=None)(outputs)) == pytest.approx(0, abs=1e-5)


def test_cmpc(outputs, typed):
    loss = CMPC(6, [label_number(word) for word in WORDS])
    weight = {
        int(number): (w / w.norm()).detach() for number, w in zip(loss.classes, loss.weight, strict=True)
    }
    total = 0.0
    for i in typed:
        x, z = outputs.image[i].detach(), outputs.adapted_text[int(outputs.text_of[i])].detach()
        for one, other in ((x, z), (z, x)):
            unit = other / other.norm()
            projected = float(one @ unit) * unit
            scores = {number: float(w @ projected) for number, w in weight.items()}
            own = scores[label_number(WORDS[int(outputs.text_of[i])])]
            total += math.log(sum(math.exp(s) for s in scores.values())) - own
    assert float(loss(outputs).detach()) == pytest.approx(total / len(typed), rel=1e-4)


def test_cmpc_learns_its_own_classifier_and_leaves_out_strangers(outputs):
    known = [label_number(word) for word in WORDS[1:]]
    loss = CMPC(6, known)
    loss(outputs).backward()
    assert loss.weight.grad.abs().sum() > 0
    stranger = [i for i in range(8) if int(outputs.label[i]) not in known]
    assert stranger
    assert outputs.image.grad[stranger].abs().sum() == 0
