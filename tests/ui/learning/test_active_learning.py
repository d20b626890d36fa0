from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mark_core.training import active_learning, labelers
from mark_core.ui.collection.decisions import Decision, QueryKey
from mark_core.ui.learning import learning
from mark_core.ui.learning.active_learning import EMBEDDING_LIST
from mark_core.ui.server import Server

from ..tabs import Tab, replies, text, upload
from .test_learning import Trainer, learn

PLAN = {"language": "own", "words": "fort", "minutes": 5}


class Doubtful:
    def confidence(self, encoding: Any) -> np.ndarray:
        return np.zeros(6)


@pytest.fixture
def tab(server: Server, monkeypatch: pytest.MonkeyPatch) -> Tab:
    """A session with two pages of three words each, of which the first that are not known are asked about."""

    def labeler(model: Any, lexicon: Any, tick: Any) -> Doubtful:
        assert lexicon.words == ("fort",)
        tick(0.5)
        return Doubtful()

    def choose(encoding: Any, confidence: Any, count: int, answered: Any, unreadable: Any) -> list[int]:
        return [row for row in range(6) if row not in {*answered, *unreadable}][:2]

    monkeypatch.setattr(labelers, "make_labeler", labeler)
    monkeypatch.setattr(active_learning, "choose_questions", choose)
    tab, _ = Tab.arrive(server)
    tab.add(upload(server, "b.png"))
    return tab


def asked(tab: Tab) -> list[dict[str, Any]]:
    reply = tab.reply("active_learning", "ask", **PLAN)
    assert reply["state"] == "done", reply
    return json.loads(Path(reply["data"]["data"]).read_text())


def answer(tab: Tab, action: str, question: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The view after an answer."""
    place = {name: question[name] for name in ("page", "word", "version")} if question else {}
    return tab.view("active_learning", action, **place, **fields)


def learnable(view: dict[str, Any]) -> Any:
    reply = replies(view, "active_learning")[-1]
    assert reply["state"] == "done", reply
    return reply["data"]["learnable"]


def test_questions_go_on_where_answers_end(tab: Tab) -> None:
    first, second = tab.session.pages
    one, two = asked(tab)
    assert (one["page"], one["word"], one["box"], one["turned"]) == (first.id, 0, [10, 10, 30, 12], False)
    assert learnable(answer(tab, "answered", one, text=" Fort\n")) is True
    view = answer(tab, "unreadable", two)
    assert view["active_learning"] == {"read": 1, "unreadable": 1, "learnable": 1, "undo": True}
    three, four = asked(tab)
    assert [(one["page"], one["word"]) for one in (three, four)] == [(first.id, 2), (second.id, 0)]
    assert learnable(answer(tab, "answered", three, text="\u03bb\u03cc\u03b3\u03bf\u03c2")) is False
    session = tab.session
    box = session.page(first.id).entry.words[0].box
    assert session.transcriptions.now[first.id, tuple(box)] == "Fort"
    answer(tab, "withdrawn", one)
    assert asked(tab)[0]["word"] == 0
    answer(tab, "undone")
    assert session.transcriptions.texts[first.id, tuple(box)] == "Fort"
    assert answer(tab, "cleared")["active_learning"]["read"] == 0
    assert answer(tab, "undone")["active_learning"]["read"] == 2


def test_looking_at_the_list_is_told(tab: Tab) -> None:
    views = tab.views("active_learning", "ask", **PLAN)
    assert EMBEDDING_LIST.to_json() in [replies(view, "active_learning")[-1]["step"] for view in views]


def test_answers_and_confirmed_hits_are_what_the_next_learning_knows(
    tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer()
    monkeypatch.setattr(learning, "adapt_model", trainer)
    session = tab.session
    first, second = session.pages
    boxes = [tuple(word.box) for word in first.entry.words]
    for box, page in ((boxes[1], first), (boxes[2], second)):
        decision = Decision(page.id, box, "confirmed", 1)
        session.decisions = session.decisions.decided(QueryKey.of("march", None), decision)
    one, two = asked(tab)[0], {"page": first.id, "word": 1, "version": 0}
    assert one["word"] == 0
    answer(tab, "answered", one, text="Fort")
    answer(tab, "answered", two, text="marsh")  # what is typed is truer than what was confirmed
    trainer.go_on.set()
    learn(tab)
    assert trainer.known == {0: "Fort", 1: "marsh", 5: "march"}
    assert [(one["page"], one["word"]) for one in asked(tab)] == [(first.id, 2), (second.id, 0)]


@pytest.mark.parametrize(
    ("action", "fields", "sentence"),
    [
        ("answered", {"text": "x", "page": "elsewhere", "word": 0}, "no longer open"),
        ("answered", {"text": "x"}, "makes no sense"),
        ("burnt", {}, "makes no sense"),
        ("undone", {}, "nothing to undo"),
    ],
)
def test_an_answer_that_makes_no_sense_gets_a_sentence(
    tab: Tab, action: str, fields: dict[str, Any], sentence: str
) -> None:
    assert sentence in tab.error("active_learning", action, **fields)


def test_questions_need_pages_and_a_list(tab: Tab) -> None:
    assert "one a line" in tab.error("active_learning", "ask", **(PLAN | {"words": " "}))
    for page in tab.session.pages:
        tab.view("pages", "remove", page=page.id)
    assert "Add a page" in tab.error("active_learning", "ask", **PLAN)


def test_an_answer_stays_with_its_word(tab: Tab) -> None:
    one, two = asked(tab)
    answer(tab, "answered", two, text="fort")
    tab.view("editing", "remove", page=one["page"], version=0, words=[0])
    session = tab.session
    assert session.known_texts == {(two["page"], tuple(two["box"])): "fort"}
    answer(tab, "answered", two, text="forts")  # it has another number by now
    assert list(session.known_texts.values()) == ["forts"]
    gone = answer(tab, "answered", one, text="x")
    assert "no box any more" in text(replies(gone, "active_learning")[-1]["error"])
