"""What to write: words of several languages and periods, names, numbers, random strings, other scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from mark_core.model.alphabet import fold_lenient

# Share of each source among the rendered words.
LATIN_SOURCES = {
    "en": 0.34,
    "de": 0.21,
    "la": 0.17,
    "fr": 0.09,
    "it": 0.03,
    "es": 0.02,
    "nl": 0.02,
    "number": 0.04,
    "random": 0.08,
}
OTHER_SCRIPTS = {"el": 0.55, "ru": 0.14, "he": 0.10, "ar": 0.14, "mn": 0.07}
FREQUENCY_EXPONENT = 0.35  # of the corpus frequency: common words often, rare words not never

# Endings by the inflection models of the Latin dictionary of Collatinus (broad classes are enough here).
_LATIN_ENDINGS = {
    "uita": ["a", "ae", "am", "arum", "is", "as"],
    "lupus": ["us", "i", "o", "um", "orum", "is", "os", "e"],
    "templum": ["um", "i", "o", "a", "orum", "is"],
    "miles": ["em", "is", "i", "e", "es", "um", "ibus"],
    "doctus": ["us", "a", "um", "i", "ae", "o", "am", "orum", "arum", "is", "os", "as", "e"],
    "fortis": ["is", "e", "em", "i", "es", "ia", "ium", "ibus"],
    "amo": [
        "o",
        "as",
        "at",
        "amus",
        "atis",
        "ant",
        "are",
        "abat",
        "abant",
        "avit",
        "averunt",
        "ans",
        "antem",
        "atur",
        "antur",
        "ari",
    ],
    "moneo": ["eo", "es", "et", "emus", "ent", "ere", "ebat", "ebant", "uit", "entes", "etur"],
    "lego": [
        "o",
        "is",
        "it",
        "imus",
        "unt",
        "ere",
        "ebat",
        "ebant",
        "it",
        "erunt",
        "ens",
        "entem",
        "itur",
        "untur",
        "i",
    ],
    "audio": ["io", "is", "it", "imus", "iunt", "ire", "iebat", "iens", "itur", "iri", "ivit"],
}


@dataclass
class WordSource:
    """Draws words. ``generator`` decides everything, so a seed gives the same words."""

    latin_dictionary: Path | None = None
    tables: dict[str, tuple[list[str], np.ndarray]] = field(default_factory=dict)

    def draw(self, generator: np.random.Generator, kind: str) -> str:
        if kind == "number":
            return _number(generator)
        if kind == "random":
            return self._random(generator)
        if kind not in self.tables:
            self.tables[kind] = self._table(kind)
        words, cumulative = self.tables[kind]
        return words[int(np.searchsorted(cumulative, generator.random()))]

    def _table(self, kind: str) -> tuple[list[str], np.ndarray]:
        if kind == "la":
            words, weights = _latin_words(self.latin_dictionary)
        elif kind == "mn":
            words, weights = _mongolian_words(), None
        else:
            words, weights = _frequent_words(kind)
        weights = np.ones(len(words)) if weights is None else weights
        return words, np.cumsum(weights / weights.sum())

    def _random(self, generator: np.random.Generator) -> str:
        """A string that is no word: shuffled letters of real ones, so that letters keep their frequency."""
        letters = "".join(self.draw(generator, kind) for kind in ("en", "la", "de"))
        letters = [c for c in letters.lower() if c.isalpha()] or ["a"]
        if generator.random() < 0.3:
            letters = list("abcdefghijklmnopqrstuvwxyz")
        count = int(np.clip(generator.gamma(4.0, 1.6), 1, 14))
        return "".join(letters[int(i)] for i in generator.integers(0, len(letters), count))


def _number(generator: np.random.Generator) -> str:
    choice = generator.random()
    if choice < 0.35:
        return str(int(generator.integers(1200, 1960)))
    if choice < 0.65:
        return str(int(10 ** generator.uniform(0, 4.3)))
    if choice < 0.9:
        number = int(generator.integers(1, 32))
        suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number not in (11, 12, 13) else 0, "th")
        if suffix in ("nd", "rd") and generator.random() < 0.3:
            suffix = "d"  # 2d, 3d
        return f"{number}{suffix}"
    return "".join(generator.choice(list("ivxlcdm"), int(generator.integers(2, 7))))


@lru_cache(maxsize=16)
def _frequent_words(language: str) -> tuple[list[str], np.ndarray]:
    import wordfreq

    words = [
        w for w in wordfreq.top_n_list(language, 60000) if 1 <= len(w) <= 18 and _one_script(w, language)
    ]
    weights = np.array([wordfreq.word_frequency(w, language) for w in words]) ** FREQUENCY_EXPONENT
    return words, weights


def _one_script(word: str, language: str) -> bool:
    ranges = {"el": "GREEK", "ru": "CYRILLIC", "he": "HEBREW", "ar": "ARABIC"}
    name = ranges.get(language, "LATIN")
    return all(unicodedata.name(c, "").startswith(name) for c in word if c.isalpha()) and any(
        c.isalpha() for c in word
    )


@lru_cache(maxsize=2)
def _latin_words(dictionary: Path | None) -> tuple[list[str], np.ndarray]:
    """Inflected forms from the lemma list of Collatinus (a package of the distribution)."""
    if dictionary is None:
        raise FileNotFoundError("no Latin dictionary; run the `fonts` step first, it fetches it")
    forms: dict[str, float] = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        parts = line.split("|")
        if len(parts) < 2 or "=" not in parts[0] or line.startswith("!"):
            continue
        lemma = _plain(parts[0].split("=")[0])
        if not re.fullmatch(r"[a-zA-Z]{1,16}", lemma):
            continue
        count = re.search(r"\|(\d+)\s*$", line)
        weight = float(count.group(1)) + 1 if count else 1.0
        endings = next((e for model, e in _LATIN_ENDINGS.items() if parts[1].startswith(model)), None)
        stem = _plain(parts[2].split(",")[0]) if len(parts) > 2 and parts[2] else ""
        if not stem:
            stem = re.sub(r"(us|a|um|is|es|o|eo|io|er)$", "", lemma)
        forms[lemma] = forms.get(lemma, 0) + weight
        for ending in endings or ():
            form = stem + ending
            if len(form) <= 16:
                forms[form] = forms.get(form, 0) + weight / len(endings or (1,))
    words = sorted(forms)
    return words, np.array([forms[w] for w in words]) ** FREQUENCY_EXPONENT


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _mongolian_words() -> list[str]:
    """Letter sequences in the pattern consonant-vowel of Mongolian (shapes matter here, not meaning)."""
    generator = np.random.default_rng(5)
    consonants, vowels = "ᠨᠪᠬᠭᠮᠯᠰᠱᠲᠳᠴᠵᠶᠷ", "ᠠᠡᠢᠣᠤᠥᠦ"
    words = []
    for _ in range(4000):
        syllables = int(generator.integers(1, 5))
        word = "".join(
            str(generator.choice(list(consonants)))
            + str(generator.choice(list(vowels)))
            + (str(generator.choice(list("ᠨᠯᠷᠭᠳᠰ"))) if generator.random() < 0.3 else "")
            for _ in range(syllables)
        )
        words.append(word)
    return sorted(set(words))


def written_form(word: str, generator: np.random.Generator, has: Callable[[str], bool]) -> str:
    """The word as a scribe or printer might set it: case, long s, u/v, abbreviation stroke, punctuation.

    ``has(char)`` tells whether the font can draw a character. The label is the fold of what is written,
    so every spelling change made here is part of the label.
    """
    latin = word.isascii() or all(ord(c) < 0x250 for c in word)
    if latin and generator.random() < 0.06:
        word = word.replace("v", "u") if generator.random() < 0.6 else word.replace("u", "v", 1)
    if latin and generator.random() < 0.04:
        word = word.replace("j", "i").replace("ae", "æ" if has("æ") else "e")
    choice = generator.random()
    if choice < 0.20:
        word = word[:1].upper() + word[1:]
    elif choice < 0.24:
        word = word.upper()
    if latin and has("ſ") and generator.random() < 0.55:
        word = re.sub(r"s(?=\w)", "ſ", word)
    if latin and generator.random() < 0.05:
        word = _abbreviate(word, generator, has)
    choice = generator.random()
    if choice < 0.16:
        word += str(generator.choice(list(",.,.;:-!?'")))
    elif choice < 0.18:
        word = str(generator.choice(list("(\"'"))) + word
    return word


def _abbreviate(word: str, generator: np.random.Generator, has: Callable[[str], bool]) -> str:
    """A nasal after a vowel is written as a stroke above the vowel, as scribes did."""
    marks = {"a": "ā", "e": "ē", "i": "ī", "o": "ō", "u": "ū"}
    spots = [m.start() for m in re.finditer(r"[aeiou][nm]", word) if has(marks[word[m.start()]])]
    if not spots:
        return word
    spot = int(generator.choice(spots))
    return word[:spot] + marks[word[spot]] + word[spot + 2 :]


def label_of(written: str) -> str:
    """The unit of relevance: the folded text (other scripts: their letters in lower case)."""
    return fold_lenient(written)
