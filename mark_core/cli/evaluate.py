"""``evaluate`` on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mark_core.errors import MarkError

_DISTURBANCES = ("shadow", "stain", "skew", "perspective", "curl")
_RENDERED = ("mongolian", "arabic")


def add_evaluate(
    commands: Any, make_command: Any, add_model: Callable[[argparse.ArgumentParser], None]
) -> None:
    evaluate = make_command(commands, "evaluate", "measure on pages with known words", _evaluate, _show_table)
    evaluate.add_argument(
        "--dataset",
        type=Path,
        nargs="+",
        default=[],
        help="folders with pages/ and words.csv, or with images and PAGE XML or ALTO files of the same names",
    )
    evaluate.add_argument("--split", type=Path, help="a split file of word images instead (Kanjur, Geser)")
    evaluate.add_argument("--images", type=Path, help="the folder that the split file speaks of")
    evaluate.add_argument(
        "--only", choices=("words", "boxes", "pages"), help="true crops, boxes, or own boxes of pages"
    )
    evaluate.add_argument(
        "--column", default="key", help="unit of relevance (default key; other columns are folded)"
    )
    evaluate.add_argument("--limit", type=int, help="first words of the table only (true crops)")
    evaluate.add_argument("--fold", type=int, help="true crops of this fold only (column fold)")
    evaluate.add_argument(
        "--learn",
        metavar="LEXICON",
        help="learn the hand first, from the crops alone (en, de+fr, a word list, none)",
    )
    evaluate.add_argument("--minutes", type=float, default=8.0, help="time to learn (default 8)")
    evaluate.add_argument(
        "--cycles", type=int, help="learn for so many cycles instead, the same on any machine"
    )
    evaluate.add_argument("--seed", type=int, default=0)
    evaluate.add_argument(
        "--disturb", choices=_DISTURBANCES, help="measure boxes on pages disturbed like this (--only boxes)"
    )
    evaluate.add_argument(
        "--annotated-only",
        action="store_true",
        help="leave out boxes and hits outside the hull of the known boxes of a page, widened by half a line",
    )
    evaluate.add_argument(
        "--rendered", choices=_RENDERED, nargs="+", default=[], help="measure boxes on rendered pages"
    )
    evaluate.add_argument(
        "--fonts", type=Path, default=Path("build/fonts"), help="fonts of the rendered pages"
    )
    add_model(evaluate)


def _evaluate(options: argparse.Namespace) -> list[dict[str, Any]]:
    from mark_core.evaluation.report import evaluate, evaluate_rendered, evaluate_split

    if bool(options.split) != bool(options.images):
        raise MarkError("Name both the split file (--split) and the folder of its words (--images).")
    if not (options.dataset or options.split or options.rendered):
        raise MarkError(
            "Name data sets with --dataset, a split file with --split, or a script with --rendered."
        )
    if options.only != "boxes" and (options.disturb or options.rendered):
        raise MarkError("Disturbed and rendered pages measure boxes: add --only boxes.")
    if options.annotated_only and options.only == "words":
        raise MarkError(
            "True crops are all annotated: --annotated-only is for --only boxes and --only pages."
        )
    learn = None
    if options.learn:
        from mark_core.evaluation.learn import learner

        learn = learner(options.learn, options.minutes, options.seed, options.cycles)
    rows = evaluate(
        options.dataset,
        options.only,
        options.column,
        options.limit,
        options.model,
        options.device,
        learn,
        options.disturb,
        options.fold,
        options.annotated_only,
    )
    if options.split:
        rows += evaluate_split(options.split, options.images, options.model, options.device)
    return rows + evaluate_rendered(options.rendered, options.fonts)


def _show_table(rows: list[dict[str, Any]]) -> None:
    import pandas as pd

    table = pd.DataFrame(rows).set_index("dataset").T
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        print(table.to_string(na_rep="-", float_format=lambda v: f"{v:.1f}" if abs(v) >= 2 else f"{v:.3f}"))
