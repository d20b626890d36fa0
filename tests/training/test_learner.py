import numpy as np
import pytest
import torch

from mark_core.model.config import preset
from mark_core.model.network import MarkNetwork
from mark_core.model.strip import pad_strips, to_strip
from mark_core.training.data import Batch
from mark_core.training.learner import Learner, Recipe
from tests.conftest import draw_word

WORDS = ["letter", "letter", "march", "march"]


@pytest.fixture
def batch():
    strips = [to_strip(draw_word(word, 1 + 0.2 * (i % 2))) for i, word in enumerate(WORDS)]
    return Batch(pad_strips(strips), WORDS, np.ones(4, bool))


def learner(recipe, **settings):
    torch.manual_seed(0)
    return Learner(MarkNetwork(preset("mark-compact")), recipe, ["orders", "captain"], **settings)


def test_learning_rate_rises_stays_and_falls():
    made = learner(Recipe(steps=1000, warmup=100, decay=0.4))
    rates = [made.learning_rate(step) for step in (0, 99, 300, 599, 800, 1000)]
    assert rates[0] < rates[1] == rates[2] == pytest.approx(2e-3)
    assert rates[3] == pytest.approx(2e-3, rel=1e-3)
    assert 0 < rates[4] < 2e-3
    assert rates[5] == pytest.approx(0)


def test_negatives_are_not_in_the_batch():
    negatives = learner(Recipe()).negatives(["orders", "march"], np.random.default_rng(0))
    assert negatives
    assert not {"orders", "march"} & set(negatives)


def test_frozen_parts_stay_as_they_are(batch):
    made = learner(
        Recipe(steps=4, negatives=4, warmup=1, bf16=False), frozen=("clip.text", "clip.visual.trunk.stem")
    )
    before = {key: value.clone() for key, value in made.network.state_dict().items()}
    for step in range(3):
        made.update(batch, step)
    changed = {key for key, value in made.network.state_dict().items() if not torch.equal(value, before[key])}
    assert not any(key.startswith(("clip.text", "clip.visual.trunk.stem")) for key in changed)
    assert any(key.startswith("clip.visual.trunk.stages") for key in changed)
    assert any("running_mean" in key for key in changed)


def test_towers_may_learn_slower_than_the_rest(batch):
    made = learner(Recipe(steps=4, negatives=4, warmup=1, clip_share=0.0, bf16=False))
    before = {key: value.detach().clone() for key, value in made.network.named_parameters()}
    made.update(batch, 0)
    for key, value in made.network.named_parameters():
        if key.startswith("clip."):
            assert torch.equal(value, before[key]), key
    assert not torch.equal(made.network.gate_in.weight, before["gate_in.weight"])


def test_averaged_weights_follow_slowly(batch):
    made = learner(Recipe(steps=50, negatives=4, warmup=1, ema=0.5, bf16=False))
    start = made.network.ctc_head.weight.detach().clone()
    for step in range(5):
        made.update(batch, step)
    now, average = made.network.ctc_head.weight.detach(), made.averaged().ctc_head.weight.detach()
    assert 0 < float((average - start).norm()) < float((now - start).norm())


def test_crops_without_letters_are_read_as_another_network_does(batch):
    nameless = Batch(batch.strips, batch.labels, np.zeros(4, bool))
    recipe = Recipe(steps=50, negatives=8, warmup=1, bf16=False)
    torch.manual_seed(1)
    before = MarkNetwork(preset("mark-compact"))
    torch.nn.init.normal_(before.ctc_head.bias, std=2.0)  # it has an opinion
    before.eval()

    def apart(**settings):
        made = learner(recipe, **settings)
        for step in range(12):
            terms = made.update(nameless, step)
        assert (terms["keep"] > 0) is bool(settings)
        pixels = torch.from_numpy(batch.strips)
        with torch.no_grad():
            then, now = (n.images(pixels).columns.softmax(-1) for n in (before, made.network))
        return float((then - now).abs().sum(-1).mean())

    assert apart(before=before) < 0.7 * apart()
    assert learner(recipe, before=before).update(batch, 0)["keep"] == 0  # these have letters
