"""Weights on disk: safetensors in fp16 and a JSON card that says what they are."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from mark_core.data_files import data_file
from mark_core.errors import MarkError
from mark_core.model.config import MarkConfig
from mark_core.model.network import MarkNetwork
from mark_core.model.strip import MAX_STRIP_WIDTH, STRIP_HEIGHT
from mark_core.whole_file import replace_file, write_whole

CARD_VERSION = 1


def default_weights() -> Path:
    """The shipped file. Raises MarkError if the installation lacks it."""
    path = data_file("assets/mark-compact.safetensors")
    if not path.exists():
        raise MarkError("The shipped weights (assets/mark-compact.safetensors) are missing; reinstall MARK.")
    return path


def save_network(network: MarkNetwork, path: Path, **facts: Any) -> dict[str, Any]:
    """Write ``path`` (.safetensors, floating point as fp16) and its card (.json). ``facts`` go into the card.

    Whoever reads them meanwhile, or after this was killed at any step, finds the old pair or the new one: the new card
    stands beside the old one before the weights are replaced. Returns the card; see ``make_card``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = to_bytes(network)
    card = make_card(network, data, **facts)
    write_whole(_next_card(path), _card_text(card))
    write_whole(path, data)
    replace_file(_next_card(path), path.with_suffix(".json"))
    return card


def write_card(path: Path, card: dict[str, Any]) -> None:
    """Write the card of the weights file ``path``."""
    write_whole(path.with_suffix(".json"), _card_text(card))


def _card_text(card: dict[str, Any]) -> bytes:
    return (json.dumps(card, indent=1, ensure_ascii=False) + "\n").encode()


def _next_card(path: Path) -> Path:
    """The card of weights that are about to be put in the place of ``path``."""
    return path.with_suffix(".next.json")


def to_bytes(network: MarkNetwork) -> bytes:
    """The network as a safetensors file, floating point as fp16."""
    return save(
        {
            key: (value.half() if value.dtype.is_floating_point else value).contiguous().cpu()
            for key, value in network.state_dict().items()
        }
    )


def make_card(network: MarkNetwork, data: bytes, **facts: Any) -> dict[str, Any]:
    """What a weights file says of itself: dimensions, alphabet, preprocessing, SHA-256 and ``facts``."""
    return {
        "version": CARD_VERSION,
        "name": network.config.name,
        "config": network.config.to_dict(),
        "parameters": sum(p.numel() for p in network.parameters()),
        "alphabet": network.config.alphabet,
        "preprocessing": {"height": STRIP_HEIGHT, "max_width": MAX_STRIP_WIDTH, "paper": 0, "ink": 255},
        "sha256": hashlib.sha256(data).hexdigest(),
        **facts,
    }


def from_bytes(config: MarkConfig, data: bytes) -> MarkNetwork:
    """The network in float32 and evaluation mode. Raises MarkError if the tensors do not fit the configuration."""
    network = MarkNetwork(config)
    try:
        tensors = load(data)
        network.load_state_dict({k: v.float() if v.dtype == torch.float16 else v for k, v in tensors.items()})
    except (SafetensorError, RuntimeError) as error:
        raise MarkError("The weights do not fit their card.") from error
    return network.eval()


def load_network(path: Path) -> tuple[MarkNetwork, dict[str, Any]]:
    """Weights and card -> network in float32. Raises MarkError when they are missing, damaged or of another version."""
    try:
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        card = _read_card(path.with_suffix(".json"), path)
        if card.get("sha256") != digest:
            card = _card_of_interrupted(path, digest) or card
    except OSError as error:
        raise MarkError("The weights “{file}” or their card cannot be read.", file=path.name) from error
    if card.get("version") != CARD_VERSION:
        raise MarkError("The weights “{file}” are of another version of MARK.", file=path.name)
    if card.get("sha256") != digest:
        raise MarkError(
            "The weights “{file}” are damaged: their checksum is not the one on the card.", file=path.name
        )
    return from_bytes(MarkConfig.from_dict(card["config"]), data), card


def _read_card(file: Path, path: Path) -> dict[str, Any]:
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise MarkError("The card of “{file}” is damaged.", file=path.name) from error
    return card if isinstance(card, dict) else {}


def _card_of_interrupted(path: Path, digest: str) -> dict[str, Any] | None:
    """The card of weights of this SHA-256 whose saving has got as far as the weights: it waits for its name, or has got
    it just now."""
    for file in (_next_card(path), path.with_suffix(".json")):
        if file.exists():
            card = _read_card(file, path)
            if card.get("sha256") == digest:
                return card
    return None
