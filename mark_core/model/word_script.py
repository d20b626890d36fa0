"""The letters that are kept of a word: those of its own script.

A network reads some 170 letters of six scripts, but a word is written in one. Every column keeps 36 letters and the
blank, as many as Latin has: of a Latin word a-z and 0-9; of another its script's letters, and behind them the digits
where they fit. So a word of any script takes the same room, and a search in it costs the same. Letters are named by
the Latin ones in whose place they stand (``to_latin_places``), which is all that the recursions over columns know.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from mark_core.model.alphabet import ALPHABET, SCRIPTS, ink_order, script_of

SCRIPT_NAMES = tuple(SCRIPTS)  # the number of a script is its place here
_DIGITS = "0123456789"
_NEVER = -20.0  # log-probability of a place without a letter


@cache
def kept_letters(script: int) -> str:
    """The letters that the columns of a word of this script keep, at most 36."""
    letters = SCRIPTS[SCRIPT_NAMES[script]]
    with_digits = letters if letters == ALPHABET else letters + _DIGITS
    return with_digits if len(with_digits) <= len(ALPHABET) else letters


@cache
def _places(script: int) -> tuple[dict[str, str], dict[str, str]]:
    there = dict(zip(kept_letters(script), ALPHABET, strict=False))
    return there, {place: letter for letter, place in there.items()}


def script_number(letters: Sequence[str]) -> int:
    """The script of a folded word or of the letters of a query term; Latin if it has none."""
    literal = "".join(item for item in letters if item not in ("?", "*"))
    return SCRIPT_NAMES.index(script_of(literal) or "latin")


def to_latin_places(letters: Sequence[str], script: int) -> tuple[str, ...]:
    """A folded word, or the letters of a query term, as the columns of a word of ``script`` know them: in the order of
    the ink, each named by its Latin place; wildcards stay. A letter that the script does not keep is left out."""
    there, _ = _places(script)
    out = []
    for item in ink_order(letters):
        kept = item if item in ("?", "*") else "".join(there[char] for char in item if char in there)
        if kept:
            out.append(kept)
    return tuple(out)


def from_latin_places(text: str, script: int) -> str:
    """What the columns of a word of ``script`` spell, as it is typed. Places without a letter are left out."""
    _, back = _places(script)
    return ink_order("".join(back.get(char, "") for char in text))


def own_script(logits: Tensor, counts: Tensor, alphabet: str) -> tuple[Tensor, Tensor]:
    """Logits of the reading head, (B, T, C), of which ``counts`` (B,) columns lie on each word -> (B, T, 37)
    log-probabilities of the letters of the word's script and the blank, and (B,) uint8 number of the script.

    The script is the one in which all columns of the word are likeliest to be. Classes of C: ``alphabet``, perhaps a
    space, at last the blank; an alphabet of Latin letters alone gives Latin.
    """
    blank = logits.shape[2] - 1
    numbers = [n for n in range(len(SCRIPT_NAMES)) if all(char in alphabet for char in kept_letters(n))]
    classes = [[*(alphabet.index(char) for char in kept_letters(n)), blank] for n in numbers]
    chosen = torch.zeros(len(logits), dtype=torch.long, device=logits.device)
    if len(numbers) > 1:
        log_p = logits.log_softmax(dim=-1)
        beyond = torch.arange(logits.shape[1], device=logits.device)[None] >= counts[:, None]
        mass = [log_p[:, :, kept].logsumexp(dim=-1).masked_fill(beyond, 0.0).sum(dim=1) for kept in classes]
        chosen = torch.stack(mass, dim=1).argmax(dim=1)
    out = torch.full((*logits.shape[:2], len(ALPHABET) + 1), _NEVER, device=logits.device)
    for place in chosen.unique().tolist():
        rows, kept = chosen == place, classes[place]
        part = logits[rows][:, :, kept].log_softmax(dim=-1)
        whole = torch.full((*part.shape[:2], len(ALPHABET) + 1), _NEVER, device=logits.device)
        whole[:, :, : len(kept) - 1] = part[:, :, :-1]
        whole[:, :, -1] = part[:, :, -1]
        out[rows] = whole
    return out, torch.tensor(numbers, device=logits.device)[chosen].to(torch.uint8)
