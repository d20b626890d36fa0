"""``export`` on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mark_core.cli.options import INDEX_HELP, add_command, add_model
from mark_core.cli.pages import read_example
from mark_core.errors import MarkError
from mark_core.export.annotation import PLACEHOLDER
from mark_core.export.formats import FORMATS, render
from mark_core.whole_file import write_whole


def add_export(commands: Any) -> None:
    parser = add_command(
        commands, "export", "write the words or hits of an index for other programs", _run, _show
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "formats:\n" + "\n".join(
        f"  {name:5} {kind.title:9} {kind.description}" for name, kind in FORMATS.items()
    )
    parser.add_argument("--index", type=Path, required=True, help=INDEX_HELP)
    parser.add_argument("--format", choices=sorted(FORMATS), required=True, help="see below")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument("--text", help="export the hits of a typed word instead of all words")
    parser.add_argument(
        "--example", help="or of an example: PAGE:WORD, both counted from 1, or an image file"
    )
    parser.add_argument("--top", type=int, default=50, help="number of hits (default 50)")
    parser.add_argument(
        "--base", default=PLACEHOLDER, help="iiif: address under which the canvases are published"
    )
    add_model(parser)


def _run(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.export.extract import extract_hits, extract_words
    from mark_core.storage.index import open_index

    index = open_index(options.index, options.model, options.device)
    if options.text is None and options.example is None:
        extract = extract_words(index)
    else:
        example = read_example(options.example, index.pages)
        hits = index.search(text=options.text, example=example, top=options.top)
        extract = extract_hits(index, hits, options.text)
    rendered = render(extract, options.format, base=options.base)
    if rendered.suffix == ".zip" and options.out.suffix.lower() != ".zip":
        raise MarkError(
            "These are {count} pages, and {format} has one file for every page: "
            "give --out a name that ends in .zip.",
            count=len(extract.pages),
            format=options.format,
        )
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(options.out, rendered.data)
    except OSError as error:
        raise MarkError("The file {file} cannot be written there.", file=options.out.name) from error
    return {
        "file": str(options.out),
        "format": options.format,
        "media_type": rendered.media_type,
        "bytes": len(rendered.data),
        "pages": len(extract.pages),
        extract.kind: sum(len(page.entries) for page in extract.pages),
    }


def _show(result: dict[str, Any]) -> None:
    kind = "hits" if "hits" in result else "words"
    print(f"{result[kind]} {kind} of {result['pages']} pages in {result['file']}")
