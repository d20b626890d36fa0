"""The table of a comparison: mean and spread over the seeds, as Markdown, CSV and a plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mark_core.training.compare.run import FIGURES
from mark_core.training.compare.systems import PARTS, System, changes
from mark_core.whole_file import whole_file, write_whole

SPREAD = " ±"  # ends the name of a column of standard deviations


def tabulate(systems: Sequence[System], results: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """A row a system: its parts, the rows that it differs from in one part, and of every figure the mean over the seeds
    and the standard deviation (of a sample; NaN for one seed). Columns of a set are "SET, FIGURE"."""
    sets = [key for key, value in results[0].items() if isinstance(value, dict) and key != "system"]
    rows = []
    for system, changed in zip(systems, changes(systems), strict=True):
        parts = {part: getattr(system, part) for part in PARTS}
        own = [r for r in results if {part: r["system"][part] for part in PARTS} == parts]
        row: dict[str, Any] = {"system": system.name, **parts, "but for one part": changed, "seeds": len(own)}
        for name in sets:
            for figure in FIGURES:
                row |= _over_seeds(f"{name}, {figure}", [r[name][figure] for r in own])
        row["parameters"] = own[0]["parameters"]
        row |= {key: float(np.mean([r[key] for r in own])) for key in ("words a second", "steps")}
        rows.append(row)
    return pd.DataFrame(rows)


def _over_seeds(name: str, values: list[float]) -> dict[str, float]:
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    return {name: float(np.mean(values)), name + SPREAD: spread}


def to_markdown(table: pd.DataFrame) -> str:
    """The table for people: percent with one decimal, spread beside it, millions of parameters."""
    figures = [column for column in table if f"{column}{SPREAD}" in table]
    head = ["system", *PARTS, "but for one part", *figures, "parameters", "words a second", "steps"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for _, row in table.iterrows():
        cells = [row[column] for column in head[: 2 + len(PARTS)]]
        cells += [_cell(row[column], row[column + SPREAD]) for column in figures]
        cells += [f"{row['parameters'] / 1e6:.1f} M", f"{row['words a second']:.0f}", f"{row['steps']:.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(mean: float, spread: float) -> str:
    if np.isnan(mean):
        return "–"
    return f"{mean:.1f}" if np.isnan(spread) else f"{mean:.1f} ± {spread:.1f}"


def write_table(table: pd.DataFrame, out: Path) -> list[Path]:
    """Write table.md, table.csv and, where matplotlib is installed, table.png. Returns their paths."""
    files = {"table.md": to_markdown(table), "table.csv": table.to_csv(index=False)}
    for name, text in files.items():
        write_whole(out / name, text.encode())
    paths = [out / name for name in files]
    return [*paths, out / "table.png"] if _plot(table, out / "table.png") else paths


def _plot(table: pd.DataFrame, path: Path) -> bool:
    """Dots with bars of one standard deviation, a panel a set; False without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    sets = list(dict.fromkeys(str(c).rsplit(", ", 1)[0] for c in table if f"{c}{SPREAD}" in table))
    figure = Figure(figsize=(3 + 4 * len(sets), 1.6 + 0.34 * len(table)), layout="constrained")
    panels = figure.subplots(1, len(sets), sharey=True, squeeze=False)[0]
    places = np.arange(len(table))
    for panel, name in zip(panels, sets, strict=True):
        for number, (kind, mark) in enumerate(zip(FIGURES, "osD^", strict=True)):
            column = f"{name}, {kind}"
            panel.errorbar(
                table[column],
                places + 0.16 * (number - 1.5),
                xerr=table[column + SPREAD].fillna(0),
                fmt=mark,
                markersize=4,
                capsize=2,
                label=kind,
            )
        panel.set(title=name, xlim=(0, 100), xlabel="percent")
        panel.grid(axis="x", alpha=0.3)
        panel.set_yticks(places, table["system"])
    panels[0].invert_yaxis()  # shared by all panels
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(FIGURES))
    with whole_file(path) as file:
        figure.savefig(file, format="png", dpi=130)
    return True
