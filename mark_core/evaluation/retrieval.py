"""Evaluation of word spotting on pages with known words, with true boxes and with detected boxes.

The ranking is that of a search (calibrated cosine and CTC evidence); the embedding alone is reported as well. Nothing
is fitted to the data set.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mark_core.errors import MarkError
from mark_core.evaluation.annotated import in_annotated_part
from mark_core.evaluation.boxes import likeness
from mark_core.evaluation.dataset import Dataset
from mark_core.evaluation.metrics import RetrievalScore, average_precision, query_by_example, query_by_string
from mark_core.model.alphabet import fold, fold_lenient, is_supported
from mark_core.model.held_out import is_held_out
from mark_core.model.mark import MarkModel
from mark_core.model.page_script import encode_together
from mark_core.model.strip import to_strip
from mark_core.pages.load import load_page
from mark_core.pages.page import Page
from mark_core.retrieval.explanation.explanation import QueryScores
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.indexed import index_page
from mark_core.retrieval.query import Query, parse_query
from mark_core.retrieval.scoring import Calibration
from mark_core.retrieval.snapshot import Snapshot
from mark_core.retrieval.typed import term_logits
from mark_core.segmentation.alternatives import Alternative
from mark_core.segmentation.crop import crop_word
from mark_core.segmentation.text_line import TextLine
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
    script: str | None = None,
) -> SpottingScore:
    """Segmented word spotting: the gallery is all true crops, or those of a fold.

    learn: adapts the model to the crops first. Queries of QBS are the distinct keys within the alphabet; queries of QBE
    are the words whose key occurs twice. script: see `evaluate_strips`.
    """
    crops = true_crops(dataset, limit)
    strips = [to_strip(crop) for crop in crops]
    keys = relevance_keys(dataset, column)[: len(crops)]
    if fold is not None:
        rows = [i for i in fold_rows(dataset, fold).tolist() if i < len(crops)]
        strips, keys = [strips[i] for i in rows], [keys[i] for i in rows]
    if learn is not None:
        model = learn(model, strips)
    return evaluate_strips(strips, keys, model, abbreviations, script)


def evaluate_strips(
    strips: Sequence[np.ndarray],
    keys: Sequence[str],
    model: MarkModel,
    abbreviations: str | None = None,
    script: str | None = None,
) -> SpottingScore:
    """Segmented word spotting on word strips. keys: of the strips; those outside the alphabet are no QBS queries.
    abbreviations: see ``WordIndex.search``. script: that all strips are read in; None: it is voted over them, as over
    the words of one page."""
    start = time.perf_counter()
    gallery = Gallery(encode_together(model, strips, script))
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


LENGTHS = {"1-2": (1, 2), "3-4": (3, 4), "5-7": (5, 7), "8+": (8, 10**6)}  # letters of a query


@dataclass(frozen=True)
class PageScore:
    """Typed search over the project's own boxes on whole pages: mAP in percent by the rule for a right hit.

    by_length: mAP by extent match of the queries of each number of letters, keys of ``LENGTHS``; NaN without queries.
    """

    at_50: float
    at_25: float
    extent: float
    queries: int
    words_found: int
    by_length: Mapping[str, float]


def evaluate_pages(
    dataset: Dataset,
    model: MarkModel,
    find: Callable[[Page], tuple[Sequence[Word], Sequence[Alternative], Sequence[TextLine]]],
    column: str = "key",
    learn: Learn | None = None,
    annotated_only: bool = False,
    script: str | None = None,
) -> PageScore:
    """Page-level QBS: own words of all pages are ranked, each in the box that suits the query; a hit is right if this
    box matches a true box of that key.

    find: the words of a page, their alternatives and its lines, see ``segmentation.segment.segment_page``; lines may be
    left out. Each true word is counted once (the best-ranked box takes it), and true words without a box count as
    missed. annotated_only: hits outside the annotated part of a page are left out, see `annotated`. script: that
    all pages are read in, see ``WordIndex.add``.
    """
    keys = np.asarray(relevance_keys(dataset, column))
    pages = dataset.words["page"].to_numpy()
    boxes = dataset.words[["x", "y", "w", "h"]].to_numpy(np.int64)
    found = []
    for path in dataset.pages:
        page = load_page(Path(path))
        found.append((path.name, page, *find(page)))
    if learn is not None:
        crops = (crop_word(page.grey, word) for _, page, words, *_ in found for word in words)
        model = learn(model, [to_strip(crop) for crop in crops])
    indexed = [index_page(model, *parts, script=script) for parts in found]
    now = Snapshot(model, Calibration.from_card(model.card), {page.id: page for page in indexed})
    typed = sorted({key for key in keys.tolist() if is_supported(key, model.alphabet)})
    truth = {page.id: pages == page.id for page in indexed}
    outside = _outside(now, boxes, truth) if annotated_only else np.zeros(len(now.gallery), bool)
    precisions: dict[str, list[float]] = {"50": [], "25": [], "extent": []}
    for word in typed:
        scores = now.score(Query(word))
        found_of_word = _FoundWords.of(now, scores, outside).undivided(now, scores, boxes, truth, keys, word)
        if annotated_only:
            found_of_word = found_of_word.annotated(now, boxes, truth)
        matches = found_of_word.matches(
            now, boxes, {name: rows & (keys == word) for name, rows in truth.items()}
        )
        for rule, values in precisions.items():
            values.append(_precision(found_of_word.logit, matches[rule], int((keys == word).sum())))
    each = {rule: np.array(values) for rule, values in precisions.items()}
    at = {rule: _percent(values) for rule, values in each.items()}
    letters = np.array([len(word) for word in typed])
    by_length = {
        name: _percent(each["extent"][(letters >= least) & (letters <= most)])
        for name, (least, most) in LENGTHS.items()
    }
    return PageScore(at["50"], at["25"], at["extent"], len(typed), now.candidates.words, by_length)


@dataclass(frozen=True, eq=False)
class _FoundWords:
    """What a query finds. logit: (N,) of every word of all pages, -inf for none; boxes: (N, 4) x y w h on its page, of
    pixels as they were read; home: (N,) number of its page; apart: words found in boxes that are no box of the page."""

    logit: np.ndarray
    boxes: np.ndarray
    home: np.ndarray
    apart: np.ndarray

    @classmethod
    def of(cls, now: Snapshot, scores: QueryScores, outside: np.ndarray) -> _FoundWords:
        """outside: (R,) bool, boxes of the gallery that are left out."""
        every = np.array([word.box for word in now.candidates.row_words], np.int64).reshape(-1, 4)
        rows = scores.rows[:, 0]
        boxes, logit = every[rows], np.where(outside[rows], -np.inf, scores.logit)
        apart = np.array(sorted(scores.boxes), np.int64)
        for word in apart.tolist():
            boxes[word], logit[word] = scores.boxes[word][0], scores.logit[word]
        home = np.repeat(np.arange(len(now.pages)), [len(page.words) for page in now.pages.values()])
        return cls(logit, boxes, home, apart)

    def undivided(
        self,
        now: Snapshot,
        scores: QueryScores,
        boxes: np.ndarray,
        truth: Mapping[str, np.ndarray],
        keys: np.ndarray,
        word: str,
    ) -> _FoundWords:
        """Without what was rightly found over the end of a line: ground truths count both parts as words of their
        own. What is no such word stays, in the box of its first part."""
        logit = self.logit.copy()
        names = [page.id for page in now.pages.values()]
        for number in self.apart.tolist():
            both, name = scores.boxes[number], names[int(self.home[number])]
            if len(both) == 2 and truth[name].any():
                scale = now.pages[name].page.scale
                _, _, match = likeness(np.array(both, float) / scale, boxes[truth[name]])
                one, other = (keys[truth[name]][row] for row in match)
                if any(first + second == word for first in one for second in other):
                    logit[number] = -np.inf
        return replace(self, logit=logit)

    def annotated(self, now: Snapshot, boxes: np.ndarray, truth: Mapping[str, np.ndarray]) -> _FoundWords:
        """Without what was found apart from the boxes of the page, outside the annotated part of it."""
        logit = self.logit.copy()
        for number, page in enumerate(now.pages.values()):
            mine = self.apart[self.home[self.apart] == number]
            if len(mine):
                inside = in_annotated_part(self.boxes[mine] / page.page.scale, boxes[truth[page.id]])
                logit[mine[~inside]] = -np.inf
        return replace(self, logit=logit)

    def matches(
        self, now: Snapshot, boxes: np.ndarray, truth: Mapping[str, np.ndarray]
    ) -> dict[str, list[np.ndarray]]:
        """By each rule for a right hit, the words that match each true one; truth: (M,) bool of each page."""
        out: dict[str, list[np.ndarray]] = {"50": [], "25": [], "extent": []}
        for number, page in enumerate(now.pages.values()):
            if not truth[page.id].any():
                continue
            mine = np.flatnonzero(self.home == number)
            overlap, _, extent = likeness(self.boxes[mine] / page.page.scale, boxes[truth[page.id]])
            for rule, match in {"50": overlap >= 0.5, "25": overlap >= 0.25, "extent": extent}.items():
                out[rule] += [mine[column] for column in match.T]
        return out


def _outside(now: Snapshot, boxes: np.ndarray, truth: Mapping[str, np.ndarray]) -> np.ndarray:
    """(R,) bool: boxes of the gallery outside the annotated part of their pages."""
    pages = now.pages.values()
    parts = [(page, [word.box for word in page.words]) for page in pages]
    parts += [(page, [one.word.box for one in page.alternatives]) for page in pages]
    return np.concatenate(
        [
            ~in_annotated_part(np.array(own, float).reshape(-1, 4) / page.page.scale, boxes[truth[page.id]])
            for page, own in parts
        ]
    )


def _percent(values: np.ndarray) -> float:
    return 100 * float(values.mean()) if len(values) else float("nan")


def _precision(logit: np.ndarray, matches: Sequence[np.ndarray], total: int) -> float:
    """Average precision, 0..1; every true word can be claimed by one hit only, the best ranked that matches it."""
    relevant = np.zeros(len(logit), bool)
    for candidates in matches:
        candidates = candidates[~relevant[candidates] & np.isfinite(logit[candidates])]
        if len(candidates):
            relevant[candidates[np.argmax(logit[candidates])]] = True
    return float(average_precision(logit[None], relevant[None], np.array([total]))[0])
