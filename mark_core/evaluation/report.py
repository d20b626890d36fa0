"""One row of figures per data set, as ``evaluate`` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mark_core.errors import MarkError
from mark_core.evaluation.boxes import KnownPage, evaluate_boxes, score_pages
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.learn import Learn
from mark_core.evaluation.retrieval import evaluate_pages, evaluate_strips, evaluate_words
from mark_core.model.alphabet import ALPHABET, fold_lenient
from mark_core.pages.load import load_page
from mark_core.segmentation.segment import find_words, segment


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
) -> list[dict[str, Any]]:
    """Figures of every folder; ``only`` is "words" (true crops), "boxes", "pages" (own boxes) or None for all.

    ``learn`` adapts the model to the crops of a set before it is measured; fold: true crops of this fold only;
    disturbance: what is done to the pages before their boxes are measured, see `evaluation.disturb`; annotated_only:
    boxes and hits outside the annotated part of a page are left out, see `evaluation.annotated`. mAP in percent; box
    ratios 0..1. Raises MarkError if a folder is no data set or lacks ``column``.
    """
    from tqdm import tqdm

    from mark_core.model.mark import load_model

    loaded = None if only == "boxes" else load_model(model, device)
    rows = []
    for folder in tqdm(folders, desc="evaluating", unit="set", disable=len(folders) < 2, leave=False):
        dataset = load_dataset(folder)
        if column not in dataset.words.columns:
            raise MarkError(f"The set {dataset.name} has no column “{column}”.")
        row: dict[str, Any] = {"dataset": dataset.name, "pages": len(dataset.pages)}
        if loaded is not None and only in (None, "words"):
            row |= _words(evaluate_words(dataset, loaded, column, limit, learn, fold))
        if only in (None, "boxes"):
            row |= _boxes(
                evaluate_boxes(dataset, segment, disturbance=disturbance, annotated_only=annotated_only)
            )
        if loaded is not None and only in (None, "pages"):
            pages = evaluate_pages(dataset, loaded, find_words, column, learn, annotated_only)
            row |= {
                "own boxes QBS, extent match": pages.extent,
                "own boxes QBS, IoU .5": pages.at_50,
                "own boxes QBS, IoU .25": pages.at_25,
            }
            row |= {f"own boxes QBS, {name} letters": value for name, value in pages.by_length.items()}
        rows.append(row)
    return rows


def evaluate_split(
    listing: Path, images: Path, model: str | None = None, device: str | None = None
) -> list[dict[str, Any]]:
    """Figures of the words that a split file names (see ``training.splits``), as a table of one row."""
    from mark_core.model.mark import load_model
    from mark_core.training.splits import read_split

    loaded = load_model(model, device)
    words = read_split(listing, images)
    strips = [words.strip(i) for i in range(len(words))]
    keys = [str(label) for label in words.labels]
    if loaded.alphabet == ALPHABET:
        keys = [fold_lenient(key) for key in keys]
    return [{"dataset": listing.stem} | _words(evaluate_strips(strips, keys, loaded))]


def evaluate_rendered(scripts: Sequence[str], fonts: Path, count: int = 20) -> list[dict[str, Any]]:
    """Box figures of ``count`` rendered pages of every script, keys of `synthesis.script_pages.SCRIPTS`.

    Raises MarkError if the training fonts are not there.
    """
    from mark_core.training.synthesis.script_pages import SCRIPTS, draw_pages

    if scripts and not fonts.exists():
        raise MarkError(f"The folder {fonts} does not exist; run `train fonts` first.")
    rows = []
    for script in scripts:
        drawn = enumerate(draw_pages(script, fonts, count), 1)
        pages = (
            KnownPage(f"{script} {n}", load_page(page.grey), page.words, SCRIPTS[script].turned)
            for n, page in drawn
        )
        rows.append({"dataset": script, "pages": count} | _boxes(score_pages(script, pages, segment)))
    return rows


def _words(score: Any) -> dict[str, Any]:
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


def _boxes(report: Any) -> dict[str, Any]:
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
