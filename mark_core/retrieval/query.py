"""Queries, and the parser of what is typed.

    orders              a word
    captain ashby       a phrase: both words, one after the other (quotes are optional)
    winch*              a pattern: * stands for any number of letters
    cap?ain             a pattern: ? stands for one letter
    orders~1            words within one edit (~2: two)

With ``variants``, letters that old spelling does not distinguish match each other: u and v; i, j and y; a double
letter and a single one. With a language, its abbreviations of the words match too (``variants.abbreviations``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET, MAX_QUERY_LETTERS, fold, fold_lenient, is_folded
from mark_core.retrieval.variants.abbreviations import abbreviations
from mark_core.retrieval.variants.spellings import letter_class

MAX_TERMS = 6
MAX_EDITS = 2
HELP = (  # example, which finds words of the first sample page, and explanation, for the command line and the page
    ("occasionem", "A word. Capitals and accents make no difference; ſ is an s."),
    ('"beatissime pater"', "A phrase: words that follow each other, also over the end of a line."),
    ("sanct*", "* stands for any letters, or for none."),
    ("fil?us", "? stands for one letter."),
    ("occasionen~1", "One letter may differ, be missing or be too many; ~2 allows two."),
)
HELP_VARIANTS = (
    "Spelling variants: Old spellings are found too: u for v, i for j or y, one letter for its double."
)
HELP_ABBREVIATIONS = (
    "Abbreviations: Words typed in full are found abbreviated too, by the rules of a language: "
    "omnia as om̄ia, per as ꝑ, received as rec’d."
)
_QUOTES = "\"'“”„‘’«»"


Place = tuple[str, int]  # page id, number of the word on the page
# A confirmed or rejected hit: its first word in this index, or the crops of its words
Reference = Place | Sequence[np.ndarray]


def is_place(reference: Reference) -> TypeGuard[Place]:
    """Whether a confirmed or rejected hit is a word of this index."""
    return isinstance(reference[0], str)


@dataclass(frozen=True, eq=False)
class Query:
    """A query by string (text), by example, or both (composed); the fields are those of ``WordIndex.search``."""

    text: str | None = None
    example: Place | np.ndarray | None = None
    variants: bool = False
    confirmed: Sequence[Reference] = ()
    rejected: Sequence[Reference] = ()
    example_weight: float | None = None
    abbreviations: str | None = None

    @property
    def has_text(self) -> bool:
        return bool(self.text and self.text.strip())

    def check(self) -> None:
        """Raises MarkError for an empty query and for an example_weight outside 0..1."""
        if not self.has_text and self.example is None:
            raise MarkError("Type a word, or click one on the page.")
        if self.example_weight is not None and not 0 <= self.example_weight <= 1:
            raise MarkError("The weight of the clicked word must lie between 0 and 1.")


@dataclass(frozen=True)
class Term:
    """One word of a query.

    letters: for each letter the letters that match it, such as ``"u"`` or ``"uv"``; ``?`` for any letter and ``*`` for
    any number of letters. word: the folded word, None for a pattern. edits: 0..MAX_EDITS. variants: spelling variants
    match as well. abbreviated: forms that count as the word too, less surely.
    """

    letters: tuple[str, ...]
    word: str | None
    edits: int = 0
    variants: bool = False
    abbreviated: tuple[str, ...] = ()

    @property
    def literal(self) -> int:
        """Number of fixed letters."""
        return sum(letter not in "?*" for letter in self.letters)


def parse_query(
    text: str, variants: bool = False, alphabet: str = ALPHABET, abbreviations_of: str | None = None
) -> tuple[Term, ...]:
    """Parse a typed query into its words, in order.

    abbreviations_of: a language, of ``variants.abbreviations.LANGUAGES``, whose abbreviations match as well.

    Raises MarkError for an empty query, more than MAX_TERMS words, letters outside the alphabet, a pattern without a
    fixed letter, as many edits as letters, or a language without a table.
    """
    pieces = words_of(text)
    if not pieces:
        raise MarkError("Type at least one letter or digit, or click a word on the page.")
    if len(pieces) > MAX_TERMS:
        raise MarkError(
            "A query may have at most {limit} words; this one has {count}.",
            limit=MAX_TERMS,
            count=len(pieces),
        )
    return tuple(_term(piece, variants, alphabet, abbreviations_of) for piece in pieces)


def words_of(text: str) -> list[str]:
    """The words of a typed query, unfolded and without quotes."""
    pieces = [piece.strip(_QUOTES) for piece in text.split()]
    return [piece for piece in pieces if fold_lenient(piece) or set(piece) & set("*?")]


def _term(piece: str, variants: bool, alphabet: str, language: str | None) -> Term:
    found = re.fullmatch(r"(.*)~(\d*)", piece)
    edits = int(found.group(2)[:3] or 1) if found else 0
    body = found.group(1) if found else piece
    if edits > MAX_EDITS:
        raise MarkError(
            "At most {limit} letters may differ: write {word}~{limit}.", limit=MAX_EDITS, word=body
        )
    if not set(body) & set("*?"):
        word = fold(body, alphabet)
        if edits >= len(word):
            raise MarkError(
                "“{word}” is too short to let {edits} of its letters differ.", word=body, edits=edits
            )
        forms = abbreviations(word, language) if language else []
        known = tuple(form for form in forms if is_folded(form, alphabet))
        return Term(tuple(_class(char, variants) for char in word), word, edits, variants, known)
    if edits:
        raise MarkError("Use either ~ or * and ? in one word.")
    letters: list[str] = []
    for part in re.split(r"([*?])", body):
        if part in ("*", "?"):
            if not (part == "*" and letters and letters[-1] == "*"):
                letters.append(part)
        elif part:
            letters += [_class(char, variants) for char in fold(part, alphabet)]
    term = Term(tuple(letters), None, variants=variants)
    if sum(letter != "*" for letter in letters) > MAX_QUERY_LETTERS:
        raise MarkError(
            "The query has {count} letters; type one word of at most {limit} letters.",
            count=sum(letter != "*" for letter in letters),
            limit=MAX_QUERY_LETTERS,
        )
    if not term.literal:
        raise MarkError("A pattern needs at least one letter beside * and ?.")
    return term


def _class(char: str, variants: bool) -> str:
    return letter_class(char) if variants else char
