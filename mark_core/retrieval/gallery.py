"""Everything known about N words, ready to be searched without touching their pixels again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.model.word_script import from_latin_places, script_number, to_latin_places
from mark_core.retrieval.edit_distance import as_codes, distances
from mark_core.retrieval.pattern import best_agreement
from mark_core.retrieval.reading import FLOOR, agreement, best_path, pad_letters, pair_likelihood
from mark_core.retrieval.scoring import Calibration

CANDIDATES = 600  # words that are read for a query: reading costs, and beyond these it decides nothing
REMEMBERED = 320  # log-odds of judged words that are kept, each 4 bytes a word of the gallery
_TOGETHER = 600  # words read at once


@dataclass(frozen=True)
class Gallery:
    """The encodings of N words."""

    encoding: Encoding
    remembered: dict[Any, np.ndarray] = field(default_factory=dict, compare=False)

    def __len__(self) -> int:
        return len(self.encoding)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """(T, N, 37) float32 letters of every column, each of its word's script; T is 0 without a reading head."""
        return pad_letters(self.encoding.letters, self.encoding.counts)

    @cached_property
    def _paths(self) -> tuple[list[str], np.ndarray]:
        texts, log_p = best_path(self.probabilities)
        scripts = self.encoding.scripts.tolist()
        return [from_latin_places(text, script) for text, script in zip(texts, scripts, strict=True)], log_p

    @property
    def readings(self) -> list[str]:
        """What the reading head makes of every word; may be empty."""
        return self._paths[0]

    @property
    def best(self) -> np.ndarray:
        """(N,) log-probability of the path that ``readings`` spell."""
        return self._paths[1]

    @cached_property
    def certainties(self) -> np.ndarray:
        """(N,) how sure the reading head is of ``readings``, 0..1: their probability per letter, 0 for none."""
        lengths = np.array([len(reading) for reading in self.readings])
        return np.where(lengths, np.exp(self.best / np.maximum(1, lengths)), 0.0)

    def remember(self, key: Any, logits: np.ndarray) -> np.ndarray:
        """Keeps (N,) log-odds that may be asked for again, the last ones of many, and returns them."""
        if len(self.remembered) >= REMEMBERED:
            self.remembered.pop(next(iter(self.remembered)), None)
        self.remembered[key] = logits
        return logits

    def cosine(self, vector: np.ndarray) -> np.ndarray:
        """(D,) normalised query -> (N,) cosine in -1..1."""
        return self.encoding.vectors @ vector

    @cached_property
    def shapes(self) -> np.ndarray:
        """(N, S) float32, L2-normalised."""
        return self.encoding.shapes.astype(np.float32)

    def likeness(self, shape: np.ndarray) -> np.ndarray:
        """(S,) shape of an example -> (N,) cosine in -1..1, 0 for a model without shapes."""
        return self.shapes @ shape.astype(np.float32)

    def candidates(self, cosine: np.ndarray) -> np.ndarray:
        """Rows of the ``CANDIDATES`` words nearest by ``cosine``: only they are read for a word."""
        if len(self) <= CANDIDATES:
            return np.arange(len(self))
        return np.argpartition(-cosine, CANDIDATES)[:CANDIDATES]

    def agreement(self, text: str, cosine: np.ndarray) -> np.ndarray:
        """(N,) evidence in -12..0 that a word reads ``text``.

        Words that are no candidates, and all words if the model does not read or ``text`` is empty, count as not
        reading it at all.
        """
        if not text:
            return self._nothing()
        script = script_number(text)
        query = "".join(to_latin_places(text, script))
        return self._read(
            lambda *near: agreement(*near, query), self._written(self.candidates(cosine), script)
        )

    def pattern_agreement(self, letters: Sequence[str]) -> np.ndarray:
        """(N,) evidence in -12..0 that a word spells the letters of a query term."""
        return self.best_agreement([letters], np.arange(len(self)))

    def best_agreement(self, patterns: Sequence[Sequence[str]], rows: np.ndarray) -> np.ndarray:
        """(N,) the same for whichever of the patterns a word spells best; only ``rows`` are read."""
        script = script_number([item for letters in patterns for item in letters])
        known = list(dict.fromkeys(to_latin_places(letters, script) for letters in patterns))
        return self._read(lambda *near: best_agreement(*near, known), self._written(rows, script))

    def pair_agreement(self, rows: np.ndarray, queries: Sequence[str]) -> np.ndarray:
        """(P,) evidence in -12..0 that word ``rows[p]`` reads ``queries[p]``."""
        out = np.full(len(rows), FLOOR)
        scripts = np.array([script_number(query) for query in queries], np.uint8)
        same = np.flatnonzero(scripts == self.encoding.scripts[rows])
        known = ["".join(to_latin_places(queries[p], int(scripts[p]))) for p in same]
        lengths = np.maximum(1, [len(query) for query in known])
        ratio = (pair_likelihood(self.probabilities, rows[same], known) - self.best[rows[same]]) / lengths
        out[same] = np.clip(ratio, FLOOR, 0.0)
        return out

    def _written(self, rows: np.ndarray, script: int) -> np.ndarray:
        """Those of the rows whose words are of this script: others cannot read a word of it."""
        return rows[self.encoding.scripts[rows] == script]

    def near(self, letters: Sequence[str], most: int, count: int) -> np.ndarray:
        """Rows of the at most ``count`` words whose readings differ from a word least, but by at least one letter and
        at most ``most``."""
        distance = distances(*self._codes, letters)
        rows = np.argsort(distance, kind="stable")
        return rows[(distance[rows] > 0) & (distance[rows] <= most)][:count]

    @cached_property
    def _codes(self) -> tuple[np.ndarray, np.ndarray]:
        return as_codes(self.readings)

    def _nothing(self) -> np.ndarray:
        return np.full(len(self), FLOOR)

    def _read(self, read: Callable[[np.ndarray, np.ndarray], np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Words of like length are read together, because every one costs as many columns as the longest."""
        out = self._nothing()
        if self.probabilities.shape[0] == 0:
            return out
        rows = rows[np.argsort(self.encoding.counts[rows], kind="stable")]
        for part in np.array_split(rows, max(1, len(rows) // _TOGETHER)):
            longest = int(self.encoding.counts[part].max(initial=0))
            if longest:
                out[part] = read(self.probabilities[:longest, part], self.best[part])
        return out

    def typed_logits(self, cosine: np.ndarray, word: str, calibration: Calibration) -> np.ndarray:
        """(N,) log-odds that each word is the folded ``word``, whose vector has these cosines."""
        return calibration.text_logit(cosine, self.agreement(word, cosine))

    def clicked_logits(
        self, cosine: np.ndarray, likeness: np.ndarray, reading: str, calibration: Calibration
    ) -> np.ndarray:
        """(N,) log-odds that each word is that of a crop with these cosines and likenesses, which reads ``reading``.

        What the crop reads is evidence too: the others are asked whether they read the same.
        """
        return calibration.example_logit(cosine, self.agreement(reading, cosine), likeness)
