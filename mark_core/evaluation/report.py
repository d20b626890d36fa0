"""The table of figures of ``evaluate``: one row per data set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mark_core.errors import MarkError
from mark_core.evaluation.boxes import BoxReport, evaluate_boxes
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.retrieval import Learn, SpottingScore, evaluate_pages, evaluate_words
from mark_core.pages.page import Page
from mark_core.segmentation.alternatives import Alternative
from mark_core.segmentation.segment import segment, segment_page
from mark_core.segmentation.text_line import TextLine
from mark_core.segmentation.word import Word


def evaluate(
    folders: Sequence[Path],
    only: str | None = None,
    column: str = "key",
    limit: int | None = None,
    model: str | None = None,
    device: str | None = None,
    learn: Learn | None = None,
    disturbance: str | None = None,
    fold: int | None = None,
    annotated_only: bool = False,
    abbreviations: str | None = None,
    script: str | None = None,
) -> list[dict[str, Any]]:
    """Figures of every folder; ``only`` is "words" (true crops), "boxes", "pages" (own boxes) or None for all.

    ``learn`` adapts the model to the crops of a set before it is measured; fold: true crops of this fold only;
    disturbance: what is done to the pages before their boxes are measured, see `evaluation.disturb`; annotated_only:
    boxes and hits outside the annotated part of a page are left out, see `evaluation.annotated`; abbreviations: see
    ``WordIndex.search``, of true crops; script: that true crops and pages are read in, see ``WordIndex.add``. mAP in
    percent; box ratios 0..1. Raises MarkError if a folder is no data set or lacks ``column``.
    """
    from tqdm import tqdm

    from mark_core.model.mark import load_model

    loaded = None if only == "boxes" else load_model(model, device)
    rows = []
    for folder in tqdm(folders, desc="evaluating", unit="set", disable=len(folders) < 2, leave=False):
        dataset = load_dataset(folder)
        if column not in dataset.words.columns:
            raise MarkError("The set {name} has no column “{column}”.", name=dataset.name, column=column)
        row: dict[str, Any] = {"dataset": dataset.name, "pages": len(dataset.pages)}
        if loaded is not None and only in (None, "words"):
            row |= word_figures(
                evaluate_words(dataset, loaded, column, limit, learn, fold, abbreviations, script)
            )
        if only in (None, "boxes"):
            row |= box_figures(
                evaluate_boxes(dataset, segment, disturbance=disturbance, annotated_only=annotated_only)
            )
        if loaded is not None and only in (None, "pages"):
            pages = evaluate_pages(dataset, loaded, _find, column, learn, annotated_only, script)
            row |= {
                "own boxes QBS, extent match": pages.extent,
                "own boxes QBS, IoU .5": pages.at_50,
                "own boxes QBS, IoU .25": pages.at_25,
            }
            row |= {f"own boxes QBS, {name} letters": value for name, value in pages.by_length.items()}
        rows.append(row)
    return rows


def word_figures(score: SpottingScore) -> dict[str, Any]:
    """Columns of the table for segmented word spotting: mAP and nDCG in percent."""
    return {
        "words": score.words,
        "QBS": score.typed.unique,
        "QBS, weighted": score.typed.weighted,
        "QBS nDCG": score.typed.ndcg,
        "QBS, unseen spelling": score.unseen.unique,
        "QBE": score.clicked.weighted,
        "QBE, unique": score.clicked.unique,
        "QBS, vectors alone": score.typed_embedding.unique,
        "QBE, vectors alone": score.clicked_embedding.weighted,
        "ms a word": score.milliseconds_per_word,
    }


def box_figures(report: BoxReport) -> dict[str, Any]:
    """Columns of the table for boxes: ratios 0..1, counts, milliseconds a page."""
    total = report.total
    return {
        "box F1, IoU .5": total.iou50.f1,
        "box recall, IoU .5": total.iou50.recall,
        "box precision, IoU .5": total.iou50.precision,
        "box recall, IoU .25": total.iou25.recall,
        "box F1, extent match": total.extent.f1,
        "splits": total.splits,
        "merges": total.merges,
        "ms a page": report.ms_per_page,
    }


def _find(page: Page) -> tuple[Sequence[Word], Sequence[Alternative], Sequence[TextLine]]:
    found = segment_page(page)
    return found.words, found.alternatives, found.lines
