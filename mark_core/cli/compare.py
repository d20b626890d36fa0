"""``compare`` on the command line: published systems trained and measured alike."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mark_core.cli.options import add_command
from mark_core.errors import MarkError


def add_compare(commands: Any) -> None:
    """Add ``compare``."""
    parser = add_command(
        commands,
        "compare",
        "train published systems on the same words for the same time and measure them alike",
        _run,
        _show,
    )
    parser.add_argument("--list", action="store_true", help="show the rows of the table and train nothing")
    parser.add_argument("--rows", nargs="+", metavar="NAME", help="only these (default: all, see --list)")
    parser.add_argument("--tower", metavar="NAME", help="the image tower of all rows, instead of their own")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument(
        "--budget", default="20m", metavar="TIME", help="processor time a row learns for: 90s, 20m, 1.5h"
    )
    budget.add_argument(
        "--steps", type=int, help="count steps instead, so that each run gives the same table"
    )
    parser.add_argument("--seeds", type=int, default=3, help="times that every row is trained (default 3)")
    parser.add_argument("--shards", type=Path, default=Path("build/shards"), help="rendered words to learn")
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        help="a data set to measure too, which nothing learns",
    )
    parser.add_argument("--batch", type=int, default=32, help="different words in a batch, two views each")
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--out", type=Path, default=Path("runs/compare"), help="goes on from what is there")


def _run(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.training.compare.budget import Budget, seconds_of
    from mark_core.training.compare.learner import Settings
    from mark_core.training.compare.run import compare, readable_words
    from mark_core.training.compare.systems import choose
    from mark_core.training.compare.table import tabulate, to_markdown, write_table
    from mark_core.training.run import rendered_words, watched

    systems = choose(options.rows, options.tower)
    if options.list:
        return {"rows": [vars(system) for system in systems]}
    if options.seeds < 1:
        raise MarkError("A comparison needs at least one seed.")
    budget = (
        Budget(seconds=seconds_of(options.budget)) if options.steps is None else Budget(steps=options.steps)
    )
    words, held_out = rendered_words(options.shards)
    sets = {"rendered": readable_words(held_out)}
    sets |= {folder.resolve().name: watched(folder) for folder in options.data}
    settings = Settings(labels=options.batch, learning_rate=options.learning_rate)
    results = compare(systems, words, sets, options.out, budget, options.seeds, settings)
    table = tabulate(systems, results)
    paths = write_table(table, options.out)
    return {"table": to_markdown(table), "files": [str(path) for path in paths], "results": results}


def _show(result: dict[str, Any]) -> None:
    if "rows" in result:
        import pandas as pd

        print(pd.DataFrame(result["rows"]).to_string(index=False))
        return
    print(result["table"])
    for path in result["files"]:
        print(path)
