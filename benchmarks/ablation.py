"""Ablation study: the same words, steps and seed for every row, with one change.

    python benchmarks/ablation.py --steps 1000 --watch DATASET [DATASET ...]

Prints a Markdown table: parameters, mAP on rendered words of unseen faces and spelling, and mAP on true crops of the
watched sets, all by the vectors alone. Finished rows in ``--out`` are not trained again; an interrupted row continues
from its checkpoint.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mark_core.model.config import preset
from mark_core.model.network import MarkNetwork
from mark_core.training.learner import Recipe
from mark_core.training.run import rendered_words, train, watched

# name -> (losses, settings of the preset that differ)
ROWS: dict[str, tuple[str, dict[str, object]]] = {
    "as shipped": ("contrastive", {}),
    "MLP of equal size for KAN": ("contrastive", {"adaptation": "mlp"}),
    "no adaptation": ("contrastive", {"adaptation": "none"}),
    "no PHOC gate": ("contrastive", {"gate": False}),
    "no reading head (CTC)": ("contrastive", {"ctc_head": False}),
    "no PHOC head": ("contrastive", {"phoc_head": False}),
    "CMPM for the typed words": ("cmpm", {}),
    "paper's loss (triplet, alignment)": ("mark", {}),
    "small ViT for the CNN": ("contrastive", {"clip": "mark-compact-vit"}),
    "wider CNN": ("contrastive", {"clip": "mark-compact-wide"}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=Path, default=Path("build/shards"))
    parser.add_argument("--out", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--watch", type=Path, nargs="*", default=[])
    parser.add_argument(
        "--rows", choices=ROWS, nargs="+", default=list(ROWS), metavar="ROW", help="only these"
    )
    options = parser.parse_args()
    words = rendered_words(options.shards)
    information = {folder.name: watched(folder) for folder in options.watch}
    columns: list[str] = []
    table = []
    for name in options.rows:
        losses, changes = ROWS[name]
        folder = options.out / "".join(c if c.isalnum() else "-" for c in name)
        result = folder / "result.json"
        if not result.exists():
            print(f"== {name}", flush=True)
            recipe = Recipe(steps=options.steps, losses=losses, seed=options.seed)
            config = preset("mark-compact", **changes)
            figures = train(words, folder, recipe, config, information, validate_every=options.steps)
            figures["parameters"] = sum(p.numel() for p in MarkNetwork(config).parameters()) / 1e6
            result.write_text(json.dumps(figures))
        figures = json.loads(result.read_text())
        columns = [key for key in figures if key != "parameters"]
        cells = " | ".join(f"{figures[key]:.1f}" for key in columns)
        table.append(f"| {name} | {figures['parameters']:.2f} M | {cells} |")
    print(f"| {options.steps} steps | parameters | {' | '.join(c.replace('_', ' ') for c in columns)} |")
    print("|" + "---|" * (len(columns) + 2))
    print("\n".join(table))


if __name__ == "__main__":
    main()
