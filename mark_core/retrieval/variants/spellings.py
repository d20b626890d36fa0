"""Spelling variants: letters that old spelling does not distinguish match each other.

u and v; i, j and y; a double letter and a single one.
"""

from __future__ import annotations

CLASSES = ("uv", "ijy")


def letter_class(char: str) -> str:
    """The letters that a letter is not distinguished from, itself among them."""
    return next((letters for letters in CLASSES if char in letters), char)


def spellings(word: str, limit: int = 8) -> list[str]:
    """``word`` and up to ``limit - 1`` spelling variants: u/v, i/j/y, double letters made single.

    Ordered by the number of replacements.
    """
    found, edge = [word], [word]
    while edge and len(found) < limit:
        further = []
        for spelled in edge:
            for other in _replacements(spelled):
                if other not in found:
                    found.append(other)
                    further.append(other)
        edge = further
    return found[:limit]


def _replacements(word: str) -> list[str]:
    out = []
    for k, char in enumerate(word):
        for letters in CLASSES:
            if char in letters:
                out += [word[:k] + other + word[k + 1 :] for other in letters if other != char]
        if k and char == word[k - 1]:
            out.append(word[:k] + word[k + 1 :])
    return out
