from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mark_core.transcript.page_text import PageText, TextWord
from mark_core.ui.server import Server
from mark_core.ui.tools.transcript import attach

from ..fakes import FakeIndex
from ..tabs import Tab, notices, text, upload

# a page has words at x 10, 50 and 90, y 10, of 30 x 12 pixels; those that are found anew lie a pixel lower


def opened(server: Server) -> tuple[Tab, Any]:
    """A tab with a page of the visitor's own, 200 x 120 pixels, beside the sample."""
    tab, _ = Tab.arrive(server)
    return tab, tab.add(upload(server, "b.png"))["pages"][1]


def split(tab: Tab, page: Any, at: int = 85) -> Any:
    return tab.view("uploads", "split", page=page["id"], version=page["version"], at=at)


def crop(tab: Tab, page: Any, box: list[int]) -> Any:
    return tab.view("uploads", "crop", page=page["id"], version=page["version"], box=box)


def undone(tab: Tab, view: Any) -> Any:
    return tab.view("pages", "undo", undo=view["undo"]["number"])


def test_a_page_is_cropped_and_its_words_are_found_anew(server: Server) -> None:
    tab, before = opened(server)
    view = crop(tab, before, [20, 0, 150, 90])
    page = view["pages"][1]
    assert (page["id"], page["title"]) == (before["id"], before["title"])
    assert (page["width"], page["height"]) == (150, 90)
    assert page["picture"] != before["picture"]
    assert page["version"] > before["version"]
    entry = tab.session.page(page["id"]).entry
    assert (entry.page.part.box, entry.page.original_size) == ((20, 0, 150, 90), (200, 120))
    assert text(view["undo"]["message"]) == "Page cropped: b.png."
    assert len(tab.session.index.pages) == 1


def test_a_page_is_split_and_both_halves_stand_in_its_place(server: Server) -> None:
    tab, page = opened(server)
    third = tab.add(upload(server, "c.png"))["pages"][2]
    view = split(tab, page)
    _, left, right, last = view["pages"]
    assert (left["id"], left["title"], left["width"]) == (page["id"], "b.png (1)", 85)
    assert (right["title"], right["width"], last["id"]) == ("b.png (2)", 115, third["id"])
    parts = [tab.session.page(half["id"]).entry.page.part.box for half in (left, right)]
    assert parts == [(0, 0, 85, 120), (85, 0, 115, 120)]
    assert view["focus"] == left["id"]
    view = undone(tab, view)
    _, again, last = view["pages"]
    assert (again["id"], again["title"], again["width"]) == (page["id"], "b.png", 200)
    assert again["version"] > left["version"]
    assert last["id"] == third["id"]
    assert len(tab.session.index.pages) == 2
    assert view["undo"] is None


def test_the_right_half_comes_first_where_lines_run_to_the_left(server: Server) -> None:
    tab, page = opened(server)
    entry = tab.session.page(page["id"]).entry
    entry.words[:] = [replace(word, direction="rtl") for word in entry.words]
    _, first, _ = split(tab, page)["pages"]
    assert tab.session.page(first["id"]).entry.page.part.box == (85, 0, 115, 120)


def test_corrected_boxes_decisions_and_the_clicked_word_keep_up_and_come_back(server: Server) -> None:
    tab, page = opened(server)
    tab.view("editing", "add", page=page["id"], version=0, box=[120, 60, 40, 20])
    tab.view("editing", "remove", page=page["id"], version=1, words=[0])
    page = tab.view("search", "search", text="one", example={"page": page["id"], "word": 1})["pages"][1]
    tab.view("feedback", "confirmed", search=tab.number, page=page["id"], word=0, version=page["version"])
    tab.view("feedback", "rejected", search=tab.number - 1, page=page["id"], word=2, version=page["version"])
    before = tab.session.decisions
    view = split(tab, page)
    _, left, right = view["pages"]
    boxes = [[word.box for word in tab.session.page(half["id"]).entry.words] for half in (left, right)]
    assert boxes == [[(50, 10, 30, 12)], [(5, 10, 30, 12), (35, 60, 40, 20)]]
    assert view["search"]["example"] == {"page": right["id"], "word": 0}
    decided = {
        (hit["page"], hit["word"]): hit["decision"] for hit in view["search"]["hits"] if hit.get("decision")
    }
    assert decided == {(left["id"], 0): "confirmed", (right["id"], 1): "rejected"}
    view = undone(tab, view)
    assert tab.session.decisions is before
    words = tab.session.page(page["id"]).entry.words
    assert [word.box for word in words] == [(50, 10, 30, 12), (90, 10, 30, 12), (120, 60, 40, 20)]
    assert view["search"]["example"] == {"page": page["id"], "word": 1}
    again = view["pages"][1]
    assert again["undo"]
    view = tab.view("editing", "undo", page=page["id"], version=again["version"])
    assert view["pages"][1]["words"] == 4


def test_what_is_done_on_the_halves_is_kept_when_they_are_put_together_again(server: Server) -> None:
    tab, page = opened(server)
    view = split(tab, page)
    right = view["pages"][2]
    tab.view("search", "search", text="one", page=None)
    tab.view("feedback", "confirmed", search=tab.number, page=right["id"], word=0, version=right["version"])
    assert list(tab.session.known_texts) == [(right["id"], (10, 11, 30, 12))]
    undone(tab, view)
    assert tab.session.known_texts == {(page["id"], (90, 10, 30, 12)): "one"}  # most of it lies there


def test_decisions_outside_of_a_region_come_back_with_the_page(server: Server) -> None:
    tab, page = opened(server)
    tab.view("search", "search", text="one")
    tab.view("feedback", "confirmed", search=tab.number, page=page["id"], word=0, version=0)
    view = crop(tab, page, [45, 0, 150, 120])
    assert not any(hit.get("decision") for hit in view["search"]["hits"])
    tab.view("feedback", "confirmed", search=tab.number - 2, page=page["id"], word=1, version=1)
    undone(tab, view)
    assert {box for _, box in tab.session.known_texts} == {(10, 10, 30, 12), (90, 10, 30, 12)}


def test_the_transcript_is_shared_out_and_joined_again(server: Server) -> None:
    tab, page = opened(server)
    words = (
        TextWord("ante", 0),
        TextWord("one", 0, (10, 10, 30, 12), 0.9),
        TextWord("and", 0),
        TextWord("two", 1, (90, 10, 30, 12), 0.8),
    )
    attach(tab.session, page["id"], PageText(words))
    view = split(tab, page)
    _, left, right = view["pages"]
    now = {place: [word.text for word in one.words] for place, one in tab.session.transcripts.now.items()}
    assert now == {left["id"]: ["ante", "one", "and"], right["id"]: ["two"]}
    assert tab.session.transcripts.now[right["id"]].words[0].box == (10, 11, 30, 12)  # the word found there
    attach(tab.session, right["id"], PageText((TextWord("deux", 0, (10, 11, 30, 12), 1.0),)))
    undone(tab, view)
    joined = tab.session.transcripts.now[page["id"]].words
    assert [(word.text, word.line) for word in joined] == [("ante", 0), ("one", 0), ("and", 0), ("deux", 1)]
    assert joined[-1].box == (90, 10, 30, 12)


def test_the_text_outside_of_a_region_is_not_shown_and_comes_back(server: Server) -> None:
    tab, page = opened(server)
    words = (TextWord("one", 0, (10, 10, 30, 12), 0.9), TextWord("two", 0, (50, 10, 30, 12), 0.8))
    attach(tab.session, page["id"], PageText(words))
    view = crop(tab, page, [45, 0, 150, 120])
    assert [word.text for word in tab.session.transcripts.now[page["id"]].words] == ["two"]
    undone(tab, view)
    assert tab.session.transcripts.now[page["id"]].words == words


def test_a_sample_that_is_split_is_one_of_ones_own_and_comes_back_as_the_sample(server: Server) -> None:
    tab, view = Tab.arrive(server)
    sample = view["pages"][0]
    view = split(tab, sample, sample["width"] // 2)
    assert all(page.index is tab.session.index for page in tab.session.pages)
    assert [page["sample"] for page in view["pages"]] == [sample["sample"], None]
    assert Tab.arrive(server, "other")[1]["pages"][0]["picture"] == sample["picture"]
    (page,) = undone(tab, view)["pages"]
    assert (page["picture"], page["sample"]) == (sample["picture"], sample["sample"])
    assert not tab.session.index.pages


def test_what_cannot_be_done_gets_a_sentence_and_changes_nothing(server: Server) -> None:
    tab, page = opened(server)
    assert "makes no sense" in tab.error("uploads", "crop", page=page["id"], version=0, box=[0, 0, 9])
    assert "makes no sense" in tab.error("uploads", "split", page=page["id"], version=0, at="middle")
    assert "too small" in notices(crop(tab, page, [150, 0, 200, 120]))[-1]
    assert "too small" in notices(split(tab, page, 40))[-1]
    tab.view("editing", "remove", page=page["id"], version=0, words=[0])
    view = split(tab, page)
    assert "had changed in the meantime" in notices(view)[-1]
    assert [one["width"] for one in view["pages"]][1:] == [200]
    tab.view("pages", "remove", page=page["id"])
    assert tab.error("uploads", "crop", page=page["id"], version=0, box=[0, 0, 90, 90]) == (
        "This page is no longer open."
    )


def test_a_blank_half_leaves_the_page_whole(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, page = opened(server)
    tab.view("editing", "remove", page=page["id"], version=0, words=[2])  # its boxes stay as they are
    view = split(tab, tab.session.page(page["id"]).to_view())
    assert notices(view)[-1] == (
        "b.png: No words were found on one of the two pages, so this one was not split; crop it to the other."
    )
    assert len(view["pages"]) == 2


def test_there_must_be_room_for_the_second_half(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, page = opened(server)
    monkeypatch.setattr(type(tab.session), "room", 0)
    assert "pages can be open at once" in notices(split(tab, page))[-1]
    assert crop(tab, page, [0, 0, 150, 120])["pages"][1]["width"] == 150


def test_a_half_that_was_turned_since_cannot_be_joined_again(server: Server) -> None:
    tab, page = opened(server)
    view = split(tab, page)
    tab.view("uploads", "turn", page=page["id"], degrees=90)
    assert tab.error("pages", "undo", undo=view["undo"]["number"]) == (
        "The page was changed since, so that cannot be undone."
    )
    assert [one["width"] for one in tab.session.view()["pages"]][1:] == [120, 115]


def test_corrected_boxes_are_turned_more_than_once(server: Server) -> None:
    tab, page = opened(server)
    tab.view("editing", "remove", page=page["id"], version=0, words=[0])
    for _ in range(4):
        tab.view("uploads", "turn", page=page["id"], degrees=90)
    words = tab.session.page(page["id"]).entry.words
    assert [word.box for word in words] == [(50, 10, 30, 12), (90, 10, 30, 12)]


def test_an_edit_that_comes_between_is_not_lost(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, page = opened(server)
    plain = FakeIndex.encoded

    def encoded(self: FakeIndex, shown: Any, words: Any = None, **settings: Any) -> Any:
        other = Tab(server, tab.key, tab.number + 5)
        if tab.session.page(page["id"]).version == 0:
            other.view("editing", "remove", page=page["id"], version=0, words=[0])
        return plain(self, shown, words, **settings)

    monkeypatch.setattr(FakeIndex, "encoded", encoded)
    view = crop(tab, page, [0, 0, 150, 120])
    assert (view["pages"][1]["width"], view["pages"][1]["words"]) == (200, 2)
    assert "had changed in the meantime" in notices(view)[-1]
    assert len(tab.session.index.pages) == 1
