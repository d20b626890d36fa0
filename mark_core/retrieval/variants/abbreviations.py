"""Abbreviated forms of a word that is typed in full: ``omnia`` is found as om̄ia, ``per`` as ꝑ.

One table per language (``la.json`` and its neighbours) holds words with their forms, and rules that rewrite a part of a
word. Words and forms are folded as the reading head reads them (``model.alphabet``): strokes, hooks and superscript
letters above the line are marks and fall away, ꝑ and ꝓ are p, ꝯ and ꝰ are 9. In the lists of words u and v are one
letter, and so are i and j. The abbreviations are the common ones of A. Cappelli, "Lexicon abbreviaturarum", for Latin.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mark_core.errors import MarkError

LANGUAGES = {
    "la": "Latin",
    "fr": "Old French",
    "it": "Italian",
    "es": "Spanish, Portuguese",
    "de": "German",
    "en": "English",
}
MAX_FORMS = 24  # of a word
_MOST = 4  # rules applied to one word
_FEWEST = 2  # letters that rules leave of a word
_KEPT = 0.3  # share of them, at least
_TABLES = Path(__file__).parent


@dataclass(frozen=True)
class Table:
    """words: forms by word, u for v and i for j. rules: pattern and replacement, the more usual first."""

    words: dict[str, tuple[str, ...]]
    rules: tuple[tuple[re.Pattern[str], str], ...]


@lru_cache
def abbreviation_table(language: str) -> Table:
    """The table of one of ``LANGUAGES``. Raises MarkError for another language."""
    if language not in LANGUAGES:
        raise MarkError(
            "There is no table of abbreviations for “{language}”; there are those for {known}.",
            language=language,
            known=", ".join(LANGUAGES),
        )
    record = json.loads((_TABLES / f"{language}.json").read_text(encoding="utf-8"))
    words = {_plain(word): tuple(forms.split()) for word, forms in record["words"].items()}
    return Table(words, tuple((re.compile(pattern), to) for pattern, to in record["rules"]))


def abbreviations(word: str, language: str) -> list[str]:
    """The abbreviated forms of a folded word, at most ``MAX_FORMS``: those listed, then those that rules make of it,
    by the number of rules."""
    table = abbreviation_table(language)
    found = [_as_typed(form, word) for form in table.words.get(_plain(word), ())]
    least = max(_FEWEST, _KEPT * len(word))
    seen, edge = {word}, [word]
    for _ in range(_MOST):
        further = []
        for form in edge:
            for shorter in _rewritten(form, table):
                if shorter not in seen and len(shorter) >= least:
                    seen.add(shorter)
                    further.append(shorter)
        found += further
        edge = further
        if len(found) >= MAX_FORMS:
            break
    return [form for form in dict.fromkeys(found) if form != word][:MAX_FORMS]


def _rewritten(form: str, table: Table) -> list[str]:
    """The word with each rule applied everywhere, then with each at one place alone."""
    everywhere = [pattern.sub(to, form) for pattern, to in table.rules]
    once = [
        form[: found.start()] + found.expand(to) + form[found.end() :]
        for pattern, to in table.rules
        for found in pattern.finditer(form)
    ]
    return [rewritten for rewritten in dict.fromkeys([*everywhere, *once]) if rewritten != form]


def _as_typed(form: str, word: str) -> str:
    """A listed form with the first letter that was typed: v for u, j for i."""
    return word[0] + form[1:] if _plain(word[0]) == form[0] else form


def _plain(word: str) -> str:
    return word.replace("v", "u").replace("j", "i")
