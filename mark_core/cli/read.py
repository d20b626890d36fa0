"""``read`` on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import mark_core as mark
from mark_core.cli.options import DIRECTIONS, PAGE_HELP, add_command, add_model, add_script
from mark_core.cli.pages import progress_bar, read_pages
from mark_core.errors import MarkError
from mark_core.export.reading.content import PageReading
from mark_core.export.reading.formats import READINGS, render_reading


def add_read(commands: Any) -> None:
    parser = add_command(
        commands, "read", "write what the lines of pages read, by machine and unchecked", _read, _show
    )
    parser.add_argument("pages", nargs="+", metavar="PAGE", help=PAGE_HELP)
    parser.add_argument(
        "--as",
        dest="format",
        choices=tuple(READINGS),
        default="text",
        help="plain text, PAGE XML or ALTO, the latter two with certainties (default text)",
    )
    parser.add_argument("--out", type=Path, help="file to write (default: standard output)")
    parser.add_argument("--direction", choices=DIRECTIONS, default="auto")
    add_script(parser)
    add_model(parser)


def _read(options: argparse.Namespace) -> Any:
    model = mark.load_model(options.model, options.device)
    pages = read_pages(options.pages)
    if options.out is None and len(pages) > 1 and READINGS[options.format].paged and not options.json:
        raise MarkError("Several pages make several files; give --out a name that ends in .zip.")
    readings = [
        PageReading(page, mark.read(page, model, options.direction, options.script))
        for page in progress_bar(pages, "reading", options)
    ]
    rendered = render_reading(readings, options.format)
    if options.out is not None:
        _write(options.out, rendered.data, rendered.suffix)
    if options.json:
        return [_row(one) for one in readings]
    if options.out is None:
        sys.stdout.write(rendered.data.decode())
        return None
    return {
        "file": str(options.out),
        "pages": len(readings),
        "lines": sum(len(one.lines) for one in readings),
    }


def _write(out: Path, data: bytes, suffix: str) -> None:
    if suffix == ".zip" and out.suffix.lower() != ".zip":
        raise MarkError("Several pages make several files; give --out a name that ends in .zip.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(data)
    except OSError as error:
        raise MarkError("The file {file} cannot be written there.", file=out.name) from error


def _row(one: PageReading) -> dict[str, Any]:
    return {
        "page": one.page.name,
        "number": one.page.number,
        "checked": False,
        "lines": [
            {
                "line": line.line,
                "text": line.text,
                "box": list(line.box),
                "direction": line.direction,
                "words": [
                    {
                        "text": word.text,
                        "box": list(word.box),
                        "certainties": [round(value, 3) for value in word.certainties],
                    }
                    for word in line.words
                ],
            }
            for line in one.lines
        ],
    }


def _show(result: dict[str, Any]) -> None:
    print(f"{result['lines']} lines of {result['pages']} pages in {result['file']}")
