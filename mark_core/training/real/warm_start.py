"""Start a network from weights of fewer letters: what belongs to a letter is copied to that letter's new place."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from mark_core.model.network import MarkNetwork
from mark_core.model.phoc import Phoc
from mark_core.model.weights import load_network


def start_from(network: MarkNetwork, path: Path) -> None:
    """Take over all weights of the file ``path`` that fit ``network``, letter by letter where alphabets differ.

    What the network has beyond them keeps its start; further blocks of context start as the identity.
    """
    old, _ = load_network(path)
    known, own = old.state_dict(), network.state_dict()
    for key, value in own.items():
        if key in known and known[key].shape == value.shape:
            own[key] = known[key]
        elif ".context." in key and key.endswith("bn.weight"):
            own[key] = torch.zeros_like(value)
    letters = [network.config.alphabet.find(char) for char in old.config.alphabet]
    if old.config.alphabet != network.config.alphabet and min(letters) >= 0:
        _copy_letters(own, known, old, network, letters)
    network.load_state_dict(own)


def _copy_letters(
    own: dict[str, Tensor], known: dict[str, Tensor], old: MarkNetwork, new: MarkNetwork, letters: list[int]
) -> None:
    places = torch.tensor(_phoc_places(old.phoc, new.phoc, letters))
    for name in ("gate_in.weight", "gate_in.bias", "phoc_head.weight", "phoc_head.bias"):
        if name in own and name in known:
            own[name][places] = known[name]
    if "gate_out.weight" in own:
        own["gate_out.weight"][:, places] = known["gate_out.weight"]
        own["gate_out.bias"] = known["gate_out.bias"]
    if "ctc_head.weight" in own:
        classes = torch.tensor([*letters, new.blank])
        for name in ("ctc_head.weight", "ctc_head.bias"):
            own[name][classes] = known[name]
    name = "clip.text.token_embedding.weight"
    if name in own and len(known[name]) == len(letters) + 2:
        own[name][torch.tensor([0, 1, *(2 + letter for letter in letters)])] = known[name]


def _phoc_places(old: Phoc, new: Phoc, letters: list[int]) -> list[int]:
    """For every attribute of ``old``, its number in ``new``. Both have the same levels and no bigrams."""
    size, places, offset = len(new.alphabet), [], 0
    for level in old.levels:
        for region in range(level):
            places += [offset + region * size + letter for letter in letters]
        offset += level * size
    return places
