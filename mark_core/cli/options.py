"""Options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mark_core.model.alphabet import SCRIPTS
from mark_core.retrieval.query import HELP_ABBREVIATIONS
from mark_core.retrieval.variants.abbreviations import LANGUAGES
from mark_core.segmentation.geometry import FRAMES

PAGE_HELP = "page images, PDFs, zips of these, or web addresses of IIIF manifests or images"
INDEX_HELP = "folder or FILE.mark written by `index`, or a project saved in the app"
SCRIPT_HELP = "the script that all of it is written in (default: its words tell)"
DIRECTIONS = ("auto", *FRAMES)


def add_command(
    commands: Any,
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], Any] | None,
    show: Callable[[Any], None],
) -> argparse.ArgumentParser:
    """Add a command with ``--json``.

    commands: the subparsers of argparse. text: its help, a phrase. run: takes the options and returns what ``--json``
    prints; None where steps of the command set their own. show: prints that for people.
    """
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run, show=show)
    return parser


def add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default=None, help="weights file or preset (default: the shipped weights)")
    parser.add_argument("--device", default=None, help="cuda, mps or cpu (default: the best there is)")


def add_abbreviations(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--abbreviations", choices=tuple(LANGUAGES), help=HELP_ABBREVIATIONS)


def add_segmentation(parser: argparse.ArgumentParser) -> None:
    """``--direction`` and ``--flatten``."""
    parser.add_argument("--direction", choices=DIRECTIONS, default="auto")
    parser.add_argument(
        "--flatten",
        action="store_true",
        help="look for words on flattened pages where that makes bent lines clearly straighter (photographs of books)",
    )


def add_script(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--script", choices=tuple(SCRIPTS), help=SCRIPT_HELP)


def add_boxes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--boxes",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="PAGE XML, ALTO or hOCR files whose words are taken instead of segmenting",
    )
