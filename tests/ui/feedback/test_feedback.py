from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.message import Message
from mark_core.ui.collection.decisions import Decisions
from mark_core.ui.collection.edits import Edit
from mark_core.ui.editing.editing import edit_boxes
from mark_core.ui.feedback.feedback import FeedbackAction, give_feedback, read_action
from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.requests import Request
from mark_core.ui.search.query import SearchQuery, search
from mark_core.ui.server import Server
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore

from ..fakes import FakeIndex, fake_page
from ..tabs import Tab, text


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = SessionStore(FakeIndex, tmp_path / "pages").open()
    session.add(fake_page("a"), "a")
    session.add(fake_page("b"), "b")
    ask(session, SearchQuery("orders"))
    return session


def ask(session: Session, query: SearchQuery, number: int = 7) -> None:
    session.query, session.result = query, search(number, query, session.pages, session.decisions)


def decide(session: Session, action: str, page: int = 0, word: int = 0, number: int = 7) -> None:
    give_feedback(session, FeedbackAction(number, action, (session.pages[page].id, word)))


def decided(session: Session) -> dict[tuple[int, int], str]:
    ids = [page.id for page in session.pages]
    return {
        (ids.index(hit["page"]), hit["word"]): hit["decision"]
        for hit in session.result.hits
        if "decision" in hit
    }


def counts(session: Session) -> tuple[int, int, bool]:
    counts = session.result.decisions
    return counts["confirmed"], counts["rejected"], counts["undo"]


def test_a_decision_answers_the_search_again(session: Session) -> None:
    before = [hit["rank"] for hit in session.result.hits if hit["word"] == 2]
    decide(session, "confirmed", word=1)
    result = session.result
    assert (result.number, result.revision, result.query.text) == (7, 1, "orders")
    assert [hit["rank"] for hit in result.hits if hit["word"] == 2] != before
    assert decided(session) == {(0, 1): "confirmed"}
    assert counts(session) == (1, 0, True)


def test_an_answer_names_the_pages_that_were_searched(session: Session) -> None:
    first, second = (page.id for page in session.pages)
    assert session.result.searched == (first, second)
    ask(session, SearchQuery("orders", page=second))
    assert session.result.searched == (second,)


def test_changed_withdrawn_undone_cleared(session: Session) -> None:
    decide(session, "confirmed")
    decide(session, "rejected")
    decide(session, "confirmed", page=1)
    assert counts(session) == (1, 1, True)
    decide(session, "withdrawn", page=1)
    assert decided(session) == {(0, 0): "rejected"}
    give_feedback(session, FeedbackAction(7, "undone"))
    assert counts(session) == (1, 1, True)
    give_feedback(session, FeedbackAction(7, "cleared"))
    assert counts(session) == (0, 0, True)
    for _ in range(4):
        give_feedback(session, FeedbackAction(7, "undone"))
    assert counts(session) == (0, 0, False)
    with pytest.raises(MarkError, match="nothing to undo"):
        give_feedback(session, FeedbackAction(7, "undone"))


def test_a_judged_hit_stays_where_it_is(session: Session) -> None:
    place = next(hit for hit in session.result.hits if hit["word"] == 1)["rank"]
    decide(session, "rejected", word=1)
    decide(session, "confirmed", page=1, word=1)
    ranks = {(hit["page"], hit["word"]): hit["rank"] for hit in session.result.hits if "decision" in hit}
    assert ranks[session.pages[0].id, 1] == place


def test_decisions_last_over_other_searches_and_pages(session: Session) -> None:
    decide(session, "confirmed")
    ask(session, SearchQuery("letter"))
    assert counts(session) == (0, 0, False)
    ask(session, SearchQuery(" Orders ", variants=True, page=session.pages[1].id))
    assert counts(session) == (1, 0, True)
    assert decided(session) == {}
    ask(session, SearchQuery("orders"))
    assert decided(session) == {(0, 0): "confirmed"}


def test_a_clicked_word_has_decisions_of_its_own(session: Session) -> None:
    decide(session, "confirmed")
    first, second = session.pages
    ask(session, SearchQuery(None, (first.id, 1)))
    assert counts(session) == (0, 0, False)
    decide(session, "rejected", page=1)
    edit_boxes(session, first.id, 0, Edit("remove", (0,)))
    assert session.result.query.example == (first.id, 0)
    assert decided(session) == {(1, 0): "rejected"}
    ask(session, SearchQuery(None, (second.id, 1)))
    assert counts(session) == (0, 0, False)


def test_decisions_move_with_edited_boxes(session: Session) -> None:
    decide(session, "confirmed", word=1)
    page = session.pages[0]
    edit_boxes(session, page.id, 0, Edit("remove", (0,)))
    assert decided(session) == {(0, 0): "confirmed"}
    edit_boxes(session, page.id, 1, Edit("remove", (0,)))
    assert counts(session) == (0, 0, True)
    edit_boxes(session, page.id, 2, Edit("undo"))
    assert decided(session) == {(0, 0): "confirmed"}


def test_decisions_go_with_their_page(session: Session) -> None:
    decide(session, "confirmed")
    decide(session, "rejected", page=1)
    session.remove(session.pages[1].id)
    assert counts(session) == (1, 0, True)
    assert {hit["page"] for hit in session.result.hits} == {session.pages[0].id}


def test_a_decision_about_another_search_is_refused(session: Session) -> None:
    before = session.result
    for wrong in (
        lambda: decide(session, "confirmed", number=6),
        lambda: decide(session, "confirmed", word=99),
        lambda: give_feedback(session, FeedbackAction(7, "undone")),
    ):
        with pytest.raises(MarkError):
            wrong()
    assert session.result is before
    session.result = replace(before, error=Message("Type a word."))
    with pytest.raises(MarkError, match="decide again"):
        decide(session, "confirmed")


def test_the_clicked_word_of_a_removed_page(session: Session) -> None:
    first, second = session.pages
    ask(session, SearchQuery("orders", (second.id, 1)))
    session.remove(second.id)
    assert (session.result.error, session.result.query.example) == (None, None)
    assert {hit["page"] for hit in session.result.hits} == {first.id}
    ask(session, SearchQuery(None, (first.id, 1)))
    session.remove(first.id)
    assert str(session.result.error).endswith(".")
    assert session.result.hits == ()


def read(session: Session, action: Any, fields: dict[str, Any]) -> FeedbackAction:
    return read_action(Request("feedback", action, 1, fields), session)


def test_an_action_is_about_a_word_or_the_whole_search(session: Session) -> None:
    page = session.pages[0]
    place = {"page": page.id, "word": 1, "version": 0}
    for action in ("confirmed", "rejected", "withdrawn"):
        data = {"search": 3, **place}
        assert read(session, action, data) == FeedbackAction(3, action, (page.id, 1))
        for bad in ({"word": 9}, {"page": None}, {"search": "x"}, {"search": None}):
            with pytest.raises(MarkError):
                read(session, action, {**data, **bad})
    assert read(session, "undone", {"search": 3}) == FeedbackAction(3, "undone")
    for action in ("praised", None, ["confirmed"], "add"):
        with pytest.raises(MarkError):
            read(session, action, {"search": 3, **place})


def test_a_hit_in_another_box_is_judged_as_its_word_and_read_as_nothing(session: Session) -> None:
    home = session.pages[0]
    home.index.elsewhere[1] = (50, 10, 70, 12)
    ask(session, SearchQuery("orders"))
    decide(session, "confirmed", word=1)
    decide(session, "confirmed", word=2)
    first = [hit for hit in session.result.hits if (hit["page"], hit["word"]) == (home.id, 1)]
    assert [(hit["decision"], hit["box"]) for hit in first] == [("confirmed", [50, 10, 70, 12])]
    boxes = [word.box for word in home.entry.words]
    assert session.decisions.transcribed() == {(home.id, boxes[2]): "orders"}
    names = {page.id: page.id for page in session.pages}
    kept = Decisions.from_dict(session.decisions.to_dict(names), names)
    assert kept.now == session.decisions.now
    del home.index.elsewhere[1]
    decide(session, "withdrawn", word=1)
    assert decided(session) == {(0, 2): "confirmed"}


# From the browser's request to its view


def test_a_decision_is_answered_with_the_new_list(server: Server) -> None:
    tab, view = Tab.arrive(server)
    page = view["pages"][0]["id"]
    tab.view("search", "search", text="one", variants=True, page=page)
    view = tab.view("feedback", "rejected", search=1, page=page, word=1, version=0)
    assert (view["replies"][-1]["feature"], view["replies"][-1]["state"]) == ("feedback", "done")
    result = view["search"]
    assert (result["number"], result["revision"], result["variants"], result["page"]) == (1, 1, True, page)
    assert [hit["decision"] for hit in result["hits"] if hit["word"] == 1] == ["rejected"]
    assert (result["decisions"]["rejected"], result["decisions"]["undo"]) == (1, True)
    view = tab.view("feedback", "undone", search=1)
    assert view["search"]["decisions"] == {"confirmed": 0, "rejected": 0, "undo": False}


@pytest.mark.parametrize(
    ("action", "fields"), [("", {}), ("confirmed", {}), ("undone", {"search": 1}), ("praised", {"search": 1})]
)
def test_a_decision_that_cannot_be_made_gets_a_sentence(
    server: Server, action: str, fields: dict[str, Any]
) -> None:
    tab, _ = Tab.arrive(server)
    before = tab.view("search", "search", text="one")["search"]
    after = tab.view("feedback", action, **fields)
    assert text(after["replies"][-1]["error"]).endswith(".")
    assert after["search"] == before


def test_a_fault_in_a_decision_is_told_and_survived(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, view = Tab.arrive(server)
    asked = {"search": 1, "page": view["pages"][0]["id"], "word": 0}
    tab.view("search", "search", text="one")
    with monkeypatch.context() as patch:
        patch.setattr("mark_core.ui.feedback.feedback.give_feedback", lambda *_: 1 / 0)
        assert tab.error("feedback", "confirmed", **asked) == str(UNEXPECTED)
    assert tab.reply("feedback", "confirmed", **asked)["state"] == "done"
