from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mark_core.training import active_learning, labelers
from mark_core.ui import learning
from mark_core.ui.decisions import Decision, Topic
from mark_core.ui.desk import Desk
from mark_core.ui.teaching import LIST

from .test_desk import arrive, event, upload
from .test_learning import Teacher, learn

PLAN = {"language": "own", "words": "fort", "minutes": 5}


class Doubtful:
    def confidence(self, encoding: Any) -> np.ndarray:
        return np.zeros(6)


@pytest.fixture
def key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """A session with two pages of three words each, of which the first that are not known are asked about."""

    def teacher(model: Any, lexicon: Any, tick: Any) -> Doubtful:
        assert lexicon.words == ("fort",)
        tick(0.5)
        return Doubtful()

    def choose(encoding: Any, confidence: Any, count: int, answered: Any, unreadable: Any) -> list[int]:
        return [row for row in range(6) if row not in {*answered, *unreadable}][:2]

    monkeypatch.setattr(labelers, "make_labeler", teacher)
    monkeypatch.setattr(active_learning, "choose_questions", choose)
    key, _ = arrive(desk)
    list(desk.add(key, event(files=[upload(desk, "b.png")], direction="auto")))
    return key


def asked(desk: Desk, key: str) -> list[dict[str, Any]]:
    views = list(desk.ask_words(key, event(seq=3, **PLAN)))
    answer = views[-1]["panels"]["questions"]
    assert (answer["seq"], answer["error"], answer["step"]) == (3, None, None)
    return json.loads(Path(answer["data"]).read_text())


def reply(desk: Desk, key: str, act: str, question: dict[str, Any] | None = None, **data: Any) -> Any:
    place = {name: question[name] for name in ("page", "word", "version")} if question else {}
    return desk.answer_word(key, event(seq=9, act=act, **place, **data))["panels"]


def test_questions_go_on_where_answers_end(desk: Desk, key: str) -> None:
    first, second = desk.store.get(key).sheets
    one, two = asked(desk, key)
    assert (one["page"], one["word"], one["box"], one["turned"]) == (first.id, 0, [10, 10, 30, 12], False)
    panels = reply(desk, key, "answered", one, text=" Fort\n")
    assert (panels["answered"]["error"], panels["answered"]["learnt"]) == (None, True)
    panels = reply(desk, key, "unreadable", two)
    assert panels["taught"] == {"read": 1, "unreadable": 1, "learnt": 1, "undo": True}
    three, four = asked(desk, key)
    assert [(one["page"], one["word"]) for one in (three, four)] == [(first.id, 2), (second.id, 0)]
    assert (
        reply(desk, key, "answered", three, text="\u03bb\u03cc\u03b3\u03bf\u03c2")["answered"]["learnt"]
        is False
    )
    session = desk.store.get(key)
    box = session.sheet(first.id).entry.words[0].box
    assert session.answers.now[first.id, tuple(box)] == "Fort"
    reply(desk, key, "withdrawn", one)
    assert asked(desk, key)[0]["word"] == 0
    reply(desk, key, "undone")
    assert session.answers.texts[first.id, tuple(box)] == "Fort"
    assert reply(desk, key, "cleared")["taught"]["read"] == 0
    assert reply(desk, key, "undone")["taught"]["read"] == 2


def test_looking_at_the_list_is_told(desk: Desk, key: str) -> None:
    steps = [view["panels"]["questions"]["step"] for view in desk.ask_words(key, event(seq=3, **PLAN))]
    assert LIST in steps


def test_answers_and_confirmed_hits_are_what_the_next_learning_knows(
    desk: Desk, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = Teacher()
    monkeypatch.setattr(learning, "teach", teacher)
    session = desk.store.get(key)
    first, second = session.sheets
    boxes = [tuple(word.box) for word in first.entry.words]
    for box, sheet in ((boxes[1], first), (boxes[2], second)):
        decision = Decision(sheet.id, box, "confirmed", 1)
        session.decisions = session.decisions.decided(Topic.of("march", None), decision)
    one, two = asked(desk, key)[0], {"page": first.id, "word": 1, "version": 0}
    assert one["word"] == 0
    reply(desk, key, "answered", one, text="Fort")
    reply(desk, key, "answered", two, text="marsh")  # what is typed is truer than what was confirmed
    teacher.go_on.set()
    learn(desk, key)
    assert teacher.known == {0: "Fort", 1: "marsh", 5: "march"}
    assert [(one["page"], one["word"]) for one in asked(desk, key)] == [(first.id, 2), (second.id, 0)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"act": "answered", "text": "x", "page": "elsewhere", "word": 0}, "no longer open"),
        ({"act": "answered", "text": "x"}, "makes no sense"),
        ({"act": "burnt"}, "makes no sense"),
        ({"act": "undone"}, "nothing to undo"),
    ],
)
def test_an_answer_that_makes_no_sense_gets_a_sentence(
    desk: Desk, key: str, data: dict[str, Any], sentence: str
) -> None:
    assert sentence in desk.answer_word(key, event(seq=1, **data))["panels"]["answered"]["error"]


def test_questions_need_pages_and_a_list(desk: Desk, key: str) -> None:
    ask = lambda **data: list(desk.ask_words(key, event(seq=1, **(PLAN | data))))[-1]["panels"]["questions"]  # noqa: E731
    assert "one a line" in ask(words=" ")["error"]
    for sheet in desk.store.get(key).sheets:
        desk.remove(key, event(page=sheet.id))
    assert "Add a page" in ask()["error"]


def test_an_answer_stays_with_its_word(desk: Desk, key: str) -> None:
    one, two = asked(desk, key)
    reply(desk, key, "answered", two, text="fort")
    desk.correct(key, event(seq=5, page=one["page"], version=0, kind="remove", words=[0]))
    session = desk.store.get(key)
    assert session.known_texts == {(two["page"], tuple(two["box"])): "fort"}
    reply(desk, key, "answered", two, text="forts")  # it has another number by now
    assert list(session.known_texts.values()) == ["forts"]
    assert "no box any more" in reply(desk, key, "answered", one, text="x")["answered"]["error"]
