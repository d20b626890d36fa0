from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mark_core.ui.server import Server
from tests.conftest import encoding_that_reads

from ..tabs import Tab, text, upload


def test_a_search_answers_its_own_request(server: Server) -> None:
    tab, view = Tab.arrive(server)
    tab.number = 6
    page = view["pages"][0]["id"]
    result = tab.view("search", "search", text="one", example={"page": page, "word": 1})["search"]
    assert (result["number"], result["revision"]) == (7, 0)
    assert result["error"] is None
    assert [hit["word"] for hit in result["hits"]] == [0, 1, 2]
    assert [hit["rank"] for hit in result["hits"]] == [1, 2, 3]
    assert not any("decision" in hit for hit in result["hits"])


def test_the_weight_of_the_example_is_as_wanted_or_as_learnt(server: Server) -> None:
    tab, view = Tab.arrive(server)
    clicked = {"text": "one", "example": {"page": view["pages"][0]["id"], "word": 1}}
    result = tab.view("search", "search", **clicked)["search"]
    assert (result["example_weight"], result["weight"]) == (None, 0.3)
    result = tab.view("search", "search", example_weight=0.8, **clicked)["search"]
    assert (result["example_weight"], result["weight"]) == (0.8, 0.8)
    assert "makes no sense" in tab.error("search", "search", example_weight=2, **clicked)


def test_a_script_in_which_nothing_is_read_gets_a_sentence(server: Server) -> None:
    tab, view = Tab.arrive(server)
    page = view["pages"][0]["id"]
    tab.add(upload(server, "b.png"))
    told = tab.session.pages[1].entry
    for entry, script in ((tab.session.pages[0].entry, 0), (told, 1)):
        entry.encoding = replace(encoding_that_reads(["a"]), scripts=np.array([script], np.uint8))
    search = tab.view("search", "search", text="λόγος", page=page)["search"]
    assert "No word here is read as Greek" in text(search["notice"])
    assert search["error"] is None
    assert tab.view("search", "search", text="λόγος")["search"]["notice"] is None
    assert tab.view("search", "search", text="one", page=page)["search"]["notice"] is None
    assert tab.view("search", "search", example={"page": page, "word": 1})["search"]["notice"] is None


@pytest.mark.parametrize(
    "fields", [{"text": "  "}, {"text": 5}, {"example": 5}, {"text": "one", "page": "gone"}, {}]
)
def test_a_search_that_makes_no_sense_gets_a_sentence(server: Server, fields: dict[str, Any]) -> None:
    tab, _ = Tab.arrive(server)
    tab.view("search", "search", text="one")
    view = tab.view("search", "search", **fields)
    result = view["search"]
    assert (result["number"], result["hits"]) == (2, ())
    assert text(result["error"]).endswith((".", "again."))
    assert view["replies"][-1]["error"] == result["error"]
