"""``search`` on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import mark_core as mark
from mark_core.cli.index import build_index
from mark_core.cli.list_search import hit_row, search_list_command, show_list
from mark_core.cli.options import (
    INDEX_HELP,
    PAGE_HELP,
    add_abbreviations,
    add_boxes,
    add_command,
    add_model,
    add_script,
    add_segmentation,
)
from mark_core.cli.pages import read_example
from mark_core.errors import MarkError
from mark_core.retrieval.query import HELP, HELP_VARIANTS


def add_search(commands: Any) -> None:
    parser = add_command(commands, "search", "search pages, or an index written by `index`", _search, _show)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=PAGE_HELP)
    parser.add_argument("--index", type=Path, help=INDEX_HELP)
    parser.add_argument(
        "--text",
        help="a word, a phrase, a pattern with * and ?, or word~1 (one letter may differ): see below",
    )
    parser.add_argument("--variants", action="store_true", help=HELP_VARIANTS)
    add_abbreviations(parser)
    parser.add_argument("--example", help="PAGE:WORD, both counted from 1, or an image file of one word")
    parser.add_argument(
        "--list",
        type=Path,
        metavar="FILE",
        help="look up every line of a text file instead: how often each is found, and where best",
    )
    parser.add_argument(
        "--threshold",
        type=float,
        default=0.5,
        help="--list: probability from which a hit counts (default 0.5)",
    )
    parser.add_argument(
        "--weight",
        type=float,
        help="with --text and --example: how much the example counts, 0 to 1 (default: as learnt)",
    )
    parser.add_argument("--top", type=int, default=20, help="number of hits (default 20)")
    add_segmentation(parser)
    add_script(parser)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "what --text may be:\n" + "".join(f"  {query:18}  {text}\n" for query, text in HELP)
    add_boxes(parser)
    add_model(parser)


def _search(options: argparse.Namespace) -> list[dict[str, Any]]:
    index = _index_of(options)
    if options.list is not None:
        options.show = show_list
        return search_list_command(options, index)
    pages = index.pages
    hits = index.search(
        text=options.text,
        example=read_example(options.example, pages),
        top=options.top,
        variants=options.variants,
        abbreviations=options.abbreviations,
        example_weight=options.weight,
    )
    if options.text and options.text.strip():
        from mark_core.retrieval.unread_script import unread_notice

        notice = unread_notice(options.text, [page.encoding for page in pages])
        if notice is not None:
            print(f"mark: {notice}", file=sys.stderr)
    names = {page.id: page.page for page in pages}
    return [
        {
            "rank": hit.rank,
            **hit_row(hit, names[hit.page]),
            "boxes": [list(box) for box in hit.boxes],
            "weight": None if hit.example_weight is None else round(hit.example_weight, 3),
        }
        for hit in hits
    ]


def _index_of(options: argparse.Namespace) -> mark.WordIndex:
    if bool(options.pages) == bool(options.index):
        raise MarkError("Name the pages to search, or an index with --index, and not both.")
    if not options.index:
        return build_index(options)
    if options.boxes:
        raise MarkError("An index has its boxes already; --boxes goes with pages.")
    from mark_core.storage.index import open_index

    return open_index(options.index, options.model, options.device)


def _show(rows: list[dict[str, Any]]) -> None:
    if rows and rows[0]["weight"] is not None:
        print(f"the example counts {rows[0]['weight']:.0%}, the typed word the rest (--weight changes it)")
    for row in rows:
        x, y, w, h = row["box"]
        place = f"{row['page']} page {row['number'] + 1} line {row['line'] + 1} word {row['word'] + 1}"
        box = f"x {x} y {y} w {w} h {h}"
        print(f"{row['rank']:4d}  {100 * row['score']:5.1f} %  {place}  {box}  reads “{row['reads']}”")
