"""Words that a collection may contain: general word lists with frequencies, or the user's own list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.alphabet import MAX_QUERY_LETTERS, fold_lenient, is_folded
from mark_core.textfile import read_text_file

LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "it": "Italian",
    "es": "Spanish",
    "nl": "Dutch",
    "pt": "Portuguese",
    "sv": "Swedish",
    "da": "Danish",
    "pl": "Polish",
    "cs": "Czech",
    "ca": "Catalan",
}
_SIZE = 60000  # words of one language; rarer ones cost more wrong labels than they give right ones
_RARE = 1e-8  # frequency of a word that a list gives none for


@dataclass(frozen=True)
class Lexicon:
    """Folded words, each once, and their log-frequencies, (V,) float32. name: of the general list that it is, with
    or without further words; "" for a list of somebody's own."""

    words: tuple[str, ...]
    log_frequency: np.ndarray
    name: str = ""

    def __len__(self) -> int:
        return len(self.words)

    def with_words(self, words: Iterable[str]) -> Lexicon:
        """The list with further words, each as frequent as the list's words are on average."""
        usual = float(np.exp(self.log_frequency).mean())
        known = zip(self.words, np.exp(self.log_frequency), strict=True)
        fresh = {fold_lenient(word) for word in words} - set(self.words)
        if not fresh:
            return self
        return Lexicon.of([*known, *((word, usual) for word in sorted(fresh))], self.name)

    def without(self, rows: np.ndarray) -> Lexicon:
        """The list without the words of these numbers."""
        kept = np.delete(np.arange(len(self)), rows)
        return replace(self, words=tuple(self.words[i] for i in kept), log_frequency=self.log_frequency[kept])

    @classmethod
    def of(cls, entries: Iterable[tuple[str, float]], name: str = "") -> Lexicon:
        """Fold (word, frequency) pairs; spellings that fold alike add up. Words of other scripts are left out.

        Raises MarkError if no word is left.
        """
        total: dict[str, float] = {}
        for word, frequency in entries:
            folded = fold_lenient(word)
            if is_folded(folded) and len(folded) <= MAX_QUERY_LETTERS:
                total[folded] = total.get(folded, 0.0) + max(frequency, _RARE)
        if not total:
            raise MarkError("The word list has no word in Latin letters.")
        words = tuple(sorted(total))
        return cls(words, np.log([total[word] for word in words]).astype(np.float32), name)


def language_lexicon(*languages: str) -> Lexicon:
    """The general word list of one or more ``LANGUAGES`` (data of the package wordfreq, CC BY-SA 4.0).

    Raises MarkError for an unknown language or if the package is not installed.
    """
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown or not languages:
        raise MarkError(
            "There is no word list “{names}”; known are {known}.",
            names=", ".join(unknown),
            known=", ".join(LANGUAGES),
        )
    try:
        import wordfreq
    except ImportError as error:
        raise MarkError("Word lists of languages need the package wordfreq: pip install wordfreq.") from error
    entries = (
        (word, wordfreq.word_frequency(word, language) / len(languages))
        for language in languages
        for word in wordfreq.top_n_list(language, _SIZE)
    )
    return Lexicon.of(entries, "+".join(languages))


def file_lexicon(path: Path) -> Lexicon:
    """The word list of a text file, see `text_lexicon`. Raises MarkError if it cannot be read or holds no word."""
    return text_lexicon(read_text_file(path, "The word list"))


def text_lexicon(text: str) -> Lexicon:
    """One word a line, or a word, a tab or comma, and its count; lines that begin with # are remarks.

    Raises MarkError if it holds no word.
    """
    rows = [_row(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    everything = sum(count for _, count in rows) or 1.0
    return Lexicon.of((word, count / everything) for word, count in rows)


def _row(line: str) -> tuple[str, float]:
    word, _, count = line.strip().replace(",", "\t").partition("\t")
    try:
        return word, max(0.0, float(count))
    except ValueError:
        return word, 1.0


def load_lexicon(name: str) -> Lexicon | None:
    """Languages joined by ``+`` (``en+fr``), the path of a word list, or ``none`` for no list at all."""
    if name == "none":
        return None
    if all(part in LANGUAGES for part in name.split("+")):
        return language_lexicon(*name.split("+"))
    return file_lexicon(Path(name))
