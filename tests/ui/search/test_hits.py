from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mark_core.ui.collection.decisions import Decision
from mark_core.ui.search.hits import find_hits, place_decisions
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore

from ..fakes import FakeIndex, fake_page

BOXES = [(10, 10, 30, 12), (50, 10, 30, 12), (90, 10, 30, 12)]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A page of its own and one of another index, which scores lower."""
    store = SessionStore(FakeIndex, tmp_path / "pages")
    session, lender = store.open(), store.open()
    session.add(fake_page("a"), "a")
    lender.add(fake_page("x"), "x")
    session.keep(lender.add(fake_page("b"), "b"))
    return session


def found(session: Session, *decisions: Decision, **how: Any) -> list[tuple[int, int, str | None]]:
    """(number of the page, word, decision) in the order of the list."""
    ids = [page.id for page in session.pages]
    rows = find_hits(session.pages, "one", None, placed=place_decisions(decisions, session.pages), **how)
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    return [(ids.index(row["page"]), row["word"], row.get("decision")) for row in rows]


def places(rows: list[tuple[int, int, str | None]]) -> list[tuple[int, int]]:
    return [row[:2] for row in rows]


ALL = [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]


def test_one_page_alone(session: Session) -> None:
    assert places(found(session)) == ALL
    for number, page in enumerate(session.pages):
        assert places(found(session, only=page.id)) == [(number, word) for word in range(3)]
    assert find_hits(session.pages, "one", None, only="closed by now") == []


def test_scores_too_small_to_tell_apart_keep_their_order(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = FakeIndex.search

    def timid(index: FakeIndex, **how: Any) -> list[Any]:
        return [replace(hit, score=hit.score * 1e-6) for hit in search(index, **how)]

    monkeypatch.setattr(FakeIndex, "search", timid)
    assert places(found(session)) == ALL
    assert {row["score"] for row in find_hits(session.pages, "one", None)} == {0.0}


def test_a_confirmed_word_is_a_number_at_home_and_crops_elsewhere(session: Session) -> None:
    home, lent = session.pages
    placed = place_decisions(
        [Decision(home.id, BOXES[0], "confirmed", 1), Decision(lent.id, BOXES[1], "rejected", 2)],
        session.pages,
    )
    find_hits(session.pages, "one", None, placed=placed)
    confirmed, rejected = home.index.judged[-1]
    assert confirmed == [("a-0", 0)]
    assert [crop.ndim for crop in rejected[0]] == [2]
    confirmed, rejected = lent.index.judged[-1]
    assert (confirmed[0][0] == home.crop(0)).all()
    assert rejected == [("b-0", 1)]


def test_decisions_count_across_pages_when_one_is_searched(session: Session) -> None:
    home, lent = session.pages
    one = Decision(lent.id, BOXES[0], "confirmed", 1)
    assert places(found(session, one, only=home.id)) == [(0, 0), (0, 1), (0, 2)]
    assert len(home.index.judged[-1][0]) == 1


def test_hits_with_a_decision_stay_and_the_others_move(session: Session) -> None:
    home, _ = session.pages
    confirmed = Decision(home.id, BOXES[1], "confirmed", 3, score=0.7)
    assert found(session, confirmed) == [
        (0, 2, None), (0, 0, None), (0, 1, "confirmed"), (1, 0, None), (1, 1, None), (1, 2, None)
    ]  # fmt: skip
    rejected = Decision(home.id, BOXES[0], "rejected", 1, score=0.9)
    assert found(session, rejected)[0] == (0, 0, "rejected")


def test_a_hit_decided_in_a_list_of_one_page_stands_in_the_other_list_by_its_score(session: Session) -> None:
    home, _ = session.pages
    one = Decision(home.id, BOXES[2], "rejected", 1, only=home.id, score=0.5)
    assert found(session, one, only=home.id)[0] == (0, 2, "rejected")
    assert places(found(session, one)) == ALL


def test_a_hit_with_a_decision_is_listed_even_if_it_is_not_found_any_more(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mark_core.ui.search.hits.TOP", 1)
    home, _ = session.pages
    assert (0, 2, "rejected") in found(session, Decision(home.id, BOXES[2], "rejected", 5))
    assert len(found(session)) == 1


def test_decisions_about_closed_pages_and_lost_boxes_rest(session: Session) -> None:
    home, lent = session.pages
    decisions = [
        Decision(home.id, BOXES[0], "confirmed", 1),
        Decision(home.id, (1, 1, 1, 1), "confirmed", 1),
        Decision(lent.id, BOXES[0], "confirmed", 1),
    ]
    assert [(one.page.id, one.word) for one in place_decisions(decisions, [home])] == [(home.id, 0)]


def test_a_phrase_carries_all_its_boxes(session: Session) -> None:
    home, _ = session.pages
    row = find_hits([home], "one two", None)[0]
    assert row["boxes"] == [[10, 10, 30, 12], [50, 10, 30, 12]]
    assert row["parts"] == [[10, 10, 70, 12]]
    assert "boxes" not in find_hits([home], "one", None)[0]


def test_a_phrase_over_the_end_of_a_line_is_shown_in_two_parts(session: Session) -> None:
    home, _ = session.pages
    words = home.entry.words
    home.entry.words[2:] = [type(words[2])((10, 40, 20, 14), line=1, order=2)]
    row = find_hits([home], "one two three", None)[0]
    assert row["parts"] == [[10, 10, 70, 12], [10, 40, 20, 14]]


def test_only_sure_readings_are_shown(session: Session) -> None:
    rows = find_hits(session.pages[:1], "one", None)
    assert [row["reads"] for row in rows] == ["w0", "", ""]


def test_a_long_phrase_is_shown_in_rows_that_can_be_read(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mark_core.ui.search.hit_rows.IN_A_ROW", 2)
    row = find_hits(session.pages[:1], "one two three", None)[0]
    assert row["parts"] == [[10, 10, 70, 12], [90, 10, 30, 12]]
    assert len(row["boxes"]) == 3
