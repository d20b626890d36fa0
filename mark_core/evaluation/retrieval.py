"""Evaluation of word spotting on pages with known words, with true boxes and with detected boxes.

The ranking is that of a search (calibrated cosine and CTC evidence); the embedding alone is reported as well. Nothing
is fitted to the data set.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mark_core.errors import MarkError
from mark_core.evaluation.dataset import Dataset
from mark_core.evaluation.metrics import RetrievalScore, average_precision, query_by_example, query_by_string
from mark_core.model.alphabet import fold, fold_lenient, is_supported
from mark_core.model.held_out import is_held_out
from mark_core.model.mark import MarkModel
from mark_core.model.strip import to_strip
from mark_core.pages.load import load_page
from mark_core.pages.page import Page
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.indexed import index_page
from mark_core.retrieval.query import parse_query
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.snapshot import Snapshot
from mark_core.retrieval.typed import term_logits
from mark_core.segmentation.alternatives import Alternative
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.word import Word

Learn = Callable[[MarkModel, Sequence[np.ndarray]], MarkModel]  # a model and word strips -> the adapted model


@dataclass(frozen=True)
class SpottingScore:
    """mAP in percent.

    typed, clicked: QBS and QBE with the ranking of a search. *_embedding: by the vectors alone. unseen: QBS of words
    whose spelling no rendered training word has (out of vocabulary).
    """

    typed: RetrievalScore
    unseen: RetrievalScore
    clicked: RetrievalScore
    typed_embedding: RetrievalScore
    clicked_embedding: RetrievalScore
    words: int
    milliseconds_per_word: float


def relevance_keys(dataset: Dataset, column: str) -> list[str]:
    """The unit of relevance of every word: ``key`` as it is, any other column folded."""
    values = [str(v) for v in dataset.words[column]]
    return values if column.startswith("key") else [fold_lenient(v) for v in values]


def true_crops(dataset: Dataset, limit: int | None = None) -> list[np.ndarray]:
    """Grey crops of the true boxes, in the order of the table (the first ``limit`` words)."""
    crops: dict[int, np.ndarray] = {}
    table = dataset.words if limit is None else dataset.words.iloc[:limit]
    paths = {path.name: path for path in dataset.pages}
    position = {index: i for i, index in enumerate(table.index)}
    for name, rows in table.groupby("page", sort=False):
        page = load_page(paths[str(name)])
        grey = page.grey
        scaled = (rows[["x", "y", "w", "h"]] * page.scale).round().astype(int)
        for index, x, y, w, h in scaled.itertuples():
            x0, y0 = min(max(0, x), grey.shape[1] - 1), min(max(0, y), grey.shape[0] - 1)
            crops[position[index]] = grey[y0 : max(y0 + 1, y + h), x0 : max(x0 + 1, x + w)]
    return [crops[i] for i in range(len(table))]


def fold_rows(dataset: Dataset, fold: int) -> np.ndarray:
    """(M,) int64 rows of the words of a fold. Raises MarkError if the set has no such fold."""
    if "fold" not in dataset.words.columns:
        raise MarkError("The set {name} has no column “fold”.", name=dataset.name)
    rows = np.flatnonzero(dataset.words["fold"].to_numpy() == fold)
    if not len(rows):
        raise MarkError("The set {name} has no fold {fold}.", name=dataset.name, fold=fold)
    return rows


def evaluate_words(
    dataset: Dataset,
    model: MarkModel,
    column: str = "key",
    limit: int | None = None,
    learn: Learn | None = None,
    fold: int | None = None,
    abbreviations: str | None = None,
) -> SpottingScore:
    """Segmented word spotting: the gallery is all true crops, or those of a fold.

    learn: adapts the model to the crops first. Queries of QBS are the distinct keys within the alphabet; queries of QBE
    are the words whose key occurs twice.
    """
    crops = true_crops(dataset, limit)
    strips = [to_strip(crop) for crop in crops]
    keys = relevance_keys(dataset, column)[: len(crops)]
    if fold is not None:
        rows = [i for i in fold_rows(dataset, fold).tolist() if i < len(crops)]
        strips, keys = [strips[i] for i in rows], [keys[i] for i in rows]
    if learn is not None:
        model = learn(model, strips)
    return evaluate_strips(strips, keys, model, abbreviations)


def evaluate_strips(
    strips: Sequence[np.ndarray], keys: Sequence[str], model: MarkModel, abbreviations: str | None = None
) -> SpottingScore:
    """Segmented word spotting on word strips. keys: of the strips; those outside the alphabet are no QBS queries.
    abbreviations: see ``WordIndex.search``."""
    start = time.perf_counter()
    gallery = Gallery(model.encode_strips(strips))
    spent = 1000 * (time.perf_counter() - start) / max(1, len(strips))
    typed = sorted({key for key in keys if is_supported(key, model.alphabet)})
    typed_plain, typed_full = typed_scores(gallery, model, typed, abbreviations)
    clicked_plain, clicked_full = clicked_scores(gallery, model)
    unseen = [i for i, word in enumerate(typed) if is_held_out(word)]
    return SpottingScore(
        typed=query_by_string(typed_full, typed, keys, with_ndcg=True),
        unseen=query_by_string(typed_full[unseen], [typed[i] for i in unseen], keys),
        clicked=query_by_example(clicked_full, keys),
        typed_embedding=query_by_string(typed_plain, typed, keys),
        clicked_embedding=query_by_example(clicked_plain, keys),
        words=len(strips),
        milliseconds_per_word=spent,
    )


def typed_scores(
    gallery: Gallery, model: MarkModel, words: Sequence[str], abbreviations: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(Q, N) cosine and (Q, N) logits of typed words against a gallery."""
    calibration = Calibration.from_card(model.card)
    cosine = model.embed_texts(words) @ gallery.encoding.vectors.T
    full = np.empty(cosine.shape, np.float32)
    for i, word in enumerate(words):
        if abbreviations:
            (term,) = parse_query(word, alphabet=model.alphabet, abbreviations_of=abbreviations)
            full[i] = term_logits(gallery, model, calibration, term)
        else:
            full[i] = gallery.typed_logits(cosine[i], fold(word, model.alphabet), calibration)
    return cosine, full


def clicked_scores(gallery: Gallery, model: MarkModel) -> tuple[np.ndarray, np.ndarray]:
    """(N, N) cosine and logits of every word of a gallery against all."""
    calibration = Calibration.from_card(model.card)
    cosine = gallery.encoding.vectors @ gallery.encoding.vectors.T
    likeness = gallery.shapes @ gallery.shapes.T
    full = np.empty(cosine.shape, np.float32)
    for i, reading in enumerate(gallery.readings):
        full[i] = gallery.clicked_logits(cosine[i], likeness[i], reading, calibration)
    return cosine, full


@dataclass(frozen=True)
class PageScore:
    """Typed search over the project's own boxes on whole pages: mAP in percent by the rule for a right hit."""

    at_50: float
    at_25: float
    extent: float
    queries: int
    words_found: int


def evaluate_pages(
    dataset: Dataset,
    model: MarkModel,
    find: Callable[[Page], tuple[Sequence[Word], Sequence[Alternative]]],
    column: str = "key",
    learn: Learn | None = None,
) -> PageScore:
    """Page-level QBS: own words of all pages are ranked, each in the box that suits the query; a hit is right if this
    box matches a true box of that key.

    find: the words of a page and their alternatives, as ``segmentation.segment.find_words``. Each true word is counted
    once (the best-ranked box takes it), and true words without a box count as missed.
    """
    from mark_core.evaluation.boxes import likeness

    keys = np.asarray(relevance_keys(dataset, column))
    pages = dataset.words["page"].to_numpy()
    boxes = dataset.words[["x", "y", "w", "h"]].to_numpy(np.int64)
    found = []
    for path in dataset.pages:
        page = load_page(Path(path))
        found.append((path.name, page, *find(page)))
    if learn is not None:
        crops = (crop_word(page.grey, word) for _, page, words, _ in found for word in words)
        model = learn(model, [to_strip(crop) for crop in crops])
    indexed = [index_page(model, *parts) for parts in found]
    now = Snapshot(model, Calibration.from_card(model.card), {page.id: page for page in indexed})
    gallery, candidates = now.gallery, now.candidates
    typed = sorted({key for key in keys.tolist() if is_supported(key, model.alphabet)})
    scores = np.full((len(typed), len(gallery)), -np.inf)
    for row, logits in zip(scores, typed_scores(gallery, model, typed)[1], strict=True):
        best, rows = candidates.best(logits)
        row[rows] = candidates.suppress_overlaps(best, rows)
    counts = [[len(page.words) for page in indexed], [len(page.alternatives) for page in indexed]]
    home = np.concatenate([np.repeat(np.arange(len(indexed)), count) for count in counts])
    own = np.array([word.box for word in candidates.row_words], np.int64).reshape(-1, 4)
    parts: dict[str, list[Part]] = {"50": [], "25": [], "extent": []}
    for number, of_page in enumerate(indexed):
        rows, truth = np.flatnonzero(home == number), np.flatnonzero(pages == of_page.id)
        overlap, _, extent = likeness(own[rows] / of_page.page.scale, boxes[truth])
        for rule, match in {"50": overlap >= 0.5, "25": overlap >= 0.25, "extent": extent}.items():
            parts[rule].append((rows, truth, match))
    at = {rule: _page_map(scores, typed, keys, pairs) for rule, pairs in parts.items()}
    return PageScore(at["50"], at["25"], at["extent"], len(typed), candidates.words)


Part = tuple[np.ndarray, np.ndarray, np.ndarray]  # of a page: its rows, its true words, which match


def _page_map(
    scores: np.ndarray,
    typed: Sequence[str],
    keys: np.ndarray,
    parts: Sequence[Part],
) -> float:
    """mAP where every true word can be claimed by one box only, the best ranked that matches it. Scores of -inf are of
    boxes that the query does not take."""
    values = []
    for row, key in zip(scores, typed, strict=True):
        relevant = np.zeros(scores.shape[1], bool)
        for rows, truth, match in parts:
            for column in np.flatnonzero(keys[truth] == key):
                candidates = rows[match[:, column]]
                candidates = candidates[~relevant[candidates] & np.isfinite(row[candidates])]
                if len(candidates):
                    relevant[candidates[np.argmax(row[candidates])]] = True
        values.append(average_precision(row[None], relevant[None], np.array([(keys == key).sum()]))[0])
    return 100 * float(np.mean(values)) if values else float("nan")
