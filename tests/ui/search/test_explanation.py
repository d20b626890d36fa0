from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mark_core import MarkError
from mark_core.retrieval.explanation.explanation import Explanation, WordEvidence
from mark_core.retrieval.explanation.letter_evidence import LetterPlace
from mark_core.ui.requests import Request
from mark_core.ui.search import explanation
from mark_core.ui.search.query import SearchQuery, search
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore

from ..fakes import FakeIndex, fake_page


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = SessionStore(FakeIndex, tmp_path / "pages").open()
    session.add(fake_page("a"), "a")
    session.add(fake_page("b"), "b")
    return session


def ask(session: Session, query: SearchQuery) -> None:
    session.query, session.result = query, search(7, query, session.pages, session.decisions)


def explain(session: Session, **fields: Any) -> dict[str, Any]:
    return explanation.explain_hit(session, Request("explanation", "explain", 1, fields))


def told(letters=(), likeness=(), grounds=()) -> Explanation:
    places = tuple(LetterPlace(*letter, 0.0, 1.0, np.zeros(1, np.float32)) for letter in letters)
    heat = np.array(likeness, np.float32)
    return Explanation((WordEvidence(0, (0, 0, 9, 9), places, ""),), heat, heat, tuple(grounds))


def test_a_hit_is_explained_by_what_the_search_was(session: Session) -> None:
    first = session.pages[0]
    ask(session, SearchQuery("one", (first.id, 2), example_weight=0.2))
    answer = explain(session, search=7, page=first.id, word=1)
    place, query = first.index.explained[-1]
    assert place == (first.page_id, 1)
    assert query["text"] == "one"
    assert query["example"] == (first.page_id, 2)
    assert query["example_weight"] == 0.2
    assert answer["hit"]["word"] == 1
    assert answer["clicked"] == {"box": list(first.entry.words[2].box), "turned": False}
    (word,) = answer["words"]
    assert word["box"] == list(first.entry.words[1].box)
    assert [letter["level"] for letter in word["letters"]] == ["sure", "absent", "unsure"]
    *letters, alike = answer["facts"]
    assert letters == [
        {"kind": "sure", "letters": [{"letter": "o", "reads": "o"}]},
        {"kind": "unsure", "letters": [{"letter": "e", "reads": "e"}]},
        {"kind": "absent", "letters": [{"letter": "n", "reads": "u"}]},
    ]
    assert alike == {"kind": "alike", "share": pytest.approx(2 / 3), "least": "end"}
    grounds = answer["grounds"]
    assert [(one["kind"], one["rank"], one["of"]) for one in grounds[:2]] == [
        ("letters", 1, 6),
        ("look", 3, 6),
    ]
    assert (grounds[2]["kind"], round(grounds[2]["probability"], 2)) == ("confirmed", 0.91)


def test_a_hit_is_compared_with_the_words_of_every_index(session: Session, tmp_path: Path) -> None:
    lender = SessionStore(FakeIndex, tmp_path / "others").open()
    session.keep(lender.add(fake_page("sample"), "sample"))
    first = session.pages[0]
    ask(session, SearchQuery("one", (first.id, 2)))
    explain(session, search=7, page=first.id, word=1)
    (beside,) = first.index.explained[-1][1]["beside"]
    index, text, example, variants = beside["look"]
    assert (index, text, variants) == (lender.index, "one", False)
    assert example.ndim == 2  # the clicked word as a crop, for its own index knows it by number


def test_without_a_clicked_word_nothing_is_said_of_one(session: Session) -> None:
    ask(session, SearchQuery("one"))
    answer = explain(session, search=7, page=session.pages[0].id, word=0)
    assert answer["clicked"] is None
    assert answer["likeness"] == []
    assert not any(fact["kind"] == "alike" for fact in answer["facts"])


@pytest.mark.parametrize(
    "data",
    [{"search": 6}, {"search": 7, "page": "none", "word": 0}, {"search": 7, "word": 9}, {}, {"search": "7"}],
)
def test_what_is_no_hit_of_this_search_is_one_sentence(session: Session, data: dict[str, Any]) -> None:
    ask(session, SearchQuery("one"))
    with pytest.raises(MarkError):
        explain(session, **{"page": session.pages[0].id, **data})


def test_what_was_found_is_told_by_kind() -> None:
    every = explanation.facts(told([("a", "a", 0.9), ("b", "b", 0.99)]), "ab")
    assert every == [{"kind": "all", "count": 2}]
    assert explanation.facts(told([("?", "x", 0.9), ("b", "", 0.1)]), "?b") == [
        {"kind": "sure", "letters": [{"letter": "?", "reads": "x"}]},
        {"kind": "absent", "letters": [{"letter": "b", "reads": ""}]},
    ]
    assert explanation.facts(told(), "ab") == [{"kind": "shape"}]
    assert explanation.facts(told(likeness=[0.9, 0.8]), None) == [{"kind": "alike", "share": 1.0}]
    assert explanation.facts(told(likeness=[0.1, 0.8]), None) == [
        {"kind": "alike", "share": 0.5, "least": "beginning"}
    ]


def test_weight_and_threshold_are_told_with_the_hits(session: Session) -> None:
    first = session.pages[0]
    ask(session, SearchQuery("one", (first.id, 2)))
    assert (session.result.query.example_weight, session.result.weight) == (None, 0.3)
    assert set(first.index.weights) == {0.3}
    ask(session, SearchQuery("one", (first.id, 2), example_weight=0.9))
    assert (session.result.weight, first.index.weights[-1]) == (0.9, 0.9)
    assert session.result.threshold == 0.4
    ask(session, SearchQuery(None, (first.id, 2)))
    assert session.result.weight is None
    assert session.result.threshold == 0.35
