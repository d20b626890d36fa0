"""The letters that are kept of a word: those of its own script.

A network reads some 170 letters of six scripts, but a word is written in one. Every column keeps 36 letters and the
blank, as many as Latin has: of a Latin word a-z and 0-9; of another its script's letters, and behind them the digits
where they fit. So a word of any script takes the same room, and a search in it costs the same. Letters are named by
the Latin ones in whose place they stand (``to_latin_places``), which is all that the recursions over columns know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET, SCRIPTS, ink_order, script_of

SCRIPT_NAMES = tuple(SCRIPTS)  # the number of a script is its place here
_DIGITS = "0123456789"
_NEVER = -20.0  # log-probability of a place without a letter
_LEAST = 1e-6  # probability that is left to the letters of a column at least


# Shares of the letters of a script (row) that the reading head takes for each script, of rendered words that training
# did not see; Latin between these (0.93) and real hands that it did not see (0.98). Rounded, none below 0.002.
TAKEN_FOR = (
    (0.97, 0.012, 0.01, 0.003, 0.003, 0.002),
    (0.12, 0.84, 0.03, 0.003, 0.002, 0.002),
    (0.59, 0.12, 0.28, 0.003, 0.002, 0.002),
    (0.075, 0.025, 0.015, 0.87, 0.01, 0.005),
    (0.12, 0.015, 0.005, 0.008, 0.85, 0.002),
    (0.05, 0.02, 0.01, 0.01, 0.002, 0.905),
)


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


def script_named(name: str | None) -> int | None:
    """The number of a script by its name; None for None. Raises MarkError if there is none of that name."""
    if name is None:
        return None
    if name not in SCRIPT_NAMES:
        raise MarkError(
            "There is no script {script}: use {known}.", script=name, known=", ".join(SCRIPT_NAMES)
        )
    return SCRIPT_NAMES.index(name)


def told_scripts(pages: Iterable[tuple[str | None, int]]) -> np.ndarray:
    """Pages as the name of their script, None for none, and the number of their words -> (N,) number of the script of
    every word, -1 for none."""
    scripts = [np.zeros(0, np.int64)]
    for name, words in pages:
        number = script_named(name)
        scripts.append(np.full(words, -1 if number is None else number, np.int64))
    return np.concatenate(scripts)


def read_scripts(alphabet: str) -> list[int]:
    """The numbers of the scripts that a network with this alphabet reads."""
    return [n for n in range(len(SCRIPT_NAMES)) if all(char in alphabet for char in kept_letters(n))]


def script_likelihood(log_p: Tensor, counts: Tensor, alphabet: str) -> Tensor:
    """Log-probabilities of the reading head, (B, T, C), of which ``counts`` (B,) columns lie on each word -> (B, S)
    log-likelihood of every script of ``SCRIPT_NAMES``: that each column is a letter of it or blank, -inf for scripts
    that are not read.

    Classes of C: ``alphabet``, perhaps a space, at last the blank.
    """
    out = torch.full((len(log_p), len(SCRIPT_NAMES)), -torch.inf, device=log_p.device)
    for number in read_scripts(alphabet):
        within = log_p[:, :, _classes(number, alphabet, log_p.shape[2])].logsumexp(dim=-1)
        out[:, number] = _over_words(within, counts)
    return out


def script_evidence(log_p: Tensor, counts: Tensor, alphabet: str) -> Tensor:
    """(B, S) log-likelihood of every script given how the reading head takes letters of one for those of another, see
    ``TAKEN_FOR``; -inf for scripts that are not read. Arguments as for `script_likelihood`.

    Blank, space and digits are the same in all. A number (`are_numbers`) says nothing of the script around it: only
    Latin, in which numbers are searched for, is above -inf.
    """
    known = read_scripts(alphabet)
    letters = [
        log_p[:, :, [alphabet.index(char) for char in kept_letters(number) if char not in _DIGITS]]
        for number in known
    ]
    mass = torch.stack([part.exp().sum(dim=-1) for part in letters], dim=-1)
    taken = torch.tensor(TAKEN_FOR, device=log_p.device)[known][:, known]
    seen = (1 - mass.sum(dim=-1, keepdim=True)).clamp(0, 1) + mass @ taken.T
    out = torch.full((len(log_p), len(SCRIPT_NAMES)), -torch.inf, device=log_p.device)
    out[:, known] = _over_words(seen.clamp(min=_LEAST).log(), counts)
    out[are_numbers(log_p, counts, alphabet), 1:] = -torch.inf
    return out


def _over_words(columns: Tensor, counts: Tensor) -> Tensor:
    """(B, T, ...) values of columns -> their sums (B, ...) over the columns that lie on each word."""
    within = torch.arange(columns.shape[1], device=columns.device)[None] < counts[:, None]
    return torch.where(within.view(*within.shape, *[1] * (columns.ndim - 2)), columns, 0.0).sum(dim=1)


def are_numbers(log_p: Tensor, counts: Tensor, alphabet: str) -> Tensor:
    """(B,) bool: words of which the likeliest classes of all columns read nothing but digits, two at least: one alone
    may be a round letter. Arguments as for `script_likelihood`."""
    path = log_p.argmax(dim=-1)
    within = torch.arange(log_p.shape[1], device=log_p.device)[None] < counts[:, None]
    digits = torch.tensor([alphabet.index(char) for char in _DIGITS if char in alphabet], device=log_p.device)
    digit = torch.isin(path, digits) & within
    letter = (path < len(alphabet)) & within & ~digit
    first = torch.cat([digit[:, :1], digit[:, 1:] & (path[:, 1:] != path[:, :-1])], dim=1)
    return ~letter.any(dim=1) & (first.sum(dim=1) > 1)


def own_script(
    logits: Tensor, counts: Tensor, alphabet: str, told: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Logits of the reading head, (B, T, C), of which ``counts`` (B,) columns lie on each word -> (B, T, 37)
    log-probabilities of the letters of the word's script and the blank, and (B,) uint8 number of the script.

    The script is the one in which all columns of the word are likeliest to be, unless ``told`` (B,) int64 names one:
    its number, -1 for none. Nothing is told of numbers, nor of scripts that the alphabet does not have; letters of a
    script that was told are those of ``letters_given``. Classes of C: ``alphabet``, perhaps a space, at last the blank;
    an alphabet of Latin letters alone gives Latin.
    """
    numbers = torch.tensor(read_scripts(alphabet), device=logits.device)
    if len(numbers) > 1:
        likelihood = script_likelihood(logits.log_softmax(dim=-1), counts, alphabet)
        chosen = numbers[likelihood[:, numbers].argmax(dim=1)]
    else:
        chosen = numbers.expand(len(logits))
    given = torch.zeros(len(logits), dtype=torch.bool, device=logits.device)
    if told is not None:
        given = torch.isin(told, numbers) & ~are_numbers(logits, counts, alphabet)
        chosen = torch.where(given, told, chosen)
    out = torch.full((*logits.shape[:2], len(ALPHABET) + 1), _NEVER, device=logits.device)
    for number, known in {*zip(chosen.tolist(), given.tolist(), strict=True)}:
        rows, kept = (chosen == number) & (given == known), _classes(number, alphabet, logits.shape[2])
        part = logits[rows]
        if known:
            part = letters_given(part.log_softmax(dim=-1), number, alphabet)[:, :, kept]
        else:
            part = part[:, :, kept].log_softmax(dim=-1)
        whole = torch.full((*part.shape[:2], len(ALPHABET) + 1), _NEVER, device=logits.device)
        whole[:, :, : len(kept) - 1] = part[:, :, :-1]
        whole[:, :, -1] = part[:, :, -1]
        out[rows] = whole
    return out, chosen.to(torch.uint8)


def letters_given(log_p: Tensor, script: int, alphabet: str) -> Tensor:
    """(..., C) log-probabilities of the reading head -> those of a text of which the script is known.

    Blank, space and digits keep what they have, because they say nothing of a script; the letters of the script share
    the rest as they did among themselves, and no other has any. So a column in which the network sees a letter stays a
    letter, even if it took it for one of another script; scaled together with the letters, the blank would take its
    place. Classes: see ``own_script``.
    """
    letters = [alphabet.index(char) for char in kept_letters(script) if char not in _DIGITS]
    common = [alphabet.index(char) for char in _DIGITS if char in alphabet and char in kept_letters(script)]
    common += range(len(alphabet), log_p.shape[-1])
    left = torch.log1p(-log_p[..., common].exp().sum(dim=-1, keepdim=True).clamp(max=1 - _LEAST))
    out = torch.full_like(log_p, _NEVER)
    out[..., common] = log_p[..., common]
    out[..., letters] = log_p[..., letters].log_softmax(dim=-1) + left
    return out.clamp(min=_NEVER)


@cache
def _classes(script: int, alphabet: str, count: int) -> list[int]:
    """The classes, of ``count``, that the columns of a word of a script keep: its letters and the blank."""
    return [*(alphabet.index(char) for char in kept_letters(script)), count - 1]
