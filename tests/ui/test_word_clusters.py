from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mark_core.ui.desk import Desk

from mark_core.retrieval.word_clusters import Cluster
from mark_core.ui import wordbook

from .test_desk import arrive, event, upload


@pytest.fixture
def key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """A session with two pages of three words each; words 1 and 4 look alike, and so on."""
    found = [Cluster((4, 1), "fort"), Cluster((0,), "march"), Cluster((2, 3, 5), "")]
    monkeypatch.setattr(wordbook, "cluster_words", lambda encoding, calibration: found)
    key, _ = arrive(desk)
    list(desk.add(key, event(files=[upload(desk, "b.png")], direction="auto")))
    return key


def rows(desk: Desk, key: str) -> list[dict[str, Any]]:
    answer = list(desk.list_words(key, event(seq=3)))[-1]["panels"]["words"]
    assert (answer["seq"], answer["error"], answer["step"], answer["words"]) == (3, None, None, 6)
    return json.loads(Path(answer["data"]).read_text())


def test_clusters_are_shown_by_their_most_typical_word(desk: Desk, key: str) -> None:
    first, second = (sheet.id for sheet in desk.store.get(key).sheets)
    fort, march, unread = rows(desk, key)
    assert (fort["page"], fort["word"], fort["count"], fort["pages"]) == (second, 1, 2, 2)
    assert (fort["reads"], fort["name"], fort["box"]) == ("fort", "", [50, 10, 30, 12])
    assert (march["page"], march["word"], march["count"], march["pages"]) == (first, 0, 1, 1)
    assert (unread["reads"], unread["count"]) == ("", 3)


def test_a_name_stays_with_its_words_also_when_boxes_change(desk: Desk, key: str) -> None:
    fort = rows(desk, key)[0]
    asked = {"page": fort["page"], "word": fort["word"], "version": 0}
    assert desk.name_words(key, event(seq=0, name=" Fort\n", **asked))["panels"]["named"]["name"] == "Fort"
    assert rows(desk, key)[0]["name"] == "Fort"
    view = desk.correct(key, event(seq=5, page=fort["page"], version=0, kind="remove", words=[0]))
    assert view["corrected"]["error"] is None
    session = desk.store.get(key)
    (named,) = session.word_names
    assert named == (fort["page"], tuple(fort["box"]))
    # the word has another number by now and is still the one that was named
    desk.name_words(key, event(seq=0, name="", **asked))
    assert session.word_names == {}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"page": "elsewhere", "word": 0}, "no longer open"),
        ({"word": 99}, "makes no sense"),
        ({"name": 7}, "makes no sense"),
    ],
)
def test_a_name_that_makes_no_sense_gets_a_sentence(
    desk: Desk, key: str, data: dict[str, Any], sentence: str
) -> None:
    page = desk.store.get(key).sheets[0].id
    answer = desk.name_words(key, event(**({"seq": 0, "page": page, "word": 0, "name": "x"} | data)))
    assert sentence in answer["panels"]["named"]["error"]


def test_without_pages_there_are_no_words(desk: Desk) -> None:
    key, view = arrive(desk)
    desk.remove(key, event(page=view["pages"][0]["id"]))
    answer = list(desk.list_words(key, event(seq=1)))[-1]["panels"]["words"]
    assert answer["error"].startswith("Add a page")


def test_names_follow_their_boxes(desk: Desk, key: str) -> None:
    session = desk.store.get(key)
    page = session.sheets[1].id
    desk.name_words(key, event(seq=0, page=page, word=1, version=0, name="Fort"))
    desk.correct(key, event(seq=1, page=page, version=0, kind="change", words=[1], box=[52, 12, 30, 12]))
    assert session.word_names == {(page, (52, 12, 30, 12)): "Fort"}
    desk.correct(key, event(seq=1, page=page, version=1, kind="undo", words=[]))
    assert session.word_names == {(page, (50, 10, 30, 12)): "Fort"}
