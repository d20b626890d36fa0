"""Smooth-AP, Smooth-nDCG and the L1 term against loops over their equations."""

import math

import numpy as np
import pytest
import torch

from mark_core.evaluation.metrics import average_precision, ndcg
from mark_core.training.objectives.ranking import SmoothAP, SmoothNDCG, StringL1

TAU = 0.1  # 0.01 leaves nothing between 0 and 1, so that a wrong sign of a small term would not be seen


def cos(a, b):
    return float((torch.dot(a, b) / (a.norm() * b.norm())).detach())


def before(s, i, others):
    """Eq. 8 with Eq. 9: how many stand before item i."""
    return sum(1 / (1 + math.exp(-(s[j] - s[i]) / TAU)) for j in others if j != i)


def queries(outputs, typed):
    """(similarities by item, edit distances by item) of every query of images, of strings, and across."""
    word = {i: int(outputs.text_of[i]) for i in typed}
    d = outputs.text_distance.tolist()
    images = [
        (
            {j: cos(outputs.image[q], outputs.image[j]) for j in typed if j != q},
            {j: d[word[q]][word[j]] for j in typed},
        )
        for q in typed
    ]
    words = range(len(d))
    text = outputs.adapted_text
    strings = [
        ({j: cos(text[q], text[j]) for j in words if j != q}, {j: d[q][j] for j in words}) for q in words
    ]
    across = [
        ({j: cos(text[q], outputs.image[j]) for j in typed}, {j: d[q][word[j]] for j in typed}) for q in words
    ]
    return images, strings, across


def smooth_ap(asked):
    values = []
    for s, distance in asked:
        relevant = [j for j in s if distance[j] == 0]
        if relevant:
            ratios = [(1 + before(s, i, relevant)) / (1 + before(s, i, s)) for i in relevant]
            values.append(sum(ratios) / len(relevant))
    return 1 - sum(values) / len(values)


def smooth_ndcg(asked):
    values = []
    for s, distance in asked:
        gain = {j: max(0, 4 - distance[j]) for j in s}
        dcg = sum(gain[i] / math.log2(2 + before(s, i, s)) for i in s)
        ideal = sum(g / math.log2(n + 1) for n, g in enumerate(sorted(gain.values(), reverse=True), start=1))
        if ideal:
            values.append(dcg / ideal)
    return 1 - sum(values) / len(values)


def test_smooth_ap(outputs, typed):
    images, _, across = queries(outputs, typed)
    expected = smooth_ap(images) + smooth_ap(across)
    assert float(SmoothAP(TAU)(outputs).detach()) == pytest.approx(expected, rel=1e-4)


def test_smooth_ndcg(outputs, typed):
    expected = sum(smooth_ndcg(asked) for asked in queries(outputs, typed))
    assert float(SmoothNDCG(TAU)(outputs).detach()) == pytest.approx(expected, rel=1e-4)


def test_at_a_low_temperature_they_are_the_metrics(outputs, typed):
    similarity = np.array([[cos(t, outputs.image[i]) for i in typed] for t in outputs.adapted_text])
    distance = outputs.text_distance.numpy()[:, outputs.text_of[typed].numpy()]
    of_crops = np.array([[cos(outputs.image[i], outputs.image[j]) for j in typed] for i in typed])
    np.fill_diagonal(of_crops, -np.inf)
    word = outputs.text_of[typed].numpy()
    ap = 2 - np.nanmean(average_precision(similarity, distance == 0))
    ap -= np.nanmean(average_precision(of_crops, word[:, None] == word[None]))
    assert float(SmoothAP(1e-6)(outputs).detach()) == pytest.approx(ap, abs=1e-4)
    gain = np.clip(4 - distance, 0, None)
    loss = SmoothNDCG(1e-6)
    across = loss._loss(torch.tensor(similarity), torch.tensor(gain))
    assert float(across) == pytest.approx(1 - ndcg(similarity, gain).mean(), abs=1e-4)


def test_string_l1(outputs, typed):
    unit = torch.nn.functional.normalize
    total = 0.0
    for i in typed:
        word = outputs.adapted_text[int(outputs.text_of[i])]
        total += float((unit(outputs.image[i], dim=0) - unit(word, dim=0)).abs().mean().detach())
    loss = StringL1()(outputs)
    assert float(loss.detach()) == pytest.approx(total / len(typed), rel=1e-4)
    loss.backward()
    assert outputs.image.grad is not None
    assert outputs.adapted_text.grad is None


@pytest.mark.parametrize("loss", [SmoothAP(TAU), SmoothNDCG(TAU)])
def test_following_the_gradient_ranks_better(outputs, loss):
    start = loss(outputs)
    start.backward()
    with torch.no_grad():
        outputs.image -= 0.1 * outputs.image.grad
        outputs.adapted_text -= 0.1 * outputs.adapted_text.grad
    assert float(loss(outputs).detach()) < float(start.detach())


def test_nothing_typed_costs_nothing(outputs):
    outputs.text_of[:] = -1
    for loss in (SmoothAP(), SmoothNDCG(), StringL1()):
        assert float(loss(outputs).detach()) == 0
