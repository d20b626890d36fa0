"""Random batches for losses: every word twice, words repeated unevenly, and crops that cannot be typed."""

from __future__ import annotations

import pytest
import torch

from mark_core.evaluation.metrics import edit_distances
from mark_core.training.objectives.base import Outputs, label_number

WORDS = ["letter", "letters", "captain", "to"]
# the word of every crop; -1: it cannot be typed
BATCHES = {
    "every word twice": [0, 0, 1, 1, 2, 2, 3, 3],
    "words repeated": [0, 1, 0, 2, 0, 0, 3, 1],
    "some cannot be typed": [0, 0, -1, 1, 1, -1, 3, 2],
}


@pytest.fixture(params=[(name, seed) for name in BATCHES for seed in (0, 1)], ids=lambda p: f"{p[0]}, {p[1]}")
def outputs(request):
    text_of = BATCHES[request.param[0]]
    g = torch.Generator().manual_seed(request.param[1])
    random = lambda *shape: torch.randn(*shape, generator=g, requires_grad=True)  # noqa: E731
    return Outputs(
        image=random(8, 6),
        text=random(4, 6),
        adapted_text=random(4, 6),
        adapted_image=random(8, 6),
        negatives=random(2, 6),
        label=torch.tensor([label_number(WORDS[i] if i >= 0 else "?") for i in text_of]),
        text_of=torch.tensor(text_of),
        image_features=random(8, 5),
        text_features=random(4, 3),
        text_distance=torch.from_numpy(edit_distances(WORDS, WORDS)),
    )


@pytest.fixture
def typed(outputs):
    """The crops that can be typed."""
    return [i for i in range(8) if int(outputs.text_of[i]) >= 0]
