"""How well whole lines are read: the character error rate, with spaces and without."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mark_core.model.line_reader import read_lines
from mark_core.model.mark import MarkModel
from mark_core.retrieval.reading.edit_distance import as_codes, distances
from mark_core.training.real.lines import Line


def read_line(log_p: np.ndarray, alphabet: str, space: int | None) -> str:
    """(T, C) log-probabilities of a line -> its best path, words parted by single spaces."""
    path = log_p.argmax(axis=1)
    kept = path[np.concatenate([[True], path[1:] != path[:-1]])]
    text = "".join(" " if c == space else alphabet[c] for c in kept if c == space or c < len(alphabet))
    return " ".join(text.split())


def character_error_rates(model: MarkModel, lines: Sequence[Line]) -> dict[str, float]:
    """Percent of wrong letters over all lines: ``cer`` with spaces, ``cer_letters`` without."""
    errors, letters = np.zeros(2), np.zeros(2)
    for line, log_p in zip(lines, read_lines(model, [line.strip for line in lines]), strict=True):
        read = read_line(log_p, model.alphabet, model.space)
        pairs = ((line.text, read), (line.text.replace(" ", ""), read.replace(" ", "")))
        for i, (true, found) in enumerate(pairs):
            errors[i] += int(distances(*as_codes([found]), true)[0])
            letters[i] += len(true)
    return {"cer": 100 * errors[0] / letters[0], "cer_letters": 100 * errors[1] / letters[1]}
