from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mark_core.retrieval.word_clusters import Cluster
from mark_core.ui.server import Server
from mark_core.ui.tools import word_clusters

from ..tabs import Tab, upload


@pytest.fixture
def tab(server: Server, monkeypatch: pytest.MonkeyPatch) -> Tab:
    """A session with two pages of three words each; words 1 and 4 look alike, and so on."""
    found = [Cluster((4, 1), "fort"), Cluster((0,), "march"), Cluster((2, 3, 5), "")]
    monkeypatch.setattr(word_clusters, "cluster_words", lambda encoding, calibration: found)
    tab, _ = Tab.arrive(server)
    tab.add(upload(server, "b.png"))
    return tab


def rows(tab: Tab) -> list[dict[str, Any]]:
    reply = tab.reply("word_clusters", "list")
    assert (reply["state"], reply["data"]["words"]) == ("done", 6)
    return json.loads(Path(reply["data"]["data"]).read_text())


def test_clusters_are_shown_by_their_most_typical_word(tab: Tab) -> None:
    first, second = (page.id for page in tab.session.pages)
    fort, march, unread = rows(tab)
    assert (fort["page"], fort["word"], fort["count"], fort["pages"]) == (second, 1, 2, 2)
    assert (fort["reads"], fort["name"], fort["box"]) == ("fort", "", [50, 10, 30, 12])
    assert (march["page"], march["word"], march["count"], march["pages"]) == (first, 0, 1, 1)
    assert (unread["reads"], unread["count"]) == ("", 3)


def test_a_name_stays_with_its_words_also_when_boxes_change(tab: Tab) -> None:
    fort = rows(tab)[0]
    asked = {"page": fort["page"], "word": fort["word"], "version": 0}
    assert tab.reply("word_clusters", "name", name=" Fort\n", **asked)["data"] == {"name": "Fort"}
    assert rows(tab)[0]["name"] == "Fort"
    edit = tab.reply("editing", "remove", page=fort["page"], version=0, words=[0])
    assert edit["error"] is None
    session = tab.session
    (named,) = session.word_names
    assert named == (fort["page"], tuple(fort["box"]))
    # the word has another number by now and is still the one that was named
    tab.view("word_clusters", "name", name="", **asked)
    assert session.word_names == {}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"page": "elsewhere", "word": 0}, "no longer open"),
        ({"word": 99}, "makes no sense"),
        ({"name": 7}, "makes no sense"),
    ],
)
def test_a_name_that_makes_no_sense_gets_a_sentence(tab: Tab, data: dict[str, Any], sentence: str) -> None:
    named = {"page": tab.session.pages[0].id, "word": 0, "name": "x"} | data
    assert sentence in tab.error("word_clusters", "name", **named)


def test_without_pages_there_are_no_words(server: Server) -> None:
    tab, view = Tab.arrive(server)
    tab.view("pages", "remove", page=view["pages"][0]["id"])
    assert tab.error("word_clusters", "list").startswith("Add a page")


def test_names_move_with_their_boxes(tab: Tab) -> None:
    session = tab.session
    page = session.pages[1].id
    tab.view("word_clusters", "name", page=page, word=1, version=0, name="Fort")
    tab.view("editing", "change", page=page, version=0, words=[1], box=[52, 12, 30, 12])
    assert session.word_names == {(page, (52, 12, 30, 12)): "Fort"}
    tab.view("editing", "undo", page=page, version=1, words=[])
    assert session.word_names == {(page, (50, 10, 30, 12)): "Fort"}
