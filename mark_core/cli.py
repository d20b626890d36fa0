"""The command line: thin wrappers over the library, a table for people and ``--json`` for machines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mark_core as mark
from mark_core.errors import MarkError

_DIRECTIONS = ("auto", "ltr", "rtl", "ttb")
_DISTURBANCES = ("shadow", "stain", "skew", "perspective")
_RENDERED = ("mongolian", "arabic")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 2 after one sentence on stderr when the input cannot be used."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        result = options.run(options)
    except MarkError as error:
        print(f"mark: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("mark: stopped", file=sys.stderr)
        return 130
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    elif result:
        options.show(result)
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mark_core", description=mark.__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    segment = _command(commands, "segment", "find the words of pages", _segment, _show_segment)
    segment.add_argument("pages", nargs="+", type=Path, help="page images or PDFs")
    segment.add_argument("--direction", choices=_DIRECTIONS, default="auto")

    search = _command(commands, "search", "search pages, or an index written by `index`", _search, _show_hits)
    search.add_argument("pages", nargs="*", type=Path, help="page images or PDFs")
    search.add_argument("--index", type=Path, help="folder written by `index`")
    search.add_argument("--text", help="a typed word")
    search.add_argument("--example", help="PAGE:WORD, both counted from 1, or an image file of one word")
    search.add_argument("--top", type=int, default=20, help="number of hits (default 20)")
    search.add_argument("--direction", choices=_DIRECTIONS, default="auto")
    _add_model(search)

    index = _command(
        commands, "index", "index pages into a folder, to be searched later", _index, _show_index
    )
    index.add_argument("pages", nargs="+", type=Path, help="page images or PDFs")
    index.add_argument("--out", type=Path, required=True, help="folder of the index")
    index.add_argument("--direction", choices=_DIRECTIONS, default="auto")
    _add_model(index)

    evaluate = _command(commands, "evaluate", "measure on pages with known words", _evaluate, _show_table)
    evaluate.add_argument(
        "--dataset", type=Path, nargs="+", default=[], help="folders with pages/ and words.csv"
    )
    evaluate.add_argument(
        "--only", choices=("words", "boxes", "pages"), help="true crops, boxes, or own boxes of pages"
    )
    evaluate.add_argument(
        "--column", default="key", help="unit of relevance (default key; other columns are folded)"
    )
    evaluate.add_argument("--limit", type=int, help="first words of the table only (true crops)")
    evaluate.add_argument(
        "--disturb", choices=_DISTURBANCES, help="measure boxes on pages disturbed like this (--only boxes)"
    )
    evaluate.add_argument(
        "--rendered", choices=_RENDERED, nargs="+", default=[], help="measure boxes on rendered pages"
    )
    evaluate.add_argument(
        "--fonts", type=Path, default=Path("build/fonts"), help="fonts of the rendered pages"
    )
    _add_model(evaluate)

    from mark_core.training.command import add_train

    add_train(commands, _command)
    return parser


def _command(commands: Any, name: str, text: str, run: Any, show: Any) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run, show=show)
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default=None, help="weights file or preset (default: the shipped weights)")
    parser.add_argument("--device", default=None, help="cuda, mps or cpu (default: the best there is)")


def _pages(paths: Sequence[Path]) -> list[mark.Page]:
    return [page for path in paths for page in mark.load_pages(path)]


def _segment(options: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for page in _progress(_pages(options.pages), "segmenting", options):
        words = mark.segment(page, direction=options.direction)
        rows.append(
            {
                "page": page.name,
                "number": page.number,
                "width": page.width,
                "height": page.height,
                "words": [
                    {
                        "box": list(w.box),
                        "line": w.line,
                        "order": w.order,
                        "confidence": round(w.confidence, 3),
                        "direction": w.direction,
                    }
                    for w in words
                ],
            }
        )
    return rows


def _show_segment(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['page']} page {row['number'] + 1}: {len(row['words'])} words")
        for word in row["words"]:
            x, y, w, h = word["box"]
            place = f"line {word['line'] + 1:3d}  word {word['order'] + 1:4d}"
            print(f"  {place}  x {x:5d}  y {y:5d}  w {w:5d}  h {h:5d}")


def _build_index(options: argparse.Namespace) -> mark.WordIndex:
    model = mark.load_model(options.model, options.device)
    index = mark.WordIndex(model)
    skipped = []
    for page in _progress(_pages(options.pages), "indexing", options):
        try:
            index.add(page, direction=options.direction)
        except MarkError as error:
            skipped.append(f"{page.name}: {error}")
    for sentence in skipped:
        print(f"mark: {sentence}", file=sys.stderr)
    if not index.pages:
        raise MarkError("None of these pages has words that could be found.")
    return index


def _index(options: argparse.Namespace) -> dict[str, Any]:
    index = _build_index(options)
    index.save(options.out)
    return {"folder": str(options.out), "pages": len(index.pages), "words": len(index)}


def _show_index(result: dict[str, Any]) -> None:
    print(f"{result['words']} words of {result['pages']} pages in {result['folder']}")


def _search(options: argparse.Namespace) -> list[dict[str, Any]]:
    if bool(options.pages) == bool(options.index):
        raise MarkError("Name the pages to search, or an index with --index, and not both.")
    if options.index:
        index = mark.WordIndex.load(options.index, mark.load_model(options.model, options.device))
    else:
        index = _build_index(options)
    pages = index.pages
    hits = index.search(text=options.text, example=_example(options.example, pages), top=options.top)
    names = {page.id: page.page for page in pages}
    return [
        {
            "rank": h.rank,
            "score": round(h.score, 4),
            "page": names[h.page].name,
            "number": names[h.page].number,
            "line": h.line,
            "word": h.word,
            "box": list(h.box),
            "reads": h.reads,
        }
        for h in hits
    ]


def _example(value: str | None, pages: Sequence[Any]) -> Any:
    if value is None:
        return None
    page, _, word = value.partition(":")
    if page.isdigit() and word.isdigit():
        if not 1 <= int(page) <= len(pages):
            raise MarkError(f"There is no page {page}; the collection has {len(pages)}.")
        return pages[int(page) - 1].id, int(word) - 1
    return mark.load_page(value).grey


def _show_hits(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        x, y, w, h = row["box"]
        place = f"{row['page']} page {row['number'] + 1} line {row['line'] + 1} word {row['word'] + 1}"
        box = f"x {x} y {y} w {w} h {h}"
        print(f"{row['rank']:4d}  {100 * row['score']:5.1f} %  {place}  {box}  reads “{row['reads']}”")


def _evaluate(options: argparse.Namespace) -> list[dict[str, Any]]:
    from mark_core.evaluation.report import evaluate, evaluate_rendered

    if not options.dataset and not options.rendered:
        raise MarkError("Name a data set with --dataset, or a script with --rendered.")
    if options.only != "boxes" and (options.disturb or options.rendered):
        raise MarkError("Disturbed and rendered pages measure boxes: add --only boxes.")
    rows = evaluate(
        options.dataset,
        options.only,
        options.column,
        options.limit,
        options.model,
        options.device,
        options.disturb,
    )
    return rows + evaluate_rendered(options.rendered, options.fonts)


def _show_table(rows: list[dict[str, Any]]) -> None:
    import pandas as pd

    table = pd.DataFrame(rows).set_index("dataset").T
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        print(table.to_string(na_rep="-", float_format=lambda v: f"{v:.1f}" if abs(v) >= 2 else f"{v:.3f}"))


def _progress(items: list[Any], text: str, options: argparse.Namespace) -> Any:
    from tqdm import tqdm

    return tqdm(items, desc=text, unit="page", disable=len(items) < 2 or options.json, leave=False)
