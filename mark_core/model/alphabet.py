"""Folding a text to the letters the model reads: ``a-z`` and ``0-9``.

Rules, in this order:

1. compatibility forms are split (NFKD): accents leave their letter, ``ﬁ`` becomes ``fi``, ``²`` becomes ``2``;
2. letters that Unicode does not split are spelled out: long s ``ſ`` -> ``s``, ``ß`` -> ``ss``, ``æ`` -> ``ae``,
   ``œ`` -> ``oe``, ``þ`` -> ``th``, ``ð`` -> ``d``, ``ø`` -> ``o``, ``ł`` -> ``l``, dotless ``ı`` -> ``i``;
   scribal signs become their base letter (``ꝑ`` -> ``p``, ``ꝗ`` -> ``q``, ``ꝫ``/``ꝛ`` -> ``r`` ...);
3. upper case becomes lower case;
4. what is neither a letter nor a digit (punctuation, spaces, combining marks, symbols) is dropped.

A letter of another script is not dropped: :func:`fold` raises, because a query that silently lost
its letters would find nonsense.
"""

from __future__ import annotations

import unicodedata

from mark_core.errors import MarkError
from mark_core.message import Message

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
MAX_QUERY_LETTERS = 40  # the longest word a strip can show; longer input is not a word

_SPELLED_OUT = {
    "ſ": "s", "ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th",
    "ł": "l", "ı": "i", "ȷ": "j", "ŋ": "n", "ħ": "h", "ꜵ": "ao", "ꜳ": "aa", "ꝏ": "oo", "ꝑ": "p",
    "ꝓ": "p", "ꝕ": "p", "ꝗ": "q", "ꝙ": "q", "ꝛ": "r", "ꝝ": "r", "ꝟ": "v", "ꝥ": "th", "ꝧ": "th",
    "ꝁ": "k", "ꝃ": "k", "ꝅ": "k", "ꝉ": "l", "ꝇ": "l", "ꝋ": "o", "ꝯ": "9", "ꝰ": "9", "ꝫ": "3",
    "ꞃ": "r", "ꞅ": "s", "ꝼ": "f", "ꝺ": "d", "ᵹ": "g", "ꝭ": "s", "ƀ": "b", "ɨ": "i", "ɵ": "o",
    "ƿ": "w", "ȝ": "y", "ꝩ": "v", "ꝡ": "y",
}  # fmt: skip


def fold_lenient(text: str) -> str:
    """Fold ``text`` to the alphabet; letters of other scripts are kept as they are, lower case."""
    out = []
    for char in unicodedata.normalize("NFKD", text).lower():
        if char in ALPHABET:
            out.append(char)
        elif char in _SPELLED_OUT:
            out.append(_SPELLED_OUT[char])
        elif unicodedata.category(char)[0] in "LN":
            out.append(char)
    return "".join(out)


def is_folded(text: str, alphabet: str = ALPHABET) -> bool:
    """True if ``text`` is not empty and made of letters of the alphabet alone, as the reading heads need it."""
    return bool(text) and all(char in alphabet for char in text)


def is_supported(text: str, alphabet: str = ALPHABET) -> bool:
    """True if ``text`` folds to at least one letter and all its letters are in the alphabet."""
    return is_folded(_letters(text, alphabet), alphabet)


def fold(text: str, alphabet: str = ALPHABET) -> str:
    """Fold a typed query to the alphabet.

    A model that was trained on a transliteration has an alphabet of its own, in which case matters: a text in it is
    left as it is. Raises MarkError with a plain sentence if nothing is left, if a letter belongs to a script that
    cannot be typed, or if the word is longer than ``MAX_QUERY_LETTERS``.
    """
    folded = _letters(text, alphabet)
    foreign = sorted({char for char in folded if char not in alphabet})
    if foreign:
        shown = ", ".join(f"“{char}”" for char in foreign[:3])
        raise MarkError(
            "MARK cannot read {letters} as typed text, only {alphabet}; "
            "click a word on the page instead and it will look for others like it.",
            letters=shown,
            alphabet=_named(alphabet),
        )
    if not folded:
        raise MarkError("Type at least one letter or digit, or click a word on the page.")
    if len(folded) > MAX_QUERY_LETTERS:
        raise MarkError(
            "The query has {count} letters; type one word of at most {limit} letters.",
            count=len(folded),
            limit=MAX_QUERY_LETTERS,
        )
    return folded


def _letters(text: str, alphabet: str) -> str:
    return fold_lenient(text) if alphabet == ALPHABET else "".join(text.split())


def _named(alphabet: str) -> Message | str:
    return Message("a–z and 0–9") if alphabet == ALPHABET else " ".join(alphabet)
