"""The command line: thin wrappers over the library, a table for people and ``--json`` for machines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mark_core as mark
from mark_core.errors import MarkError
from mark_core.retrieval.query import HELP, HELP_VARIANTS
from mark_core.segmentation.geometry import FRAMES

_PAGE_HELP = "page images, PDFs, zips of these, or web addresses of IIIF manifests or images"
_FAILURES = 3  # pages of one address in a row that cannot be fetched, before the rest is given up
_DIRECTIONS = ("auto", *FRAMES)


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
    parser = argparse.ArgumentParser(prog="mark", description=mark.__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    segment = _command(commands, "segment", "find the words of pages", _segment, _show_segment)
    segment.add_argument("pages", nargs="+", metavar="PAGE", help=_PAGE_HELP)
    segment.add_argument("--direction", choices=_DIRECTIONS, default="auto")
    _add_flatten(segment)

    search = _command(commands, "search", "search pages, or an index written by `index`", _search, _show_hits)
    search.add_argument("pages", nargs="*", metavar="PAGE", help=_PAGE_HELP)
    search.add_argument(
        "--index", type=Path, help="folder or FILE.mark written by `index`, or a project saved in the app"
    )
    search.add_argument(
        "--text",
        help="a word, a phrase, a pattern with * and ?, or word~1 (one letter may differ): see below",
    )
    search.add_argument("--variants", action="store_true", help=HELP_VARIANTS)
    search.add_argument("--example", help="PAGE:WORD, both counted from 1, or an image file of one word")
    search.add_argument(
        "--list",
        type=Path,
        metavar="FILE",
        help="look up every line of a text file instead: how often each is found, and where best",
    )
    search.add_argument(
        "--threshold",
        type=float,
        default=0.5,
        help="--list: probability from which a hit counts (default 0.5)",
    )
    search.add_argument(
        "--weight",
        type=float,
        help="with --text and --example: how much the example counts, 0 to 1 (default: as learnt)",
    )
    search.add_argument("--top", type=int, default=20, help="number of hits (default 20)")
    search.add_argument("--direction", choices=_DIRECTIONS, default="auto")
    _add_flatten(search)
    search.formatter_class = argparse.RawDescriptionHelpFormatter
    search.epilog = "what --text may be:\n" + "".join(f"  {typed:18}  {told}\n" for typed, told in HELP)
    _add_boxes(search)
    _add_model(search)

    index = _command(
        commands, "index", "index pages into a folder or one file, to be searched later", _index, _show_index
    )
    index.add_argument("pages", nargs="+", metavar="PAGE", help=_PAGE_HELP)
    index.add_argument(
        "--out", type=Path, required=True, help="folder of the index, or FILE.mark for one file"
    )
    index.add_argument("--direction", choices=_DIRECTIONS, default="auto")
    _add_flatten(index)
    _add_boxes(index)
    _add_model(index)

    from mark_core.cli.adapt import add_adapt
    from mark_core.cli.app import add_app
    from mark_core.cli.evaluate import add_evaluate
    from mark_core.cli.export import add_export
    from mark_core.cli.train import add_train

    add_evaluate(commands, _command, _add_model)
    add_export(commands, _command, _add_model, _example)
    add_train(commands, _command)
    add_adapt(commands, _command)
    add_app(commands, _command)
    return parser


def _command(commands: Any, name: str, text: str, run: Any, show: Any) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run, show=show)
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default=None, help="weights file or preset (default: the shipped weights)")
    parser.add_argument("--device", default=None, help="cuda, mps or cpu (default: the best there is)")


def _add_flatten(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--flatten",
        action="store_true",
        help="look for words on flattened pages where that makes bent lines clearly straighter (photographs of books)",
    )


def _tell(page: mark.Page) -> Callable[[str], None]:
    """Says a sentence about a page on stderr."""
    return lambda sentence: print(f"mark: {page.name}: {sentence}", file=sys.stderr)


def _add_boxes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--boxes",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="PAGE XML, ALTO or hOCR files whose words are taken instead of segmenting",
    )


def _pages(sources: Sequence[str]) -> list[mark.Page]:
    """All pages of files and web addresses."""
    from mark_core.pages.iiif import is_url

    pages: list[mark.Page] = []
    for source in sources:
        pages += _fetched(source) if is_url(source) else mark.load_pages(source)
    return pages


def _fetched(url: str) -> list[mark.Page]:
    """Pages of a web address. One that cannot be fetched costs a sentence on stderr and leaves the others."""
    from tqdm import tqdm

    pages: list[mark.Page] = []
    failures = 0
    with tqdm(desc="fetching", unit="page", disable=None, leave=False) as bar:

        def progress(done: int, total: int, label: str) -> None:
            bar.total = total
            bar.set_postfix_str(label)
            bar.update(done - bar.n)

        iterator = mark.iiif_pages(url, progress)
        while True:
            try:
                pages.append(next(iterator))
                failures = 0
            except StopIteration:
                break
            except MarkError as error:
                failures += 1
                if failures == _FAILURES:
                    raise
                bar.clear()
                print(f"mark: {error}", file=sys.stderr)
    if not pages:
        raise MarkError("No page could be fetched from this address.")
    return pages


def _segment(options: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for page in _progress(_pages(options.pages), "segmenting", options):
        words = mark.segment(page, options.direction, options.flatten, _tell(page))
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
    pages = _pages(options.pages)
    words: list[Any] = [None] * len(pages)
    if options.boxes:
        from mark_core.export.read import words_for

        words = words_for(pages, options.boxes)
    for page, given in _progress(list(zip(pages, words, strict=True)), "indexing", options):
        try:
            index.add(page, given, options.direction, flatten=options.flatten, notify=_tell(page))
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
    return {"out": str(options.out), "pages": len(index.pages), "words": len(index)}


def _show_index(result: dict[str, Any]) -> None:
    print(f"{result['words']} words of {result['pages']} pages in {result['out']}")


def _search(options: argparse.Namespace) -> list[dict[str, Any]]:
    if bool(options.pages) == bool(options.index):
        raise MarkError("Name the pages to search, or an index with --index, and not both.")
    if options.index and options.boxes:
        raise MarkError("An index has its boxes already; --boxes goes with pages.")
    if options.index:
        from mark_core.storage.folder import open_index

        index = open_index(options.index, options.model, options.device)
    else:
        index = _build_index(options)
    from mark_core.cli.list_search import hit_row, search_list_command, show_list

    if options.list is not None:
        options.show = show_list
        return search_list_command(options, index)
    pages = index.pages
    hits = index.search(
        text=options.text,
        example=_example(options.example, pages),
        top=options.top,
        variants=options.variants,
        example_weight=options.weight,
    )
    names = {page.id: page.page for page in pages}
    return [
        {
            "rank": h.rank,
            **hit_row(h, names[h.page]),
            "boxes": [list(box) for box in h.boxes],
            "weight": None if h.example_weight is None else round(h.example_weight, 3),
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
    if rows and rows[0]["weight"] is not None:
        print(f"the example counts {rows[0]['weight']:.0%}, the typed word the rest (--weight changes it)")
    for row in rows:
        x, y, w, h = row["box"]
        place = f"{row['page']} page {row['number'] + 1} line {row['line'] + 1} word {row['word'] + 1}"
        box = f"x {x} y {y} w {w} h {h}"
        print(f"{row['rank']:4d}  {100 * row['score']:5.1f} %  {place}  {box}  reads “{row['reads']}”")


def _progress(items: list[Any], text: str, options: argparse.Namespace) -> Any:
    from tqdm import tqdm

    return tqdm(items, desc=text, unit="page", disable=len(items) < 2 or options.json, leave=False)
