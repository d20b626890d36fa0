import json

import numpy as np
import pytest
import torch

from mark_core import MarkError
from mark_core.model.config import preset
from mark_core.model.mark import MarkModel, load_model
from mark_core.model.network import MarkNetwork
from mark_core.model.weights import load_network, save_network


@pytest.fixture
def saved(tmp_path):
    torch.manual_seed(1)
    network = MarkNetwork(preset("mark-compact")).eval()
    path = tmp_path / "some.safetensors"
    card = save_network(network, path, seed=1)
    return network, path, card


def test_round_trip(saved):
    network, path, card = saved
    again, read = load_network(path)
    assert read == card
    assert read["seed"] == 1
    for key, value in network.state_dict().items():
        torch.testing.assert_close(again.state_dict()[key], value, atol=2e-3, rtol=2e-3)
    word = MarkModel(again, device="cpu").embed_texts(["word"])
    np.testing.assert_allclose(word, load_model(path, "cpu").embed_texts(["word"]))


def test_small_enough_to_ship(saved):
    assert saved[1].stat().st_size < 20e6


def test_damaged_file(saved):
    path = saved[1]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(MarkError, match="checksum"):
        load_network(path)


def test_missing_file(tmp_path):
    with pytest.raises(MarkError, match="cannot be read"):
        load_network(tmp_path / "none.safetensors")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"version": 99}, "another version"), ({"config": {"name": "x", "colour": 1}}, "another version")],
)
def test_card_of_another_version(saved, change, sentence):
    path = saved[1]
    card = json.loads(path.with_suffix(".json").read_text()) | change
    path.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(MarkError, match=sentence):
        load_network(path)


def test_card_that_is_no_json(saved):
    saved[1].with_suffix(".json").write_text("{")
    with pytest.raises(MarkError, match="damaged"):
        load_network(saved[1])


def test_weights_that_do_not_fit(saved):
    path = saved[1]
    card = json.loads(path.with_suffix(".json").read_text())
    card["config"]["ctc_head"] = False
    path.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(MarkError, match="do not fit"):
        load_network(path)
