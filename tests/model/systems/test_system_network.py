"""Every tower by itself: shapes, a gradient for every parameter, vectors that do not depend on their batch."""

import numpy as np
import pytest
import torch

from mark_core import MarkError
from mark_core.model.mark import squares
from mark_core.model.strip import pad_strips
from mark_core.model.systems.image_towers import IMAGE_TOWERS
from mark_core.model.systems.network import SystemNetwork, embed_strips, embed_words
from mark_core.model.systems.string_towers import STRING_TOWERS

WORDS = ["letter", "a", "winchester", "orders"]


def strips(*widths):
    g = np.random.default_rng(0)
    return [g.integers(0, 255, (48, width)).astype(np.uint8) for width in widths]


def check_gradients(module, loss):
    loss.backward()
    still = [n for n, p in module.named_parameters() if p.grad is None or not bool((p.grad != 0).any())]
    assert not still


@pytest.mark.parametrize("name", IMAGE_TOWERS)
def test_image_tower(name):
    torch.manual_seed(0)
    network = SystemNetwork(name, "small-clip")
    pixels = pad_strips(strips(40, 90, 120, 200))
    x = torch.from_numpy(squares(pixels) if network.input == "square" else pixels)
    with torch.no_grad():  # residual blocks that begin at zero hand no gradient on
        for parameter in network.image_tower.parameters():
            parameter += 0.02 * torch.randn_like(parameter)
    found = network.train().images(x)
    assert found.features.shape == (4, network.image_features)
    assert found.vectors.shape == (4, network.dim)
    target = torch.randn(found.vectors.shape)
    check_gradients(network.image_tower, (found.vectors * target).sum())
    network.eval()
    all_of_them = strips(100, 97, 110, 30)
    alone, beside = embed_strips(network, all_of_them[:1]), embed_strips(network, all_of_them)
    np.testing.assert_allclose(alone[0], beside[0], atol=1e-5)
    assert np.linalg.norm(beside, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(beside[0] - beside[3]).max() > 1e-4  # different crops, different vectors


@pytest.mark.parametrize("name", STRING_TOWERS)
def test_string_tower(name):
    torch.manual_seed(0)
    network = SystemNetwork("strip", name)
    found = network.train().texts(WORDS)
    assert found.features.shape == (4, network.text_features)
    assert found.vectors.shape == (4, network.dim)
    if name != "phoc":
        check_gradients(network.string_tower, (found.vectors * torch.randn(found.vectors.shape)).sum())
    network.eval()
    np.testing.assert_allclose(embed_words(network, WORDS[:1])[0], embed_words(network, WORDS)[0], atol=1e-5)
    near = embed_words(network, ["abc", "cba"])  # the order of the letters counts
    assert np.abs(near[0] - near[1]).max() > 1e-3


def test_the_width_beside_a_word_does_not_dilute_it():
    network = SystemNetwork("resnet34", "bigru").eval()
    (strip,) = strips(100)
    with torch.inference_mode():
        narrow, wide = (
            network.images(torch.from_numpy(pad_strips([strip], width))).features for width in (128, 320)
        )
    assert float(torch.cosine_similarity(narrow, wide)) > 0.99


@pytest.mark.parametrize("adaptation", ["kan", "mlp"])
def test_adaptation(adaptation):
    network = SystemNetwork("strip", "small-clip-phoc", adaptation)
    crop = network.images(torch.from_numpy(pad_strips(strips(60, 80)))).vectors
    word = network.texts(["a", "b"]).vectors
    loss = (network.image_to_text(crop) * torch.randn(2, 256)).sum()
    check_gradients(network.text_to_image, loss + (network.text_to_image(word) * torch.randn(2, 256)).sum())
    assert all(p.grad is not None for p in network.image_to_text.parameters())


def test_a_crop_says_its_phoc():
    network = SystemNetwork("strip", "phoc").eval()
    found = network.images(torch.from_numpy(pad_strips(strips(60))))
    assert network.dim == network.texts(["a"]).vectors.shape[1]
    np.testing.assert_allclose(found.vectors.detach(), torch.sigmoid(found.phoc).detach())


def test_unknown_names():
    for names in (("tower", "bigru"), ("strip", "telegraph"), ("strip", "bigru", "glue")):
        with pytest.raises(MarkError, match="There is no"):
            SystemNetwork(*names)


def test_no_word_is_no_vector():
    network = SystemNetwork("strip", "lstm").eval()
    assert embed_words(network, []).shape == (0, 256)
    assert embed_strips(network, []).shape == (0, 256)
