"""The command line: thin wrappers over the library, a table for people and ``--json`` for machines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

import mark_core as mark
from mark_core.cli.adapt import add_adapt
from mark_core.cli.app import add_app
from mark_core.cli.compare import add_compare
from mark_core.cli.evaluate import add_evaluate
from mark_core.cli.export import add_export
from mark_core.cli.index import add_index
from mark_core.cli.read import add_read
from mark_core.cli.search import add_search
from mark_core.cli.segment import add_segment
from mark_core.cli.train import add_train
from mark_core.errors import MarkError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 2 after one sentence on stderr when the input cannot be used."""
    options = build_parser().parse_args(arguments)
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
    """The parser of all commands. Each command sets ``run`` and ``show``, see `options.add_command`."""
    parser = argparse.ArgumentParser(prog="mark", description=mark.__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for add in (
        add_segment,
        add_search,
        add_read,
        add_index,
        add_evaluate,
        add_compare,
        add_export,
        add_train,
        add_adapt,
        add_app,
    ):
        add(commands)
    return parser
