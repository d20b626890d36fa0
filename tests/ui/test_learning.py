from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from mark_core.ui.desk import Desk
from mark_core.ui.turns import Turns

from mark_core import MarkError
from mark_core.training.adapt import Cycle
from mark_core.ui import learning

from .test_desk import arrive, event, upload

ASKED = {"seq": 4, "language": "en", "minutes": 2}


def adaptation(improved: bool = True, sentence: str = "MARK has learnt this hand.") -> Any:
    states = (Cycle(0, 0.6, 0.5, 0.0), Cycle(50, 0.9, 0.5, 0.1))
    return SimpleNamespace(
        improved=improved,
        sentence=sentence,
        cycles=states,
        kept=states[-1],
        model=lambda base: f"{base}, learnt",
    )


class Teacher:
    """A stand-in for the training: it reports, waits until it may go on, and answers what it is told to."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer or adaptation()
        self.go_on = threading.Event()
        self.began = threading.Event()
        self.asked: list[Any] = []

    def __call__(
        self, model: Any, strips: Any, plan: Any, known: Any, report: Any, stop: Any, watch: Any
    ) -> Any:
        self.known = known
        self.asked.append((model, len(strips), plan))
        report("Learning the hand", 0.25)
        self.began.set()
        while not self.go_on.is_set() and not stop.is_set():
            stop.wait(0.01)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Teacher:
    teacher = Teacher()
    monkeypatch.setattr(learning, "teach", teacher)
    return teacher


def learn(desk: Desk, key: str, **data: Any) -> list[dict[str, Any]]:
    return list(desk.learn(key, event(**(ASKED | data))))


def test_what_is_learnt_is_used_at_once_and_can_be_set_aside(desk: Desk, teacher: Teacher) -> None:
    key, _ = arrive(desk)
    list(desk.add(key, event(files=[upload(desk, "b.png")], direction="auto")))
    desk.search(key, event(seq=7, text="one"))
    session = desk.store.get(key)
    shared = [sheet.index for sheet in session.sheets if sheet.sample]
    teacher.go_on.set()
    views = learn(desk, key)
    assert views[0]["panels"]["lesson"] == {"seq": 4, "error": None}
    assert teacher.asked[0][:2] == ("shipped weights", 6)
    last = views[-1]["panels"]["learning"]
    assert (last["state"], last["gain"], last["left"]) == ("learnt", (0.3, 0.45), None)
    assert session.index.model == "shipped weights, learnt"
    assert all(sheet.index is session.index for sheet in session.sheets)  # the sample too, as a copy
    assert shared[0].model == "shipped weights"  # other visitors keep theirs
    assert (views[-1]["result"]["seq"], views[-1]["result"]["turn"]) == (7, 1)
    view = desk.steer(key, event(seq=1, what="forget"))
    assert view["panels"]["learning"]["state"] == "forgotten"
    assert session.index.model == "shipped weights"
    assert view["result"]["turn"] == 2
    desk.steer(key, event(seq=1, what="again"))
    assert session.index.model == "shipped weights, learnt"


def test_progress_is_shown_and_searching_goes_on(desk: Desk, teacher: Teacher) -> None:
    key, _ = arrive(desk)
    views = desk.learn(key, event(**ASKED))
    next(views)
    assert teacher.began.wait(10)
    view = desk.search(key, event(seq=2, text="one"))
    assert view["result"]["error"] is None
    shown = view["panels"]["learning"]
    assert 0 < shown.pop("left") <= 120
    assert shown == {
        "state": "learning", "sentence": "Learning the hand", "fraction": 0.25, "gain": None
    }  # fmt: skip
    assert desk.steer(key, event(seq=1, what="forget"))["panels"]["steered"]["error"] == learning.RUNNING
    assert learn(desk, key, seq=5)[0]["panels"]["lesson"]["error"] == learning.RUNNING
    desk.steer(key, event(seq=1, what="stop"))
    assert list(views)[-1]["panels"]["learning"]["state"] == "learnt"  # the best so far is kept


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (adaptation(improved=False, sentence="Another language may fit."), "Another language may fit."),
        (MarkError("Learning a hand needs at least 60 words."), "at least 60 words"),
        (ZeroDivisionError(), learning.TROUBLE),
    ],
)
def test_where_nothing_is_learnt_a_sentence_says_so(
    desk: Desk, teacher: Teacher, answer: Any, sentence: str
) -> None:
    key, _ = arrive(desk)
    teacher.answer = answer
    teacher.go_on.set()
    shown = learn(desk, key)[-1]["panels"]["learning"]
    assert (shown["state"], shown["gain"]) == ("ended", None)
    assert sentence in shown["sentence"]
    assert desk.store.get(key).index.model == "shipped weights"
    assert desk.steer(key, event(seq=1, what="again"))["panels"]["steered"]["error"] == learning.NEVER


def test_one_collection_at_a_time(desk: Desk, teacher: Teacher, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(2, learning.FULL)
    monkeypatch.setattr(learning.Learning.__init__, "__defaults__", (turns,))
    keys = [list(desk.arrive(SimpleNamespace(session_hash=f"tab {i}")))[-1][0] for i in range(3)]
    streams = [desk.learn(key, event(**ASKED)) for key in keys]
    next(streams[0])
    assert teacher.began.wait(10)
    next(streams[1])
    waiting = next(view for view in streams[1] if view["panels"].get("learning"))
    assert waiting["panels"]["learning"]["sentence"] == learning.WAITING
    assert next(streams[2])["panels"]["lesson"]["error"] == learning.FULL
    teacher.go_on.set()
    assert list(streams[0])[-1]["panels"]["learning"]["state"] == "learnt"
    assert list(streams[1])[-1]["panels"]["learning"]["state"] == "learnt"
    assert len(teacher.asked) == 2


def test_a_closed_tab_learns_no_further(desk: Desk, teacher: Teacher) -> None:
    key, _ = arrive(desk)
    views = desk.learn(key, event(**ASKED))
    next(views)
    assert teacher.began.wait(10)
    session = desk.store.get(key)
    desk.store.close(key)
    list(views)
    assert session.panels["learning"]["state"] == "ended"
    assert list(desk.store.root.iterdir()) == [
        folder for folder in desk.store.root.iterdir() if (folder / "page.jpg").exists()
    ]  # only the shared sample's


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"language": "tlh"}, "makes no sense"),
        ({"minutes": 500}, "makes no sense"),
        ({"language": "own", "words": " \n"}, "one a line"),
        ({"language": "own", "words": "x" * (learning.MAX_LIST + 1)}, "too long"),
        ({"language": "own", "words": 7}, "makes no sense"),
    ],
)
def test_a_plan_that_makes_no_sense_gets_a_sentence(
    desk: Desk, teacher: Teacher, data: dict[str, Any], sentence: str
) -> None:
    key, _ = arrive(desk)
    assert sentence in learn(desk, key, **data)[0]["panels"]["lesson"]["error"]
    assert teacher.asked == []


def test_an_own_list_reaches_the_trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    from mark_core.training import adapt

    taken = []
    monkeypatch.setattr(adapt, "adapt", lambda *args, **kwargs: taken.append(args))
    plan = learning.Plan("own", "Winchester\t5\norders\n", 2)
    learning.teach("model", [], plan, {}, lambda *_: None, threading.Event(), lambda *_: None)
    assert taken[0][2].words == ("orders", "winchester")
    assert taken[0][3] == 2
    learning.teach(
        "model", [], learning.Plan("none"), {}, lambda *_: None, threading.Event(), lambda *_: None
    )
    assert taken[1][2] is None


def test_confirmed_hits_of_a_typed_word_are_labels(desk: Desk, teacher: Teacher) -> None:
    key, view = arrive(desk)
    page = view["pages"][0]["id"]
    for text, word in (("Orders", 1), ("ord*", 2)):
        desk.search(key, event(seq=1, text=text))
        desk.judge(key, event(seq=2, search=1, act="confirmed", page=page, word=word, version=0))
    desk.judge(key, event(seq=2, search=1, act="rejected", page=page, word=0, version=0))
    teacher.go_on.set()
    learn(desk, key)
    assert teacher.known == {1: "orders"}  # a pattern is no transcription
