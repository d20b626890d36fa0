"""``evaluate`` on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.cli.options import add_abbreviations, add_command, add_model, add_script
from mark_core.errors import MarkError

if TYPE_CHECKING:
    import numpy as np

    from mark_core.evaluation.retrieval import Learn
    from mark_core.model.mark import MarkModel

_DISTURBANCES = ("shadow", "stain", "skew", "perspective", "curl")
_SCRIPTS = {"arabic": "ar", "cyrillic": "ru", "greek": "el", "hebrew": "he", "mongolian": "mn"}  # of words
_PAGES = ("mongolian", "arabic")  # scripts of rendered pages
_GROUPS = 300  # rendered words of a script, each in three faces


def add_evaluate(commands: Any) -> None:
    evaluate = add_command(commands, "evaluate", "measure on pages with known words", _evaluate, _show_table)
    evaluate.add_argument(
        "--dataset",
        type=Path,
        nargs="+",
        default=[],
        help="folders with pages/ and words.csv, or with images and PAGE XML or ALTO files of the same names",
    )
    evaluate.add_argument("--split", type=Path, help="a split file of word images instead (Kanjur, Geser)")
    evaluate.add_argument("--images", type=Path, help="folder of the word images")
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
        "--rendered",
        choices=_SCRIPTS,
        nargs="+",
        default=[],
        help="measure on rendered words of a script (--only words) or boxes on rendered pages (--only boxes)",
    )
    evaluate.add_argument("--fonts", type=Path, default=Path("build/fonts"), help="fonts of what is rendered")
    add_abbreviations(evaluate)
    add_script(evaluate)
    add_model(evaluate)


def _evaluate(options: argparse.Namespace) -> list[dict[str, Any]]:
    from mark_core.evaluation.report import evaluate

    if bool(options.split) != bool(options.images):
        raise MarkError("Name both the split file (--split) and the folder of its words (--images).")
    if not (options.dataset or options.split or options.rendered):
        raise MarkError(
            "Name data sets with --dataset, a split file with --split, or a script with --rendered."
        )
    if options.only != "boxes" and options.disturb:
        raise MarkError("Disturbed pages measure boxes: add --only boxes.")
    if options.rendered and options.only not in ("words", "boxes"):
        raise MarkError("Rendered words and pages: add --only words or --only boxes.")
    if options.only == "boxes" and not set(options.rendered) <= set(_PAGES):
        raise MarkError("Pages are rendered in these scripts: {known}.", known=", ".join(_PAGES))
    if options.annotated_only and options.only == "words":
        raise MarkError(
            "True crops are all annotated: --annotated-only is for --only boxes and --only pages."
        )
    learn = None
    if options.learn:
        learn = _adaptation(options.learn, options.minutes, options.seed, options.cycles)
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
        options.abbreviations,
        options.script,
    )
    if options.split:
        rows += evaluate_split(options.split, options.images, options.model, options.device, options.script)
    if options.only == "words":
        return rows + evaluate_rendered_words(
            options.rendered, options.fonts, options.model, options.device, options.seed, options.script
        )
    return rows + evaluate_rendered(options.rendered, options.fonts)


def _adaptation(lexicon: str, minutes: float, seed: int, cycles: int | None) -> Learn:
    """A function from a model and strips to the model adapted to them, without labels; prints each cycle."""
    from mark_core.training.adapt import adapt
    from mark_core.training.lexicon import load_lexicon

    words = load_lexicon(lexicon)

    def learn(model: MarkModel, strips: Sequence[np.ndarray]) -> MarkModel:
        result = adapt(model, strips, words, minutes, seed=seed, cycles=cycles)
        for cycle in result.cycles:
            print(cycle, flush=True)
        print(result.sentence, flush=True)
        return result.model(model)

    return learn


def evaluate_split(
    listing: Path,
    images: Path,
    model: str | None = None,
    device: str | None = None,
    script: str | None = None,
) -> list[dict[str, Any]]:
    """Figures of the words that a split file names (see ``training.splits``), as a table of one row."""
    from mark_core.evaluation.report import word_figures
    from mark_core.evaluation.retrieval import evaluate_strips
    from mark_core.model.alphabet import ALPHABET, fold_lenient
    from mark_core.model.mark import load_model
    from mark_core.training.splits import read_split

    loaded = load_model(model, device)
    words = read_split(listing, images)
    strips = [words.strip(i) for i in range(len(words))]
    keys = [str(label) for label in words.labels]
    if loaded.alphabet == ALPHABET:
        keys = [fold_lenient(key) for key in keys]
    return [{"dataset": listing.stem} | word_figures(evaluate_strips(strips, keys, loaded, script=script))]


def evaluate_rendered(scripts: Sequence[str], fonts: Path, count: int = 20) -> list[dict[str, Any]]:
    """Box figures of ``count`` rendered pages of every script, keys of `synthesis.script_pages.SCRIPTS`."""
    from mark_core.evaluation.boxes import KnownPage, score_pages
    from mark_core.evaluation.report import box_figures
    from mark_core.pages.load import load_page
    from mark_core.segmentation.segment import segment
    from mark_core.training.synthesis.script_pages import SCRIPTS, draw_pages

    _need_fonts(scripts, fonts)
    rows = []
    for script in scripts:
        drawn = enumerate(draw_pages(script, fonts, count), 1)
        pages = (
            KnownPage(f"{script} {n}", load_page(page.grey), page.words, SCRIPTS[script].turned)
            for n, page in drawn
        )
        rows.append({"dataset": script, "pages": count} | box_figures(score_pages(script, pages, segment)))
    return rows


def evaluate_rendered_words(
    scripts: Sequence[str],
    fonts: Path,
    model: str | None = None,
    device: str | None = None,
    seed: int = 0,
    script: str | None = None,
    groups: int = _GROUPS,
) -> list[dict[str, Any]]:
    """Figures of ``groups`` words of every one of ``scripts``, each in several faces; training sees neither these words
    nor, where there are enough, these faces. script: that the model is told, see ``evaluate_strips``."""
    import numpy as np

    from mark_core.evaluation.report import word_figures
    from mark_core.evaluation.retrieval import evaluate_strips
    from mark_core.model.mark import load_model
    from mark_core.model.strip import to_strip
    from mark_core.training.synthesis.corpus import Corpus

    _need_fonts(scripts, fonts)
    loaded, rows = load_model(model, device), []
    for name in scripts:
        corpus, generator = Corpus(fonts, "val", _SCRIPTS[name]), np.random.default_rng(seed)
        samples = [sample for _ in range(groups) for sample in corpus.group(generator)]
        score = evaluate_strips(
            [to_strip(sample.crop) for sample in samples],
            [sample.label for sample in samples],
            loaded,
            script=script,
        )
        faces = len({sample.family for sample in samples})
        rows.append({"dataset": name, "families of faces": faces} | word_figures(score))
    return rows


def _need_fonts(scripts: Sequence[str], fonts: Path) -> None:
    """Raises MarkError if something is to be rendered without fonts."""
    if scripts and not fonts.exists():
        raise MarkError("The folder {folder} does not exist; run `train fonts` first.", folder=str(fonts))


def _show_table(rows: list[dict[str, Any]]) -> None:
    import pandas as pd

    table = pd.DataFrame(rows).set_index("dataset").T
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        print(table.to_string(na_rep="-", float_format=lambda v: f"{v:.1f}" if abs(v) >= 2 else f"{v:.3f}"))
