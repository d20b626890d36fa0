"""``segment`` on the command line."""

from __future__ import annotations

import argparse
from typing import Any

import mark_core as mark
from mark_core.cli.options import PAGE_HELP, add_command, add_segmentation
from mark_core.cli.pages import note_printer, progress_bar, read_pages


def add_segment(commands: Any) -> None:
    parser = add_command(commands, "segment", "find the words of pages", _segment, _show)
    parser.add_argument("pages", nargs="+", metavar="PAGE", help=PAGE_HELP)
    add_segmentation(parser)


def _segment(options: argparse.Namespace) -> list[dict[str, Any]]:
    return [
        {
            "page": page.name,
            "number": page.number,
            "width": page.width,
            "height": page.height,
            "words": [
                _row(word)
                for word in mark.segment(page, options.direction, options.flatten, note_printer(page))
            ],
        }
        for page in progress_bar(read_pages(options.pages), "segmenting", options)
    ]


def _row(word: mark.Word) -> dict[str, Any]:
    return {
        "box": list(word.box),
        "line": word.line,
        "order": word.order,
        "confidence": round(word.confidence, 3),
        "direction": word.direction,
    }


def _show(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['page']} page {row['number'] + 1}: {len(row['words'])} words")
        for word in row["words"]:
            x, y, w, h = word["box"]
            place = f"line {word['line'] + 1:3d}  word {word['order'] + 1:4d}"
            print(f"  {place}  x {x:5d}  y {y:5d}  w {w:5d}  h {h:5d}")
