"""Forced alignment: where in a line each word of its known text stands.

The likeliest path of the text through the columns of the reading head (Viterbi over the CTC states; Graves et al.,
"Connectionist Temporal Classification", 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mark_core.model.alphabet import ink_order


@dataclass(frozen=True)
class AlignedWord:
    """word: number in the text. start, end: columns from the first letter to behind the last. confidence: <= 0, how far
    the path of the word lies below the likeliest path of the same columns, in nats a letter."""

    word: int
    start: int
    end: int
    confidence: float


def align(
    log_p: np.ndarray, words: Sequence[str], alphabet: str, space: int | None = None
) -> list[AlignedWord]:
    """Place folded ``words``, in the order of their ink, in the columns of a line.

    log_p: (T, C) log-probabilities of the letters of ``alphabet``, perhaps of the space, and of the blank (last).
    space: class of the space, which stands between the words; None for a head without. Words follow each
    other from left to right. An empty list when the text has more letters than the line has columns.
    """
    labels, owner = _states(words, alphabet, log_p.shape[1] - 1, space)
    path = _viterbi(log_p, labels)
    if path is None:
        return []
    score = log_p[np.arange(len(path)), labels[path]] - log_p.max(axis=1)
    at = owner[path]
    out = []
    for number, word in enumerate(words):
        columns = np.flatnonzero(at == number)
        start, end = int(columns[0]), int(columns[-1]) + 1
        out.append(AlignedWord(number, start, end, float(score[start:end].sum()) / len(word)))
    return out


def path_scores(
    log_p: np.ndarray, texts: Sequence[Sequence[str]], alphabet: str, space: int | None = None
) -> np.ndarray:
    """(N,) how far the likeliest path of each text lies below the likeliest path through the line at all, in nats.

    texts: folded words of each, as in ``align``; the other arguments are its own. -inf for a text with more letters
    than the line has columns, and for one without letters.
    """
    out = np.full(len(texts), -np.inf)
    blank = log_p.shape[1] - 1
    labels = [_states(words, alphabet, blank, space)[0] for words in texts]
    some = [row for row, words in enumerate(texts) if words]
    if not some or not len(log_p):
        return out
    length = np.array([len(labels[row]) for row in some])
    classes = np.full((len(some), length.max()), blank)
    for at, row in enumerate(some):
        classes[at, : length[at]] = labels[row]
    skip = np.full(classes.shape, -np.inf, np.float32)
    skip[:, 3::2] = np.where(classes[:, 3::2] != classes[:, 1:-2:2], 0.0, -np.inf)
    best = np.full(classes.shape, -np.inf, np.float32)
    best[:, :2] = log_p[0][classes[:, :2]]
    for column in log_p[1:]:
        moved = best.copy()
        np.maximum(moved[:, 1:], best[:, :-1], out=moved[:, 1:])
        np.maximum(moved[:, 2:], best[:, :-2] + skip[:, 2:], out=moved[:, 2:])
        best = moved + column[classes]
    rows = np.arange(len(some))
    ends = np.maximum(best[rows, length - 1], best[rows, length - 2])
    out[some] = ends - log_p.max(axis=1).sum()
    return out


def _states(
    words: Sequence[str], alphabet: str, blank: int, space: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """(S,) class of every state, blanks between and around; (S,) the word whose letter it is, -1 for none."""
    labels, owner = [blank], [-1]
    for number, word in enumerate(words):
        if number and space is not None:
            labels += [space, blank]
            owner += [-1, -1]
        for char in ink_order(word):
            labels += [alphabet.index(char), blank]
            owner += [number, -1]
    return np.array(labels), np.array(owner)


def _viterbi(log_p: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """(T,) the state of every column on the likeliest path; None if there is none."""
    count, states = len(log_p), len(labels)
    skip = np.full(states, -np.inf, np.float32)
    skip[3::2] = np.where(labels[3::2] != labels[1:-2:2], 0.0, -np.inf)
    best = np.full(states, -np.inf, np.float32)
    best[:2] = log_p[0, labels[:2]]
    back = np.zeros((count, states), np.int8)
    moved = np.full((3, states), -np.inf, np.float32)
    for t in range(1, count):
        moved[0] = best
        moved[1, 1:] = best[:-1]
        moved[2, 2:] = best[:-2]
        moved[2] += skip
        back[t] = moved.argmax(axis=0)
        best = moved.max(axis=0) + log_p[t, labels]
    state = states - 1 if best[-1] >= best[-2] else states - 2
    if not np.isfinite(best[state]):
        return None
    path = np.empty(count, np.int64)
    for t in range(count - 1, -1, -1):
        path[t] = state
        state -= int(back[t, state])
    return path
