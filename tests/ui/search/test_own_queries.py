from __future__ import annotations

from typing import Any

import pytest

from mark_core.ui.collection.decisions import QueryKey
from mark_core.ui.learning import learning
from mark_core.ui.search.own_queries import KEPT, Comparison, Found
from mark_core.ui.server import Server

from ..fakes import FakeIndex
from ..learning.test_learning import Trainer, learn
from ..tabs import Tab, replies, text, upload


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Trainer:
    trainer = Trainer()
    monkeypatch.setattr(learning, "adapt_model", trainer)
    return trainer


def scored(monkeypatch: pytest.MonkeyPatch, by_model: dict[str, float]) -> None:
    """The index finds its words surer or less sure by what it has learnt."""
    plain = FakeIndex.search

    def search(self: FakeIndex, *args: Any, **settings: Any) -> Any:
        factor = by_model[self.model]
        hits = plain(self, *args, **settings)
        return [type(hit)(**{**vars(hit), "score": min(1.0, hit.score * factor)}) for hit in hits]

    monkeypatch.setattr(FakeIndex, "search", search)


def test_own_searches_are_compared_before_and_after(
    server: Server,
    trainer: Trainer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scored(monkeypatch, {"shipped weights": 0.5, "shipped weights, learnt": 1.0})
    tab, view = Tab.arrive(server)
    page = view["pages"][0]["id"]
    tab.view("search", "search", text="Orders")
    tab.view("search", "search", text="orders", variants=True)  # in place of the first
    tab.view("search", "search", text="", example=None)  # an error is none of them
    tab.view("search", "search", example={"page": page, "word": 1, "version": 0})
    tab.view("feedback", "rejected", search=tab.number, page=page, word=0, version=0)
    trainer.go_on.set()
    shown = learn(tab)[-1]["learning"]
    assert shown["state"] == "learnt"
    rows = shown["searches"]["rows"]
    assert [(row["text"], row["example"]) for row in rows] == [("orders", False), ("", True)]
    assert [row["hits"] for row in rows] == [(1, 3), (2, 3)]  # from 40 % and from 35 % on
    assert rows[0]["first"] == (0.45, 0.9)
    assert shown["searches"]["expected"] == (1.2, 4.2)
    assert tab.view("learning", "undo")["learning"]["searches"]["rows"] == rows  # still to be read


def test_what_finds_less_in_own_searches_is_set_aside(
    server: Server,
    trainer: Trainer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scored(monkeypatch, {"shipped weights": 1.0, "shipped weights, learnt": 0.5})
    tab, _ = Tab.arrive(server)
    tab.view("search", "search", text="one")
    trainer.go_on.set()
    shown = learn(tab)[-1]["learning"]
    assert (shown["state"], text(shown["message"])) == ("undone", str(learning.WORSE))
    assert tab.session.index.model == "shipped weights"
    view = tab.view("learning", "redo")
    assert view["learning"]["state"] == "learnt"
    assert tab.session.index.model == "shipped weights, learnt"


def test_stopping_twice_leaves_everything_as_it_was(
    server: Server,
    trainer: Trainer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tab, _ = Tab.arrive(server)

    def set_model(self: FakeIndex, model: Any, progress: Any = None, known: Any = None) -> Any:
        progress("Looking at every word again", 0.5)
        tab.session.learning.stop()
        progress("Looking at every word again", 0.6)
        raise AssertionError("not stopped")

    monkeypatch.setattr(FakeIndex, "set_model", set_model)
    trainer.go_on.set()
    shown = learn(tab)[-1]["learning"]
    assert (shown["state"], text(shown["message"])) == ("ended", str(learning.STOPPED))
    assert tab.session.index.model == "shipped weights"


def test_what_is_left_follows_the_pace_of_encoding(
    server: Server,
    trainer: Trainer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tab, _ = Tab.arrive(server)
    now = [0.0]
    tab.session.clock = lambda: now[0]
    left = []

    def set_model(self: FakeIndex, model: Any, progress: Any = None, known: Any = None) -> Any:
        for share, seconds in ((0.0, 0), (0.25, 30), (0.5, 90)):
            now[0] = 100.0 + seconds
            progress("Looking at every word again", share)
            left.append(tab.session.learning.to_view()["left"])
        self.model = model
        return {}

    monkeypatch.setattr(FakeIndex, "set_model", set_model)
    trainer.go_on.set()
    learn(tab)
    assert left == [20, 90, 90]


def test_the_last_searches_are_kept_and_closed_pages_left_out(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    view = tab.add(upload(server, "b.png"))
    first, second = (page["id"] for page in view["pages"])
    for number in range(KEPT + 2):
        tab.view("search", "search", text=f"w{number}")
    tab.view("search", "search", text="there", page=second)
    tab.view("search", "search", example={"page": second, "word": 2, "version": 0})
    queries, pages = tab.session.own_queries, tab.session.pages
    assert len(queries.found(pages)) == KEPT
    assert QueryKey.of("w3", None) not in queries.found(pages)
    kept = queries.found([page for page in pages if page.id == first])
    assert len(kept) == KEPT - 1  # the clicked word is gone, a typed one is searched for on no page
    assert replies(view, "uploads")


def test_expected_hits_are_the_measure() -> None:
    key, other = QueryKey("a"), QueryKey("b")
    before = {key: Found(1, 0.9, 0.9), other: Found(0, 0.1, 0.1)}
    assert not Comparison(before, {key: Found(1, 0.8, 0.8), other: Found(1, 0.6, 0.6)}).worse
    assert Comparison(before, {key: Found(1, 0.8, 0.8), other: Found(0, 0.1, 0.1)}).worse
    assert not Comparison(before, {}).worse  # nothing can be compared
