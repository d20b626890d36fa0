"""Every published loss trains both sides of a batch."""

import pytest
import torch

from mark_core import MarkError
from mark_core.evaluation.metrics import edit_distances, query_by_string
from mark_core.training.objectives.base import Outputs, cosine, label_number
from mark_core.training.objectives.published import PUBLISHED, Sizes, published_objectives
from tests.training.objectives.conftest import WORDS

SIZES = Sizes(dim=6, image_features=5, text_features=3, labels=WORDS)


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name != "phoc"])
def test_both_sides_learn(outputs, name):
    total = sum(weight * loss(outputs) for loss, weight in published_objectives(name, SIZES))
    total.backward()
    assert torch.isfinite(total)
    assert outputs.image.grad.abs().sum() > 0
    assert outputs.adapted_text.grad.abs().sum() > 0


@pytest.mark.parametrize("name", PUBLISHED)
def test_nothing_to_type_costs_nothing(outputs, name):
    if name in ("mark", "infonce"):
        pytest.skip("compares crops with each other too")
    outputs.text_of[:] = -1
    for loss, _ in published_objectives(name, SIZES):
        assert float(loss(outputs).detach()) == 0


def test_unknown_name():
    with pytest.raises(MarkError, match="no loss"):
        published_objectives("magic", SIZES)


class Free:
    """Crops and words as vectors that nothing draws or spells: what a loss alone makes of them."""

    words = ("the", "them", "then", "fort", "forts", "march", "1755", "a")
    views = 3

    def __init__(self):
        torch.manual_seed(0)
        self.dim = 16
        self.own = torch.arange(len(self.words)).repeat_interleave(self.views)
        self.image, self.text = (torch.nn.Parameter(torch.randn(n, self.dim)) for n in (len(self.own), 8))
        self.distance = torch.from_numpy(edit_distances(self.words, self.words))
        self.attributes = (torch.rand(8, self.dim) < 0.5).float()

    def outputs(self, phoc):
        text = self.attributes if phoc else self.text
        return Outputs(
            image=torch.sigmoid(self.image) if phoc else self.image,
            text=text,
            adapted_text=text,
            adapted_image=self.image,
            negatives=text[:0],
            label=torch.tensor([label_number(self.words[i]) for i in self.own]),
            text_of=self.own,
            phoc=self.image,
            phoc_target=self.attributes[self.own],
            image_features=self.image,
            text_features=self.text,
            text_distance=self.distance,
        )

    def precision(self, phoc):
        """mAP of the words among the crops, percent."""
        with torch.no_grad():
            found = self.outputs(phoc)
            similarity = cosine(found.adapted_text, found.image).numpy()
        return query_by_string(similarity, self.words, [self.words[i] for i in self.own]).unique


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_it_learns_is_found(name):
    free, phoc = Free(), name == "phoc"
    assert free.precision(phoc) < 40
    losses = published_objectives(name, Sizes(free.dim, free.dim, free.dim, free.words))
    parameters = [free.image, free.text, *(p for loss, _ in losses for p in loss.parameters())]
    optimizer = torch.optim.Adam(parameters, 0.05)
    for _ in range(150):
        optimizer.zero_grad()
        sum(weight * loss(free.outputs(phoc)) for loss, weight in losses).backward()
        optimizer.step()
    assert free.precision(phoc) > 80
