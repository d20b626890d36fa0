"""The view has the fields that the page reads, whatever was done before."""

from __future__ import annotations

import json
from typing import Any

from mark_core.ui.server import Server

from ..tabs import Tab, upload

FIELDS = {
    "session", "version", "pages", "uploads", "busy", "focus", "search", "manifest_selection", "undo", "notices",
    "learning", "active_learning", "transcript", "replies", "samples", "class_sharing",
}  # fmt: skip
PAGE = {
    "id", "title", "note", "queries", "sample", "words", "width", "height", "picture", "thumb", "data", "version",
    "undo", "redo", "gutter",
}  # fmt: skip
SEARCH = {
    "number", "revision", "text", "example", "variants", "page", "example_weight", "abbreviations",
    "weight", "hits", "searched", "decisions", "threshold", "notice", "error",
}  # fmt: skip
REPLY = {"feature", "action", "number", "state", "step", "fraction", "error", "data"}


def check(view: dict[str, Any]) -> None:
    assert set(view) == FIELDS
    assert view == json.loads(json.dumps(view)) | {"search": view["search"]}  # plain values
    for page in view["pages"]:
        assert set(page) == PAGE
    for reply in view["replies"]:
        assert set(reply) == REPLY
    for sample in view["samples"]:
        assert set(sample) == {"file", "name", "title", "note", "queries", "thumb"}
    for notice in view["notices"]:
        assert set(notice) == {"number", "message", "calm"}
    assert set(view["transcript"]) == {"pages", "undo", "offered"}
    for text in view["transcript"]["pages"].values():
        assert set(text) == {"data", "words", "placed", "unsure", "certainty"}
    if view["search"] is not None:
        assert set(view["search"]) == SEARCH


def test_every_view_has_the_same_fields(server: Server) -> None:
    views = [view for _, view in server.arrive("tab")]
    tab, view = Tab.arrive(server)
    views += [view, tab.add(upload(server, "b.png"))]
    views += tab.views("search", "search", text="one")
    views += tab.views("search", "search", text="")
    views += tab.views("word_clusters", "name", page=view["pages"][0]["id"], word=0, name="Fort")
    views += tab.views("pages", "remove", page="gone")
    views += tab.views("pages", "remove", page=view["pages"][0]["id"])
    for one in views:
        check(one)


def test_versions_count_the_views_of_a_session(server: Server) -> None:
    tab, first = Tab.arrive(server)
    later = [tab.view("search", "search", text="one")["version"] for _ in range(3)]
    assert later == [first["version"] + step for step in (1, 2, 3)]
