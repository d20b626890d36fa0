from __future__ import annotations

import csv
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from mark_core.ui.desk import Desk
from mark_core.ui.trouble import TROUBLE

from mark_core.ui import lists

from .fakes import FakeIndex
from .test_desk import arrive, event, upload


def opened(desk: Desk) -> tuple[str, dict[str, Any]]:
    key, _ = arrive(desk)
    return key, list(desk.add(key, event(files=[upload(desk, "b.png")], direction="auto")))[-1]


def look_up(desk: Desk, key: str, **data: Any) -> list[dict[str, Any]]:
    asked = {"seq": 2, "terms": "one\ntwo", "threshold": 50} | data
    return [view["panels"]["listed"] for view in desk.look_up(key, event(**asked))]


def test_every_line_is_searched_on_all_pages(desk: Desk) -> None:
    key, view = opened(desk)
    answers = look_up(desk, key, threshold=60)
    assert answers[0]["step"]
    assert (answers[-1]["seq"], answers[-1]["step"], answers[-1]["error"]) == (2, None, None)
    rows = json.loads(Path(answers[-1]["data"]).read_text())
    # both pages have the scores 0.9, 0.7, 0.5
    assert [(row["term"], row["hits"], row["score"]) for row in rows] == [("one", 4, 0.9), ("two", 4, 0.9)]
    assert rows[0]["page"] == view["pages"][0]["id"]
    assert rows[0]["box"] == [10, 10, 30, 12]
    table = csv.DictReader(io.StringIO(Path(answers[-1]["file"]).read_text("utf-8-sig")))
    assert [(row["term"], row["hits"], row["file"]) for row in table] == [
        ("one", "4", "a.png"),
        ("two", "4", "a.png"),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"terms": " "}, "empty"),
        ({"terms": "\n".join(f"n{i}" for i in range(501))}, "at most 500"),
        ({"terms": "x" * (lists.MAX_LETTERS + 1)}, "too long"),
        ({"terms": ["one"]}, "makes no sense"),
        ({"threshold": 101}, "makes no sense"),
        ({"seq": None}, "makes no sense"),
    ],
)
def test_a_list_that_makes_no_sense_gets_a_sentence(desk: Desk, data: dict[str, Any], sentence: str) -> None:
    key, _ = opened(desk)
    assert sentence in look_up(desk, key, **data)[-1]["error"]


def test_without_pages_nothing_is_looked_up(desk: Desk) -> None:
    key, view = arrive(desk)
    desk.remove(key, event(page=view["pages"][0]["id"]))
    assert look_up(desk, key)[-1]["error"].startswith("Add a page")


def test_a_line_that_cannot_be_searched_does_not_stop_the_others(desk: Desk) -> None:
    key, _ = opened(desk)
    search = FakeIndex.search

    def picky(self: FakeIndex, text: str | None = None, **options: Any) -> Any:
        if text == "bad":
            from mark_core import MarkError

            raise MarkError("Not so.")
        return search(self, text=text, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeIndex, "search", picky)
        rows = json.loads(Path(look_up(desk, key, terms="bad\none")[-1]["data"]).read_text())
        patch.setattr(FakeIndex, "search", lambda *_, **__: 1 / 0)
        assert look_up(desk, key)[-1]["error"] == TROUBLE
    assert [row["problem"] for row in rows] == ["Not so.", ""]


def test_it_can_be_cancelled_and_a_newer_list_ends_it(desk: Desk) -> None:
    key, _ = opened(desk)
    reached, go_on = threading.Event(), threading.Event()
    search = FakeIndex.search

    def slow(self: FakeIndex, text: str | None = None, **options: Any) -> Any:
        if text == "slow":
            reached.set()
            assert go_on.wait(10)
        return search(self, text=text, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeIndex, "search", slow)
        views = desk.look_up(key, event(seq=1, terms="slow\nslow2", threshold=50))
        next(views)
        assert reached.wait(10)
        desk.cancel(key, event(panel="listed"))
        go_on.set()
        assert list(views)[-1]["panels"]["listed"].get("cancelled") is True
        reached.clear()
        go_on.clear()
        views = desk.look_up(key, event(seq=2, terms="slow\nslow2", threshold=50))
        next(views)
        assert reached.wait(10)
        newer = desk.look_up(key, event(seq=3, terms="one", threshold=50))
        next(newer)
        go_on.set()
        assert list(newer)[-1]["panels"]["listed"]["seq"] == 3
        assert list(views)[-1]["panels"]["listed"]["seq"] == 3  # what was given up does not overwrite it
