from __future__ import annotations

import json
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.ui.collection.word_labels import from_rows, to_rows


def read(rows: Any) -> Any:
    return from_rows(rows, {"p1": "s9"}, "name", limit=2, letters=4)


def test_labels_are_written_and_read() -> None:
    labels = {("s1", (1, 2, 3, 4)): "Fort", ("closed", (1, 2, 3, 4)): "York"}
    rows = json.loads(json.dumps(to_rows(labels, {"s1": "p1"}, "name")))
    assert read(rows) == {("s9", (1, 2, 3, 4)): "Fort"}
    assert read([{"page": "p1", "box": [1, 2, 3, 4], "name": "Fort\nWilliam"}]) == {
        ("s9", (1, 2, 3, 4)): "Fort"
    }


@pytest.mark.parametrize(
    "rows",
    [
        7,
        [7],
        [{"page": "p2", "box": [1, 2, 3, 4], "name": "x"}],
        [{"page": "p1", "box": [1], "name": "x"}],
        [{"page": "p1", "box": [1, 2, 3, 1e999], "name": "x"}],
        [{"page": "p1", "box": [1, 2, 3, 4], "name": 7}],
        [{"page": "p1", "box": [1, 2, 3, n], "name": "x"} for n in range(3)],
    ],
)
def test_damaged_ones_are_refused(rows: Any) -> None:
    with pytest.raises(MarkError):
        read(rows)
