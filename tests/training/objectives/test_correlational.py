"""The correlational network against a loop over its four terms."""

import pytest
import torch

from mark_core.training.objectives.correlational import CorrelationalNetwork, correlation


def pearson(a, b):
    a, b = [v - sum(a) / len(a) for v in a], [v - sum(b) / len(b) for v in b]
    across = sum(p * q for p, q in zip(a, b, strict=True))
    return across / (sum(p * p for p in a) * sum(q * q for q in b)) ** 0.5


def scaled(view):
    return (view - view.mean()) / (view.var(correction=0) + 1e-5).sqrt()


def test_all_four_terms(outputs, typed):
    torch.manual_seed(0)
    loss = CorrelationalNetwork(6, 5, 3, weight=2.0)
    with torch.no_grad():
        loss.bias.normal_()
        text = [outputs.adapted_text[int(outputs.text_of[i])] for i in typed]
        of_image = [torch.tanh(outputs.image[i] + loss.bias) for i in typed]
        of_text = [torch.tanh(t + loss.bias) for t in text]
        of_both = [torch.tanh(outputs.image[i] + t + loss.bias) for i, t in zip(typed, text, strict=True)]
        terms = []
        for codes in (of_both, of_image, of_text):
            error = 0.0
            for i, code in zip(typed, codes, strict=True):
                x, y = outputs.image_features[i], outputs.text_features[int(outputs.text_of[i])]
                error += float(((loss.to_image.weight @ code + loss.to_image.bias - scaled(x)) ** 2).sum())
                error += float(((loss.to_text.weight @ code + loss.to_text.bias - scaled(y)) ** 2).sum())
            terms.append(error / len(typed) / 8)
        units = [pearson([float(c[k]) for c in of_image], [float(c[k]) for c in of_text]) for k in range(6)]
    expected = sum(terms) - 2.0 * sum(units) / 6
    assert float(loss(outputs).detach()) == pytest.approx(expected, rel=1e-4)


def test_both_decoders_learn_and_the_views_stand_still(outputs):
    loss = CorrelationalNetwork(6, 5, 3)
    loss(outputs).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in loss.parameters())
    assert outputs.image.grad.abs().sum() > 0
    assert outputs.adapted_text.grad.abs().sum() > 0
    assert outputs.image_features.grad is None
    assert outputs.text_features.grad is None


def test_equal_codes_are_fully_correlated():
    a = torch.randn(9, 4)
    assert float(correlation(a, 3 * a + 1)) == pytest.approx(1, abs=1e-4)
