"""The scripts of words that belong together, such as those of a page: told, or voted over all of them.

By itself a word is read in the script that it looks most like. Where that is a near thing, the words around it tell:
a page is written in one script, or in few. How often each occurs is estimated over all words by expectation
maximisation, and every word is read in the script that is likeliest with both. Words whose script is another than
they say themselves, and all that are not Latin, are looked at again and read as if it had been told; a Latin page
whose words agree costs nothing and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel
from mark_core.model.word_script import SCRIPT_NAMES, script_named

ROUNDS = 12
# Neighbouring columns see the same ink: so many count as one. Of 1 to 6, with which most words were right, of rendered
# words that training did not see, alone and with 5 % and 20 % Latin ones.
TEMPER = 2.0
_CHUNK = 128  # words encoded between two progress reports
_RARE = 1e-6  # share of a script that no word seems to be in


def vote(evidence: np.ndarray, own: np.ndarray, known: Sequence[int] | np.ndarray = ()) -> np.ndarray:
    """(N, S) evidence of every script in every word, see ``MarkModel.look`` -> (N,) number of the script of each.

    own: (N,) script of each by itself. known: scripts of further words, which are decided already. If all of these are
    the same, so is the vote. Words that only one script is possible for, such as numbers, keep it and have no vote.
    """
    own, known = own.astype(np.int64), np.asarray(known, np.int64)
    voters = np.flatnonzero(np.isfinite(evidence).sum(axis=1) > 1)
    if len(np.unique(np.concatenate([own[voters], known]))) < 2:
        return own
    likelihood = evidence[voters] / TEMPER
    counted = np.bincount(known, minlength=evidence.shape[1])
    log_prior = np.zeros(evidence.shape[1])
    for _ in range(ROUNDS):
        share = (_softmax(likelihood + log_prior).sum(axis=0) + counted) / (len(voters) + len(known))
        log_prior = np.log(np.maximum(share, _RARE))
    own[voters] = (likelihood + log_prior).argmax(axis=1)
    return own


def encode_together(
    model: MarkModel,
    strips: Sequence[np.ndarray],
    script: str | None = None,
    known: Sequence[int] | np.ndarray = (),
    report: Callable[[int], None] = lambda done: None,
) -> Encoding:
    """Strips of ``to_strip`` that belong together -> their encodings.

    script: the name of the script that all of them are read in; None: it is voted. known: see `vote`. report: called
    with the number of strips done. Raises MarkError if there is no script of that name.
    """
    told = script_named(script)
    parts, seen = [Encoding.join([], model.dim, model.shape_dim)], [np.zeros((0, len(SCRIPT_NAMES)))]
    for start in range(0, len(strips), _CHUNK):
        report(start)
        some = strips[start : start + _CHUNK]
        encoding, evidence = model.look(some, None if told is None else np.full(len(some), told))
        parts.append(encoding)
        seen.append(evidence)
    encoding = Encoding.join(parts)
    if told is not None:
        return encoding
    chosen = vote(np.concatenate(seen), encoding.scripts, known)
    voted = np.flatnonzero((chosen != encoding.scripts) | (chosen != SCRIPT_NAMES.index("latin")))
    if not len(voted):
        return encoding
    again, _ = model.look([strips[i] for i in voted.tolist()], chosen[voted])
    rows = np.arange(len(strips))
    rows[voted] = len(strips) + np.arange(len(voted))
    return Encoding.join([encoding, again]).select(rows)


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
