"""What real hands are worth: the same steps on rendered words alone, on real ones alone, and on both.

    python benchmarks/real_ink.py --lines CORPUS --init WEIGHTS [--steps 300] [--watch DATASET ...]

``--init``: weights that have seen rendered words only, from which all three rows start. Prints a Markdown table: mAP of
typed and clicked words on held-out hands and on rendered words of unseen faces and spelling, letters wrong in lines of
held-out hands, and mAP on true crops of the watched sets, which decide nothing; all by the vectors alone. Finished rows
in ``--out`` are not trained again; an interrupted row continues from its checkpoint.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mark_core.model.config import preset
from mark_core.training.learner import Recipe
from mark_core.training.real.mixture import Mixture
from mark_core.training.real.real_ink import RealInk
from mark_core.training.run import rendered_words, train, watched

LABELS = 56  # of a batch, two crops each
LINES = 28  # of a batch
ROWS = {
    "rendered only": Mixture(LABELS, 0, LINES, rendered_lines=1.0),
    "real only": Mixture(LABELS // 2, LABELS // 2, LINES, rendered_lines=0.0),
    "both": Mixture(24, LABELS - 24, LINES),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--real", type=Path, default=Path("build/real"))
    parser.add_argument("--shards", type=Path, default=Path("build/shards"))
    parser.add_argument("--init", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("runs/real-ink"))
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--watch", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    rendered = rendered_words(options.shards)
    real = RealInk.load(options.real, options.lines)
    information = {folder.name: watched(folder) for folder in options.watch}
    recipe = Recipe(
        steps=options.steps,
        labels=24,
        learning_rate=1.2e-3,
        warmup=options.steps // 10,
        decay=0.6,
        foreign=0.05,
        seed=options.seed,
    )
    table, columns = [], []
    for name, mixture in ROWS.items():
        folder = options.out / name.replace(" ", "-")
        result = folder / "result.json"
        if not result.exists():
            print(f"== {name}", flush=True)
            # of real words alone, they stand in the place of the rendered ones too
            words = (real.words, rendered[1]) if name == "real only" else rendered
            figures = train(
                words,
                folder,
                recipe,
                preset("mark-compact"),
                information,
                options.init,
                validate_every=options.steps,
                real=real,
                mixture=mixture,
            )
            result.write_text(json.dumps(figures))
        figures = json.loads(result.read_text())
        columns = list(figures)
        table.append(f"| {name} | {' | '.join(f'{figures[key]:.1f}' for key in columns)} |")
    print(f"| {options.steps} steps | {' | '.join(column.replace('_', ' ') for column in columns)} |")
    print("|" + "---|" * (len(columns) + 1))
    print("\n".join(table))


if __name__ == "__main__":
    main()
