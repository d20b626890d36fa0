"""The encodings of N crops and the similarities of a query to all of them. No pixels are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.model.word_script import from_latin_places, script_number, to_latin_places
from mark_core.retrieval.reading.edit_distance import as_codes, distances
from mark_core.retrieval.reading.pattern import best_agreement
from mark_core.retrieval.reading.typed_words import FLOOR, agreement, best_path, pad_letters, pair_likelihood
from mark_core.retrieval.scoring import Calibration

CANDIDATES = 600  # nearest words by cosine for which the CTC likelihood is computed
CACHED = 320  # log-odds of confirmed and rejected words that are kept, each 4 bytes per word of the gallery
_BATCH = 600  # words whose CTC likelihood is computed at once


@dataclass(frozen=True)
class Gallery:
    """The encodings of N crops, and a bounded cache of log-odds by reference word (see `cache`)."""

    encoding: Encoding
    cached: dict[Any, np.ndarray] = field(default_factory=dict, compare=False)

    def __len__(self) -> int:
        return len(self.encoding)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """(T, N, 37) float32 class probabilities of every column, of the letters of its word's script; T is 0 for a
        model without a reading head."""
        return pad_letters(self.encoding.letters, self.encoding.counts)

    @cached_property
    def _paths(self) -> tuple[list[str], np.ndarray]:
        texts, log_p = best_path(self.probabilities)
        scripts = self.encoding.scripts.tolist()
        return [from_latin_places(text, script) for text, script in zip(texts, scripts, strict=True)], log_p

    @property
    def readings(self) -> list[str]:
        """Text of the reading head for every word, by its best path; may be empty."""
        return self._paths[0]

    @property
    def best(self) -> np.ndarray:
        """(N,) log-probability of the best path, which spells ``readings``."""
        return self._paths[1]

    @cached_property
    def certainties(self) -> np.ndarray:
        """(N,) confidence of the reading head in ``readings``, 0..1: probability per letter, 0 without a reading."""
        lengths = np.array([len(reading) for reading in self.readings])
        return np.where(lengths, np.exp(self.best / np.maximum(1, lengths)), 0.0)

    def cache(self, key: Any, logits: np.ndarray) -> np.ndarray:
        """Store (N,) log-odds under a key and return them. The oldest entry is dropped beyond ``CACHED``."""
        if len(self.cached) >= CACHED:
            self.cached.pop(next(iter(self.cached)), None)
        self.cached[key] = logits
        return logits

    def cosine(self, vector: np.ndarray) -> np.ndarray:
        """(D,) normalised query -> (N,) cosine in -1..1."""
        return self.encoding.vectors @ vector

    @cached_property
    def shapes(self) -> np.ndarray:
        """(N, S) float32, L2-normalised."""
        return self.encoding.shapes.astype(np.float32)

    def likeness(self, shape: np.ndarray) -> np.ndarray:
        """(S,) shape features of an example -> (N,) cosine in -1..1, 0 for a model without shape features."""
        return self.shapes @ shape.astype(np.float32)

    def candidates(self, cosine: np.ndarray) -> np.ndarray:
        """Rows of the ``CANDIDATES`` words nearest by (N,) ``cosine``."""
        if len(self) <= CANDIDATES:
            return np.arange(len(self))
        return np.argpartition(-cosine, CANDIDATES)[:CANDIDATES]

    def agreement(self, text: str, cosine: np.ndarray) -> np.ndarray:
        """(N,) evidence in -12..0 that each word reads ``text``, see ``typed_words.agreement``.

        It is computed for the candidates by (N,) ``cosine``; all others have -12, and so have all words if ``text`` is
        empty or the model has no reading head.
        """
        if not text:
            return self._no_evidence()
        script = script_number(text)
        query = "".join(to_latin_places(text, script))
        rows = self._written(self.candidates(cosine), script)
        return self._read(lambda probabilities, best: agreement(probabilities, best, query), rows)

    def pattern_agreement(self, letters: Sequence[str]) -> np.ndarray:
        """(N,) evidence in -12..0 that each word matches a pattern, see ``pattern.best_agreement``."""
        return self.best_agreement([letters], np.arange(len(self)))

    def best_agreement(self, patterns: Sequence[Sequence[str]], rows: np.ndarray) -> np.ndarray:
        """(N,) evidence in -12..0 for the best of several patterns. Rows that are not in ``rows`` have -12."""
        script = script_number([item for letters in patterns for item in letters])
        known = list(dict.fromkeys(to_latin_places(letters, script) for letters in patterns))
        return self._read(
            lambda probabilities, best: best_agreement(probabilities, best, known),
            self._written(rows, script),
        )

    def pair_agreement(self, rows: np.ndarray, queries: Sequence[str]) -> np.ndarray:
        """(P,) evidence in -12..0 that word ``rows[p]`` reads ``queries[p]``."""
        out = np.full(len(rows), FLOOR)
        scripts = np.array([script_number(query) for query in queries], np.uint8)
        same = np.flatnonzero(scripts == self.encoding.scripts[rows])
        known = ["".join(to_latin_places(queries[p], int(scripts[p]))) for p in same.tolist()]
        lengths = np.maximum(1, [len(query) for query in known])
        ratio = (pair_likelihood(self.probabilities, rows[same], known) - self.best[rows[same]]) / lengths
        out[same] = np.clip(ratio, FLOOR, 0.0)
        return out

    def _written(self, rows: np.ndarray, script: int) -> np.ndarray:
        """Those of the rows whose words are of this script: others cannot read a word of it."""
        return rows[self.encoding.scripts[rows] == script]

    def near(self, letters: Sequence[str], most: int, count: int) -> np.ndarray:
        """Rows of the words whose readings are nearest to a word, at an edit distance of 1 to ``most``.

        letters: see ``query.Term.letters``. count: at most so many rows.
        """
        distance = distances(*self._codes, letters)
        rows = np.argsort(distance, kind="stable")
        return rows[(distance[rows] > 0) & (distance[rows] <= most)][:count]

    @cached_property
    def _codes(self) -> tuple[np.ndarray, np.ndarray]:
        return as_codes(self.readings)

    def _no_evidence(self) -> np.ndarray:
        return np.full(len(self), FLOOR)

    def _read(self, read: Callable[[np.ndarray, np.ndarray], np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Apply ``read`` to batches of rows, sorted by length: a batch costs as many columns as its longest word."""
        out = self._no_evidence()
        if self.probabilities.shape[0] == 0:
            return out
        rows = rows[np.argsort(self.encoding.counts[rows], kind="stable")]
        for part in np.array_split(rows, max(1, len(rows) // _BATCH)):
            longest = int(self.encoding.counts[part].max(initial=0))
            if longest:
                out[part] = read(self.probabilities[:longest, part], self.best[part])
        return out

    def typed_logits(self, cosine: np.ndarray, word: str, calibration: Calibration) -> np.ndarray:
        """(N,) log-odds that each word matches the folded ``word``. cosine: (N,) to the embedding of the word."""
        return calibration.text_logit(cosine, self.agreement(word, cosine))

    def clicked_logits(
        self, cosine: np.ndarray, likeness: np.ndarray, reading: str, calibration: Calibration
    ) -> np.ndarray:
        """(N,) log-odds that each word is the same as an example.

        cosine, likeness: (N,) cosines to the vector and to the shape features of the example. reading: text of the
        reading head for the example, which counts as evidence too.
        """
        return calibration.example_logit(cosine, self.agreement(reading, cosine), likeness)
