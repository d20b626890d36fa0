"""``index`` on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import mark_core as mark
from mark_core.cli.options import (
    PAGE_HELP,
    add_boxes,
    add_command,
    add_model,
    add_script,
    add_segmentation,
)
from mark_core.cli.pages import note_printer, print_note, progress_bar, read_pages, read_pages_with_words
from mark_core.errors import MarkError


def add_index(commands: Any) -> None:
    parser = add_command(
        commands, "index", "index pages into a folder or one file, to be searched later", _index, _show
    )
    parser.add_argument("pages", nargs="+", metavar="PAGE", help=PAGE_HELP)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the index, or FILE.mark for one file"
    )
    add_segmentation(parser)
    add_script(parser)
    add_boxes(parser)
    add_model(parser)


def build_index(options: argparse.Namespace) -> mark.WordIndex:
    """An index of the pages of the options. A page without words is left out, with a sentence on stderr.

    Raises MarkError if a file cannot be used, or no page has words.
    """
    index = mark.WordIndex(mark.load_model(options.model, options.device))
    skipped = []
    if options.boxes:
        from mark_core.export.read import words_for

        pages = read_pages(options.pages)
        words: list[Any] = words_for(pages, options.boxes, options.direction, print_note)
        given_words = list(zip(pages, words, strict=True))
    else:
        given_words = read_pages_with_words(options.pages, options.direction)
    for page, given in progress_bar(given_words, "indexing", options):
        try:
            notify = note_printer(page)
            if given is None and options.direction == "auto":
                page = index.upright(page, notify)
            index.add(
                page,
                given,
                options.direction,
                flatten=options.flatten,
                notify=notify,
                script=options.script,
            )
        except MarkError as error:
            skipped.append(f"{page.name}: {error}")
    for sentence in skipped:
        print(f"mark: {sentence}", file=sys.stderr)
    if not index.pages:
        raise MarkError("None of these pages has words that could be found.")
    return index


def _index(options: argparse.Namespace) -> dict[str, Any]:
    index = build_index(options)
    index.save(options.out)
    return {"out": str(options.out), "pages": len(index.pages), "words": len(index)}


def _show(result: dict[str, Any]) -> None:
    print(f"{result['words']} words of {result['pages']} pages in {result['out']}")
