from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mark_core import MarkError
from mark_core.retrieval.evidence import LetterPlace
from mark_core.retrieval.why import Explanation, Ground, WordEvidence
from mark_core.ui import why
from mark_core.ui.question import Question
from mark_core.ui.session import Session
from mark_core.ui.store import SessionStore

from .fakes import FakeIndex, fake_page


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = SessionStore(FakeIndex, tmp_path / "pages").open()
    session.add(fake_page("a"), "a")
    session.add(fake_page("b"), "b")
    return session


def ask(session: Session, question: Question) -> None:
    session.question = question
    answer = question.answer(session.sheets, session.decisions)
    session.result = {"seq": 7, "turn": 0, "error": None, **answer}


def told(letters=(), likeness=(), grounds=()) -> Explanation:
    places = tuple(LetterPlace(*letter, 0.0, 1.0, np.zeros(1, np.float32)) for letter in letters)
    heat = np.array(likeness, np.float32)
    return Explanation((WordEvidence(0, places, ""),), heat, heat, tuple(grounds))


def test_a_hit_is_explained_by_what_the_search_was(session: Session) -> None:
    first = session.sheets[0]
    ask(session, Question("one", (first.id, 2), lam=0.2))
    answer = why.serve(session, {"search": 7, "page": first.id, "word": 1})
    place, query = first.index.explained[-1]
    assert place == (first.page_id, 1)
    assert query["text"] == "one"
    assert query["example"] == (first.page_id, 2)
    assert query["lam"] == 0.2
    assert answer["hit"]["word"] == 1
    assert answer["clicked"] == {"box": list(first.entry.words[2].box), "turned": False}
    (word,) = answer["words"]
    assert word["box"] == list(first.entry.words[1].box)
    assert [letter["level"] for letter in word["letters"]] == ["sure", "absent", "unsure"]
    assert answer["said"] == [
        "Found in order: o.",
        "Uncertain: e.",
        "Not found: n (looks more like u).",
        "It looks like the clicked word along 67% of its length; least at its end.",
    ]
    assert answer["grounds"] == [
        "By the letters as they were read: best of 6 words",
        "By the look of the whole word: number 3 of 6 words",
        "Likeness to a word you confirmed: 91%",
    ]


def test_without_a_clicked_word_nothing_is_said_of_one(session: Session) -> None:
    ask(session, Question("one"))
    answer = why.serve(session, {"search": 7, "page": session.sheets[0].id, "word": 0})
    assert answer["clicked"] is None
    assert answer["likeness"] == []
    assert not any("clicked" in sentence for sentence in answer["said"])


@pytest.mark.parametrize(
    "data",
    [{"search": 6}, {"search": 7, "page": "none", "word": 0}, {"search": 7, "word": 9}, {}, {"search": "7"}],
)
def test_what_is_no_hit_of_this_search_is_one_sentence(session: Session, data: dict) -> None:
    ask(session, Question("one"))
    with pytest.raises(MarkError):
        why.serve(session, {"page": session.sheets[0].id, **data})


def test_plain_words() -> None:
    every = why.sentences(told([("a", "a", 0.9), ("b", "b", 0.99)]), "ab")
    assert every == ["All 2 letters were found, in order."]
    assert why.sentences(told([("?", "x", 0.9), ("b", "", 0.1)]), "?b") == [
        "Found in order: x.",
        "Not found: b (no letter seen there).",
    ]
    (sentence,) = why.sentences(told(), "ab")
    assert "look of the whole word" in sentence
    assert why.sentences(told(likeness=[0.9, 0.8]), None) == [
        "It looks like the clicked word along its whole length."
    ]
    assert why.ground_text(Ground("rejected", 1, 9, 0.4)).endswith("rejected: 40%")


def test_weight_and_threshold_are_told_with_the_hits(session: Session) -> None:
    first = session.sheets[0]
    ask(session, Question("one", (first.id, 2)))
    assert (session.result["lam"], session.result["weight"]) == (None, 0.3)
    assert set(first.index.weights) == {0.3}
    ask(session, Question("one", (first.id, 2), lam=0.9))
    assert (session.result["weight"], first.index.weights[-1]) == (0.9, 0.9)
    assert session.result["threshold"] == 0.4
    ask(session, Question(None, (first.id, 2)))
    assert session.result["weight"] is None
    assert session.result["threshold"] == 0.35
