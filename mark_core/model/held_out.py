"""The spellings that no rendered training word has, so that words outside the vocabulary can be measured."""

from __future__ import annotations

import hashlib

_OF_256 = 21  # about 1 in 12


def is_held_out(label: str) -> bool:
    """Whether a folded word is kept for validation: about 1 in 12, decided by its SHA-256 alone."""
    return hashlib.sha256(label.encode()).digest()[0] < _OF_256
