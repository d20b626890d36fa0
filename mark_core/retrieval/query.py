"""What a person may type: words, phrases, ``*`` and ``?``, ``~1``, and spelling variants.

    orders              the word
    fort cumberland     the two words one after the other (quotes say the same)
    winch*              words that begin so; * stands for any letters or none
    col?nel             ? stands for one letter
    orders~1            words that differ by one letter at most (~2: two)

With ``variants`` letters that old spelling does not keep apart count as one: u and v, i, j and y, a letter and
its double.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET, fold, fold_lenient

MAX_TERMS = 6
MAX_EDITS = 2
_CLASSES = ("uv", "ijy")
HELP = (  # what may be typed, and one sentence about it: for the command line and the page alike
    ("orders", "A word. Capitals and accents make no difference; ſ is an s."),
    ('"fort cumberland"', "A phrase: words that follow each other, also over the end of a line."),
    ("winch*", "* stands for any letters, or for none."),
    ("col?nel", "? stands for one letter."),
    ("orders~1", "One letter may differ, be missing or be too many; ~2 allows two."),
)
HELP_VARIANTS = (
    "Spelling variants: Old spellings are found too: u for v, i for j or y, one letter for its double."
)
_QUOTES = "\"'“”„‘’«»"


@dataclass(frozen=True)
class Term:
    """One word of a query.

    letters: for each letter of the word the letters it may be, ``?`` for any one and ``*`` for any number. word: as
    it was typed, folded, if it has neither. edits: how many letters may differ. variants: old spellings count.
    """

    letters: tuple[str, ...]
    word: str | None
    edits: int = 0
    variants: bool = False

    @property
    def literal(self) -> int:
        """Number of letters that are given."""
        return sum(letter not in "?*" for letter in self.letters)


def parse_query(text: str, variants: bool = False, alphabet: str = ALPHABET) -> tuple[Term, ...]:
    """A typed query -> its words in order.

    Raises MarkError with a plain sentence for an empty query, too many words, letters that cannot be typed, a
    pattern without a letter, or more edits than a word can bear.
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
    return tuple(_term(piece, variants, alphabet) for piece in pieces)


def words_of(text: str) -> list[str]:
    """The words of a typed query as they were typed, without quotes."""
    pieces = [piece.strip(_QUOTES) for piece in text.split()]
    return [piece for piece in pieces if fold_lenient(piece) or set(piece) & set("*?")]


def _term(piece: str, variants: bool, alphabet: str) -> Term:
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
        return Term(tuple(_class(char, variants) for char in word), word, edits, variants)
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
    if not term.literal:
        raise MarkError("A pattern needs at least one letter beside * and ?.")
    return term


def _class(char: str, variants: bool) -> str:
    return next((letters for letters in _CLASSES if variants and char in letters), char)


def spellings(word: str, limit: int = 8) -> list[str]:
    """``word`` and up to ``limit - 1`` other ways to write it: u/v, i/j/y, double letters made single.

    The nearest come first: each further exchange comes after all with fewer.
    """
    found, edge = [word], [word]
    while edge and len(found) < limit:
        following = []
        for spelled in edge:
            for other in _exchanges(spelled):
                if other not in found:
                    found.append(other)
                    following.append(other)
        edge = following
    return found[:limit]


def _exchanges(word: str) -> list[str]:
    out = []
    for k, char in enumerate(word):
        for letters in _CLASSES:
            if char in letters:
                out += [word[:k] + other + word[k + 1 :] for other in letters if other != char]
        if k and char == word[k - 1]:
            out.append(word[:k] + word[k + 1 :])
    return out
