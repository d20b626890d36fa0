"""Every loss against a slow loop that follows its formula."""

import math

import pytest
import torch

from mark_core import MarkError
from mark_core.training.objectives import Outputs, make_objectives
from mark_core.training.objectives.distillation import DistillationLoss
from mark_core.training.objectives.infonce import ImageInfoNCE, ShapeInfoNCE, TextInfoNCE
from mark_core.training.objectives.paper import Alignment, Triplet
from mark_core.training.objectives.projection import CMPM
from mark_core.training.objectives.reading import PhocAttributes, Reading


@pytest.fixture
def outputs():
    """Six crops: two of word 0, two of word 1, two of a script that cannot be typed."""
    g = torch.Generator().manual_seed(0)
    random = lambda *shape: torch.randn(*shape, generator=g, requires_grad=True)  # noqa: E731
    return Outputs(
        image=random(6, 8),
        text=random(2, 8),
        adapted_text=random(2, 8),
        adapted_image=random(6, 8),
        negatives=random(3, 8),
        label=torch.tensor([5, 5, 9, 9, 7, 7]),
        text_of=torch.tensor([0, 0, 1, 1, -1, -1]),
        drawn=random(6, 12),
        phoc=random(6, 4),
        phoc_target=torch.tensor([[1.0, 0, 0, 1]] * 6),
        columns=random(6, 5, 37),
        counts=torch.tensor([5, 4, 5, 5, 5, 5]),
        letters=torch.tensor([0, 1, 0, 1, 2, 2]),
        letter_counts=torch.tensor([2, 2, 1, 1]),
    )


def cos(a, b):
    return float((torch.dot(a, b) / (a.norm() * b.norm())).detach())


def infonce_by_hand(vectors, label):
    total = 0.0
    for i in range(6):
        scores = {j: cos(vectors[i], vectors[j]) / 0.07 for j in range(6) if j != i}
        norm = math.log(sum(math.exp(s) for s in scores.values()))
        positives = [j for j in scores if label[j] == label[i]]
        total += -sum(scores[j] - norm for j in positives) / len(positives)
    return total / 6


def test_image_infonce(outputs):
    expected = infonce_by_hand(outputs.image, outputs.label)
    assert float(ImageInfoNCE(memory=0)(outputs).detach()) == pytest.approx(expected, rel=1e-4)


def test_shape_infonce(outputs):
    expected = infonce_by_hand(outputs.drawn, outputs.label)
    assert float(ShapeInfoNCE()(outputs).detach()) == pytest.approx(expected, rel=1e-4)
    outputs.drawn = None
    assert float(ShapeInfoNCE()(outputs).detach()) == 0


def test_memory_adds_earlier_crops(outputs):
    loss = ImageInfoNCE(memory=4, patience=0)
    first, second = float(loss(outputs)), float(loss(outputs))
    assert second != pytest.approx(first, rel=1e-3)
    assert len(loss._vectors) == 4


def test_text_infonce(outputs):
    words = [*outputs.adapted_text, *outputs.negatives]
    forward = 0.0
    for i in range(4):
        scores = [cos(outputs.image[i], w) / 0.07 for w in words]
        own = int(outputs.text_of[i])
        forward += math.log(sum(math.exp(s) for s in scores)) - scores[own]
    back = 0.0
    for u in range(2):
        scores = [cos(outputs.adapted_text[u], f) / 0.07 for f in outputs.image]
        norm = math.log(sum(math.exp(s) for s in scores))
        positives = [i for i in range(6) if int(outputs.text_of[i]) == u]
        back += -sum(scores[i] - norm for i in positives) / len(positives)
    assert float(TextInfoNCE()(outputs)) == pytest.approx((forward / 4 + back / 2) / 2, rel=1e-4)


def test_triplet(outputs):
    total = []
    for i in range(6):
        positive = max(
            1 - cos(outputs.image[i], outputs.image[j])
            for j in range(6)
            if j != i and outputs.label[j] == outputs.label[i]
        )
        negative = min(
            1 - cos(outputs.image[i], outputs.image[j])
            for j in range(6)
            if outputs.label[j] != outputs.label[i]
        )
        total.append(max(0.0, positive - negative + 0.2))
    assert float(Triplet()(outputs)) == pytest.approx(sum(total) / 6, rel=1e-4)


def test_alignment(outputs):
    unit = torch.nn.functional.normalize
    total = 0.0
    for i in range(4):
        u = int(outputs.text_of[i])
        total += float(((unit(outputs.image[i], dim=0) - unit(outputs.adapted_text[u], dim=0)) ** 2).sum())
        total += float(((unit(outputs.text[u], dim=0) - unit(outputs.adapted_image[i], dim=0)) ** 2).sum())
    assert float(Alignment()(outputs)) == pytest.approx(total / 4, rel=1e-4)
    Alignment(detach=True)(outputs).backward()
    assert outputs.image.grad is None
    assert outputs.adapted_text.grad is not None


def test_cmpm(outputs):
    own = [int(u) for u in outputs.text_of[:4]]
    total = 0.0
    for direction in range(2):
        for i in range(4):
            scores = [
                16
                * (
                    cos(outputs.image[i], outputs.adapted_text[own[j]])
                    if direction == 0
                    else cos(outputs.image[j], outputs.adapted_text[own[i]])
                )
                for j in range(4)
            ]
            norm = sum(math.exp(s) for s in scores)
            matches = [float(own[i] == own[j]) for j in range(4)]
            for s, y in zip(scores, matches, strict=True):
                p, q = math.exp(s) / norm, y / sum(matches)
                total += p * math.log(p / (q + 1e-8)) / 4
    assert float(CMPM()(outputs)) == pytest.approx(total, rel=1e-3)


def test_phoc(outputs):
    total = 0.0
    for i in range(4):
        for logit, target in zip(outputs.phoc[i].tolist(), outputs.phoc_target[i].tolist(), strict=True):
            p = 1 / (1 + math.exp(-logit))
            total -= math.log(p if target else 1 - p)
    assert float(PhocAttributes()(outputs)) == pytest.approx(0.1 * total / 4, rel=1e-4)


def test_reading_agrees_with_the_search(outputs):
    """The trained likelihood is the one that ranks."""
    import numpy as np

    from mark_core.model.alphabet import ALPHABET
    from mark_core.retrieval.reading.typed_words import log_likelihood, pad_letters

    words, start = [], 0
    for count in outputs.letter_counts.tolist():
        words.append("".join(ALPHABET[int(c)] for c in outputs.letters[start : start + count]))
        start += count
    total = 0.0
    for i, word in enumerate(words):
        count = int(outputs.counts[i])
        letters = outputs.columns[i, :count].log_softmax(-1).detach().numpy()
        total += -log_likelihood(pad_letters(letters, np.array([count])), word)[0] / len(word)
    assert float(Reading()(outputs)) == pytest.approx(total / 4, rel=1e-3)


@pytest.mark.parametrize("mix", ["contrastive", "mark", "cmpm"])
def test_mixes_reach_the_image_side(outputs, mix):
    total = sum(weight * loss(outputs) for _, loss, weight in make_objectives(mix))
    total.backward()
    assert torch.isfinite(total)
    assert outputs.image.grad.abs().sum() > 0


@pytest.mark.parametrize("mix", ["contrastive", "mark", "cmpm"])
def test_a_batch_that_cannot_be_typed_costs_nothing_where_text_is_needed(outputs, mix):
    outputs.text_of[:] = -1
    outputs.letters, outputs.letter_counts = (
        torch.zeros(0, dtype=torch.long),
        torch.zeros(0, dtype=torch.long),
    )
    values = {name: float(loss(outputs)) for name, loss, _ in make_objectives(mix)}
    assert all(math.isfinite(v) for v in values.values())
    assert values["ctc"] == 0


def test_unknown_mix():
    with pytest.raises(MarkError, match="no loss"):
        make_objectives("magic")


def test_keeping_follows_what_was_read_before(outputs):
    assert float(DistillationLoss()(outputs).detach()) == 0  # nothing to be kept
    outputs.image_before, outputs.columns_before = torch.randn(6, 8), torch.randn(6, 5, 37)
    outputs.counts[5] = 3
    letters, moved, places, pairs = 0.0, 0.0, 0, 0
    for i in (4, 5):  # the crops without letters
        for t in range(int(outputs.counts[i])):
            before = outputs.columns_before[i, t].softmax(0)
            now = outputs.columns[i, t].softmax(0)
            letters += float((before * (before / now).log()).sum().detach())
            places += 1
        for word in outputs.negatives:
            moved += (cos(outputs.image[i], word) - cos(outputs.image_before[i], word)) ** 2
            pairs += 1
    expected = letters / places + 20 * moved / pairs
    assert float(DistillationLoss()(outputs).detach()) == pytest.approx(expected, rel=1e-4)
    DistillationLoss()(outputs).backward()
    assert float(outputs.image.grad[:4].abs().max()) == 0  # crops with letters learn theirs
    assert outputs.negatives.grad is None
    outputs.text_of = torch.zeros(6, dtype=torch.long)
    assert float(DistillationLoss()(outputs).detach()) == 0
