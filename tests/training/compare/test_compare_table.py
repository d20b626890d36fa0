"""Mean and spread over seeds, in every form the table has."""

import io

import pandas as pd
import pytest
from PIL import Image

from mark_core import MarkError
from mark_core.training.compare.budget import Budget, seconds_of
from mark_core.training.compare.run import FIGURES
from mark_core.training.compare.systems import SYSTEMS
from mark_core.training.compare.table import tabulate, to_markdown, write_table

ROWS = SYSTEMS[:2]


def result(system, seed, value):
    return {
        "system": {
            part: getattr(system, part) for part in ("name", "tower", "strings", "objective", "adaptation")
        },
        "seed": seed,
        "steps": 100 + seed,
        "parameters": 1_500_000,
        "words a second": 50.0,
        "first loss": 2.0,
        "last loss": 1.0,
        "rendered": dict.fromkeys(FIGURES, value),
        "gw": dict.fromkeys(FIGURES, value / 2),
    }


@pytest.fixture
def table():
    return tabulate(
        ROWS, [result(s, seed, 10 * (seed + 1) + 40 * n) for seed in range(3) for n, s in enumerate(ROWS)]
    )


def test_mean_and_spread(table):
    assert table["rendered, QBS known"].tolist() == [20, 60]
    assert table["rendered, QBS known ±"].tolist() == pytest.approx([10, 10])
    assert table["gw, nDCG"].tolist() == [10, 30]
    assert table["steps"].tolist() == [101, 101]
    assert table["but for one part"].tolist() == ["", "adaptation: MARK"]


def test_one_seed_has_no_spread():
    text = to_markdown(tabulate(ROWS[:1], [result(ROWS[0], 0, 12.34)]))
    assert "| 12.3 | 12.3 | 12.3 | 12.3 | 6.2 |" in text
    assert "±" not in text


def test_markdown(table):
    lines = to_markdown(table).splitlines()
    assert len(lines) == 4
    assert len({line.count("|") for line in lines}) == 1
    assert "| MARK |" in lines[2]
    assert "| 20.0 ± 10.0 |" in lines[2]
    assert "| 1.5 M | 50 | 101 |" in lines[3]


def test_figures_that_a_set_has_not(table):
    table["gw, QBS unseen"] = float("nan")
    assert "| – |" in to_markdown(table)


def test_files(table, tmp_path):
    pytest.importorskip("matplotlib")
    paths = write_table(table, tmp_path)
    assert [path.name for path in paths] == ["table.md", "table.csv", "table.png"]
    again = pd.read_csv(io.StringIO(paths[1].read_text(encoding="utf-8")))
    assert again["rendered, QBE"].tolist() == [20, 60]
    with Image.open(paths[2]) as picture:
        assert picture.width > 500


def test_without_matplotlib_there_is_no_plot(table, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    assert [path.name for path in write_table(table, tmp_path)] == ["table.md", "table.csv"]
    assert not (tmp_path / "table.png").exists()


def test_times():
    assert [seconds_of(text) for text in ("90s", "20m", "1.5h")] == [90, 1200, 5400]
    for text in ("20", "m", "-5m", "20 minutes"):
        with pytest.raises(MarkError, match="is no time"):
            seconds_of(text)


def test_a_budget_is_of_time_or_of_steps():
    assert Budget(steps=10).share(5, 100.0) == 0.5
    assert Budget(seconds=60).share(5, 15.0) == 0.25
    for wrong in (Budget, lambda: Budget(steps=0), lambda: Budget(seconds=-1)):
        with pytest.raises(MarkError, match="above zero"):
            wrong()
