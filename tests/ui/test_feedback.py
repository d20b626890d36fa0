from __future__ import annotations

from pathlib import Path

import pytest

from mark_core import MarkError
from mark_core.ui.correcting import correct
from mark_core.ui.corrections import Correction
from mark_core.ui.decisions import Decisions
from mark_core.ui.judging import Verdict, judge, verdict
from mark_core.ui.question import Question
from mark_core.ui.session import Session
from mark_core.ui.store import SessionStore

from .fakes import FakeIndex, fake_page


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = SessionStore(FakeIndex, tmp_path / "pages").open()
    session.add(fake_page("a"), "a")
    session.add(fake_page("b"), "b")
    ask(session, Question("orders"))
    return session


def ask(session: Session, question: Question, seq: int = 7) -> None:
    session.question = question
    answer = question.answer(session.sheets, session.decisions)
    session.result = {"seq": seq, "turn": 0, "error": None, **answer}


def decide(session: Session, act: str, page: int = 0, word: int = 0, seq: int = 7) -> None:
    judge(session, Verdict(seq, act, (session.sheets[page].id, word)))


def decided(session: Session) -> dict[tuple[int, int], str]:
    ids = [sheet.id for sheet in session.sheets]
    return {
        (ids.index(hit["page"]), hit["word"]): hit["judged"]
        for hit in session.result["hits"]
        if hit["judged"]
    }


def counts(session: Session) -> tuple[int, int, bool]:
    judged = session.result["judged"]
    return judged["confirmed"], judged["rejected"], judged["undo"]


def test_a_decision_answers_the_search_again(session: Session) -> None:
    before = [hit["rank"] for hit in session.result["hits"] if hit["word"] == 2]
    decide(session, "confirmed", word=1)
    result = session.result
    assert (result["seq"], result["turn"], result["text"]) == (7, 1, "orders")
    assert [hit["rank"] for hit in result["hits"] if hit["word"] == 2] != before
    assert decided(session) == {(0, 1): "confirmed"}
    assert counts(session) == (1, 0, True)


def test_an_answer_names_the_pages_that_were_searched(session: Session) -> None:
    first, second = (sheet.id for sheet in session.sheets)
    assert session.result["searched"] == [first, second]
    ask(session, Question("orders", page=second))
    assert session.result["searched"] == [second]


def test_changed_withdrawn_undone_cleared(session: Session) -> None:
    decide(session, "confirmed")
    decide(session, "rejected")
    decide(session, "confirmed", page=1)
    assert counts(session) == (1, 1, True)
    decide(session, "withdrawn", page=1)
    assert decided(session) == {(0, 0): "rejected"}
    judge(session, Verdict(7, "undone"))
    assert counts(session) == (1, 1, True)
    judge(session, Verdict(7, "cleared"))
    assert counts(session) == (0, 0, True)
    for _ in range(4):
        judge(session, Verdict(7, "undone"))
    assert counts(session) == (0, 0, False)
    with pytest.raises(MarkError, match="nothing to undo"):
        judge(session, Verdict(7, "undone"))


def test_a_judged_hit_stays_where_it_is(session: Session) -> None:
    place = next(hit for hit in session.result["hits"] if hit["word"] == 1)["rank"]
    decide(session, "rejected", word=1)
    decide(session, "confirmed", page=1, word=1)
    ranks = {(hit["page"], hit["word"]): hit["rank"] for hit in session.result["hits"] if hit["judged"]}
    assert ranks[session.sheets[0].id, 1] == place


def test_decisions_last_over_other_searches_and_pages(session: Session) -> None:
    decide(session, "confirmed")
    ask(session, Question("letter"))
    assert counts(session) == (0, 0, False)
    ask(session, Question(" Orders ", variants=True, page=session.sheets[1].id))
    assert counts(session) == (1, 0, True)
    assert decided(session) == {}
    ask(session, Question("orders"))
    assert decided(session) == {(0, 0): "confirmed"}


def test_a_clicked_word_has_decisions_of_its_own(session: Session) -> None:
    decide(session, "confirmed")
    first, second = session.sheets
    ask(session, Question(None, (first.id, 1)))
    assert counts(session) == (0, 0, False)
    decide(session, "rejected", page=1)
    correct(session, first.id, 0, Correction("remove", (0,)))
    assert session.result["example"] == {"page": first.id, "word": 0}
    assert decided(session) == {(1, 0): "rejected"}
    ask(session, Question(None, (second.id, 1)))
    assert counts(session) == (0, 0, False)


def test_decisions_follow_corrected_boxes(session: Session) -> None:
    decide(session, "confirmed", word=1)
    sheet = session.sheets[0]
    correct(session, sheet.id, 0, Correction("remove", (0,)))
    assert decided(session) == {(0, 0): "confirmed"}
    correct(session, sheet.id, 1, Correction("remove", (0,)))
    assert counts(session) == (0, 0, True)
    correct(session, sheet.id, 2, Correction("undo"))
    assert decided(session) == {(0, 0): "confirmed"}


def test_decisions_go_with_their_page(session: Session) -> None:
    decide(session, "confirmed")
    decide(session, "rejected", page=1)
    session.remove(session.sheets[1].id)
    assert counts(session) == (1, 0, True)
    assert {hit["page"] for hit in session.result["hits"]} == {session.sheets[0].id}


def test_a_decision_about_another_search_is_refused(session: Session) -> None:
    before = session.result
    for wrong in (
        lambda: decide(session, "confirmed", seq=6),
        lambda: decide(session, "confirmed", word=99),
        lambda: judge(session, Verdict(7, "undone")),
    ):
        with pytest.raises(MarkError):
            wrong()
    assert session.result is before
    session.result = {**before, "error": "Type a word."}
    with pytest.raises(MarkError, match="decide again"):
        decide(session, "confirmed")


def test_the_clicked_word_of_a_removed_page(session: Session) -> None:
    first, second = session.sheets
    ask(session, Question("orders", (second.id, 1)))
    session.remove(second.id)
    assert (session.result["error"], session.result["example"]) == (None, None)
    assert {hit["page"] for hit in session.result["hits"]} == {first.id}
    ask(session, Question(None, (first.id, 1)))
    session.remove(first.id)
    assert session.result["error"].endswith(".")
    assert session.result["hits"] == []


def test_a_verdict_is_about_a_word_or_the_whole_search(session: Session) -> None:
    sheet = session.sheets[0]
    place = {"page": sheet.id, "word": 1, "version": 0}
    for act in ("confirmed", "rejected", "withdrawn"):
        data = {"search": 3, "act": act, **place}
        assert verdict(data, session) == Verdict(3, act, (sheet.id, 1))
        for bad in ({"word": 9}, {"page": None}, {"search": "x"}, {"search": None}):
            with pytest.raises(MarkError):
                verdict({**data, **bad}, session)
    assert verdict({"search": 3, "act": "undone"}, session) == Verdict(3, "undone")
    for act in ("praised", None, ["confirmed"], "add"):
        with pytest.raises(MarkError):
            verdict({"search": 3, "act": act, **place}, session)


def test_a_hit_in_another_box_is_judged_as_its_word_and_read_as_nothing(session: Session) -> None:
    home = session.sheets[0]
    home.index.elsewhere[1] = (50, 10, 70, 12)
    ask(session, Question("orders"))
    decide(session, "confirmed", word=1)
    decide(session, "confirmed", word=2)
    first = [hit for hit in session.result["hits"] if (hit["page"], hit["word"]) == (home.id, 1)]
    assert [(hit["judged"], hit["box"]) for hit in first] == [("confirmed", [50, 10, 70, 12])]
    boxes = [word.box for word in home.entry.words]
    assert session.decisions.transcribed() == {(home.id, boxes[2]): "orders"}
    names = {sheet.id: sheet.id for sheet in session.sheets}
    kept = Decisions.from_dict(session.decisions.to_dict(names), names)
    assert kept.now == session.decisions.now
    del home.index.elsewhere[1]
    decide(session, "withdrawn", word=1)
    assert decided(session) == {(0, 2): "confirmed"}
