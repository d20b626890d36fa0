"""The contrastive loss against a loop over its formula."""

import pytest
import torch

from mark_core.training.objectives.siamese import SiameseContrastive


def test_siamese(outputs, typed):
    unit = torch.nn.functional.normalize
    words = [*outputs.adapted_text, *outputs.negatives]
    together, apart = [], []
    for i in typed:
        for u, word in enumerate(words):
            d = float((unit(outputs.image[i], dim=0) - unit(word, dim=0)).norm().detach())
            if u == int(outputs.text_of[i]):
                together.append(d**2)
            else:
                apart.append(max(0.0, 1.0 - d) ** 2)
    expected = sum(together) / len(together) + sum(apart) / len(apart)
    assert float(SiameseContrastive()(outputs).detach()) == pytest.approx(expected, rel=1e-4)


def test_one_vector_for_all_words_is_no_way_out(outputs):
    outputs.image = torch.ones(8, 6, requires_grad=True)
    outputs.adapted_text, outputs.negatives = torch.ones(4, 6), torch.ones(2, 6)
    loss = SiameseContrastive()(outputs)
    assert float(loss.detach()) == pytest.approx(1, abs=1e-2)
    loss.backward()
    assert torch.isfinite(outputs.image.grad).all()
