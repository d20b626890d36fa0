from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mark_core.segmentation.turn import turned_words
from mark_core.segmentation.word import Word
from mark_core.ui.server import Server

from ..fakes import FakeIndex
from ..tabs import Tab, notices, text, upload


def turned(tab: Tab, page: str, degrees: int = 90) -> Any:
    """The view after a page was turned."""
    return tab.view("uploads", "turn", page=page, degrees=degrees)


def opened(server: Server) -> tuple[Tab, Any]:
    """A tab with a page of the visitor's own, 200 x 120 pixels, beside the sample."""
    tab, _ = Tab.arrive(server)
    return tab, tab.add(upload(server, "b.png"))["pages"][1]


def test_a_page_is_turned_and_its_words_are_found_anew(server: Server) -> None:
    tab, before = opened(server)
    view = turned(tab, before["id"])
    page = view["pages"][1]
    assert (page["id"], page["title"]) == (before["id"], before["title"])
    assert (page["width"], page["height"]) == (120, 200)
    assert page["version"] > before["version"]
    assert page["picture"] != before["picture"]  # or the browser would show the old one
    entry = tab.session.page(page["id"]).entry
    assert (entry.page.turn, entry.page.original_size) == (90, (200, 120))
    assert [word.box[1] for word in entry.words] == [11, 11, 11]
    page = turned(tab, page["id"], 270)["pages"][1]
    assert (page["width"], page["height"]) == (200, 120)
    assert tab.session.page(page["id"]).entry.page.turn == 0


def test_corrected_boxes_decisions_and_the_clicked_word_keep_up(server: Server) -> None:
    tab, page = opened(server)
    tab.view("editing", "add", page=page["id"], version=0, box=[10, 60, 40, 20])
    version = tab.session.page(page["id"]).version
    tab.view("search", "search", example={"page": page["id"], "word": 1, "version": version})
    tab.view("feedback", "confirmed", search=tab.number, page=page["id"], word=2, version=version)
    words = tab.session.page(page["id"]).entry.words
    expected = turned_words(words, (200, 120), 90)
    view = turned(tab, page["id"])
    after = tab.session.page(page["id"]).entry.words
    assert [word.box for word in after] == [word.box for word in expected]
    assert {word.direction for word in after} == {"ttb"}
    assert view["search"]["error"] is None
    assert view["search"]["example"] == {"page": page["id"], "word": 1}
    assert view["search"]["decisions"]["confirmed"] == 1
    (confirmed,) = (hit for hit in view["search"]["hits"] if hit.get("decision"))
    assert confirmed["word"] == 2


def test_decisions_about_words_that_are_found_anew_go_to_the_box_in_their_place(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, page = opened(server)
    plain = FakeIndex.encoded

    def encoded(self: FakeIndex, shown: Any, words: Any = None, **settings: Any) -> Any:
        entry = plain(self, shown, words, **settings)
        places = [Word((100, 10 + 40 * i, 11, 28), order=i, direction="ttb") for i in range(3)]
        return replace(entry, words=places)  # a little narrower than the boxes that were turned

    monkeypatch.setattr(FakeIndex, "encoded", encoded)
    tab.view("search", "search", text="one")
    tab.view("feedback", "confirmed", search=tab.number, page=page["id"], word=1, version=0)
    view = turned(tab, page["id"])
    (confirmed,) = (hit for hit in view["search"]["hits"] if hit.get("decision"))
    assert (confirmed["page"], confirmed["word"]) == (page["id"], 1)
    assert tab.session.known_texts == {(page["id"], (100, 50, 11, 28)): "one"}


def test_a_sample_that_is_turned_becomes_a_page_of_ones_own(server: Server) -> None:
    tab, view = Tab.arrive(server)
    sample = view["pages"][0]
    shared = tab.session.pages[0].index
    page = turned(tab, sample["id"], 180)["pages"][0]
    assert (page["id"], page["sample"]) == (sample["id"], sample["sample"])
    assert tab.session.pages[0].index is tab.session.index
    assert shared.pages[0].page.turn == 0  # other visitors see it as it was
    view = Tab.arrive(server, "other")[1]
    assert view["pages"][0]["picture"] == sample["picture"]


def test_a_page_that_lies_on_its_side_is_turned_when_it_is_added(server: Server) -> None:
    tab, _ = Tab.arrive(server)
    page = tab.add(upload(server, "sideways.png"))["pages"][1]
    assert (page["width"], page["height"]) == (120, 200)
    assert text(page["note"]) == "This page lay on its side and was turned."
    wanted = tab.add(upload(server, "sideways2.png"), direction="ttb")["pages"][2]
    assert (wanted["width"], wanted["height"], wanted["note"]) == (200, 120, None)  # columns were asked for


def test_a_turned_page_is_read_in_the_script_that_was_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    encoded = FakeIndex.encoded
    monkeypatch.setattr(
        FakeIndex, "encoded", lambda *args, **given: told.append(given["script"]) or encoded(*args, **given)
    )
    tab, _ = Tab.arrive(server)
    page = tab.add(upload(server, "b.png"), script="hebrew")["pages"][1]
    turned(tab, page["id"])
    assert told == ["hebrew"]


def test_what_cannot_be_turned_gets_a_sentence(server: Server) -> None:
    tab, page = opened(server)
    assert "makes no sense" in tab.error("uploads", "turn", page=page["id"], degrees=45)
    assert "makes no sense" in tab.error("uploads", "turn", page=page["id"], degrees=100)
    tab.view("pages", "remove", page=page["id"])
    assert notices(turned(tab, page["id"]))[-1] == "This page is no longer open."


def test_an_edit_that_comes_between_is_not_lost(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, page = opened(server)
    plain = FakeIndex.encoded

    def encoded(self: FakeIndex, shown: Any, words: Any = None, **settings: Any) -> Any:
        other = Tab(server, tab.key, tab.number + 5)
        other.view("editing", "remove", page=page["id"], version=0, words=[0])
        return plain(self, shown, words, **settings)

    monkeypatch.setattr(FakeIndex, "encoded", encoded)
    view = turned(tab, page["id"])
    assert (view["pages"][1]["width"], view["pages"][1]["words"]) == (200, 2)
    assert "had changed in the meantime" in notices(view)[-1]


def test_what_is_asked_for_while_a_page_waits_is_done_in_one_go(server: Server) -> None:
    tab, page = opened(server)
    session, done = tab.session, []
    session.upload_queue.put = lambda jobs: done.extend(jobs)  # type: ignore[method-assign]
    for degrees in (90, 90, 270):
        session.turning.ask(page["id"], degrees)
    (job,) = done
    job.run()
    assert session.page(page["id"]).entry.page.turn == 90
    session.turning.ask(page["id"], 90)
    done[1].cancel()
    session.turning.ask(page["id"], 180)  # a cancelled one is not waited for
    done[2].run()
    assert session.page(page["id"]).entry.page.turn == 270
