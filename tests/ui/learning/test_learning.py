from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.training.adapt import Cycle
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.learning import learning
from mark_core.ui.server import Server

from ..tabs import Tab, replies, text, upload

PLAN = {"language": "en", "minutes": 2}


def adaptation(improved: bool = True, sentence: str = "MARK has learnt this hand.") -> Any:
    states = (Cycle(0, 0.6, 0.5, 0.0), Cycle(50, 0.9, 0.5, 0.1))
    return SimpleNamespace(
        improved=improved,
        sentence=sentence,
        cycles=states,
        kept=states[-1],
        model=lambda base: f"{base}, learnt",
    )


class Trainer:
    """A stand-in for the training: it reports, waits until it may go on, and answers what it is told to."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer or adaptation()
        self.go_on = threading.Event()
        self.began = threading.Event()
        self.asked: list[Any] = []

    def __call__(
        self,
        model: Any,
        strips: Any,
        plan: Any,
        known: Any,
        report: Any,
        stop: Any,
        watch: Any,
        after: Any,
        scripts: Any,
    ) -> Any:
        self.known, self.scripts = known, scripts
        self.asked.append((model, len(strips), plan))
        report("Learning the hand", 0.25)
        self.began.set()
        while not self.go_on.is_set() and not stop.is_set():
            stop.wait(0.01)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Trainer:
    trainer = Trainer()
    monkeypatch.setattr(learning, "adapt_model", trainer)
    return trainer


def learn(tab: Tab, **fields: Any) -> list[dict[str, Any]]:
    return tab.views("learning", "start", **(PLAN | fields))


def refused(view: dict[str, Any]) -> str:
    """Why the last request failed."""
    return text(replies(view, "learning")[-1]["error"])


def test_what_is_learnt_is_used_at_once_and_can_be_undone(server: Server, trainer: Trainer) -> None:
    tab, _ = Tab.arrive(server)
    tab.add(upload(server, "b.png"))
    tab.view("search", "search", text="one")
    session = tab.session
    shared = [page.index for page in session.pages if page.sample]
    trainer.go_on.set()
    views = learn(tab)
    assert replies(views[0], "learning")[-1]["state"] == "done"
    assert trainer.asked[0][:2] == ("shipped weights", 6)
    last = views[-1]["learning"]
    assert (last["state"], last["gain"], last["left"]) == ("learnt", (0.3, 0.45), None)
    assert session.index.model == "shipped weights, learnt"
    assert all(page.index is session.index for page in session.pages)  # the sample too, as a copy
    assert shared[0].model == "shipped weights"  # other visitors keep theirs
    assert (views[-1]["search"]["number"], views[-1]["search"]["revision"]) == (2, 1)
    view = tab.view("learning", "undo")
    assert view["learning"]["state"] == "undone"
    assert session.index.model == "shipped weights"
    assert view["search"]["revision"] == 2
    tab.view("learning", "redo")
    assert session.index.model == "shipped weights, learnt"


def test_progress_is_shown_and_searching_goes_on(server: Server, trainer: Trainer) -> None:
    tab, _ = Tab.arrive(server)
    views = tab.stream("learning", "start", **PLAN)
    next(views)
    assert trainer.began.wait(10)
    view = tab.view("search", "search", text="one")
    assert view["search"]["error"] is None
    assert view["learning"] == {
        "state": "learning",
        "message": {"id": "Learning the hand", "values": {}},
        "fraction": 0.25,
        "gain": None,
        "left": 120,  # the clock of these tests stands still
        "searches": None,
    }
    assert tab.error("learning", "undo") == learning.RUNNING
    assert refused(learn(tab)[0]) == learning.RUNNING
    tab.view("learning", "stop")
    assert list(views)[-1]["learning"]["state"] == "learnt"  # the best so far is kept


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (adaptation(improved=False, sentence="Another language may fit."), "Another language may fit."),
        (MarkError("Learning a hand needs at least 60 words."), "at least 60 words"),
        (ZeroDivisionError(), str(learning.FAILED)),
    ],
)
def test_where_nothing_is_learnt_a_sentence_says_so(
    server: Server, trainer: Trainer, answer: Any, sentence: str
) -> None:
    tab, _ = Tab.arrive(server)
    trainer.answer = answer
    trainer.go_on.set()
    shown = learn(tab)[-1]["learning"]
    assert (shown["state"], shown["gain"]) == ("ended", None)
    assert sentence in text(shown["message"])
    assert tab.session.index.model == "shipped weights"
    assert tab.error("learning", "redo") == learning.NEVER


def test_one_collection_at_a_time(server: Server, trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "LOCK", FifoLock(capacity=2, full=learning.FULL))
    tabs = [Tab.arrive(server, f"tab {i}")[0] for i in range(3)]
    streams = [tab.stream("learning", "start", **PLAN) for tab in tabs]
    next(streams[0])
    assert trainer.began.wait(10)
    next(streams[1])
    waiting = next(view for view in streams[1] if view["learning"])
    assert (waiting["learning"]["state"], waiting["learning"]["message"]) == (
        "waiting",
        learning.WAITING.to_json(),
    )
    assert refused(next(streams[2])) == learning.FULL
    trainer.go_on.set()
    assert list(streams[0])[-1]["learning"]["state"] == "learnt"
    assert list(streams[1])[-1]["learning"]["state"] == "learnt"
    assert len(trainer.asked) == 2


def test_a_closed_tab_learns_no_further(server: Server, trainer: Trainer) -> None:
    tab, _ = Tab.arrive(server)
    views = tab.stream("learning", "start", **PLAN)
    next(views)
    assert trainer.began.wait(10)
    session = tab.session
    server.store.close(tab.key)
    list(views)
    assert session.learning.to_view()["state"] == "ended"
    # of pages, only the shared sample's is left; pictures of the list of samples are in folders of their own
    kept = [folder for folder in server.store.root.iterdir() if not (folder / "page.jpg").exists()]
    assert all([file.name for file in folder.iterdir()] == ["thumb.jpg"] for folder in kept)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"language": "tlh"}, "makes no sense"),
        ({"minutes": 500}, "makes no sense"),
        ({"language": "own", "words": " \n"}, "one a line"),
        ({"language": "own", "words": "x" * (learning.MAX_LIST + 1)}, "too long"),
        ({"language": "own", "words": 7}, "makes no sense"),
    ],
)
def test_a_plan_that_makes_no_sense_gets_a_sentence(
    server: Server, trainer: Trainer, fields: dict[str, Any], sentence: str
) -> None:
    tab, _ = Tab.arrive(server)
    assert sentence in refused(learn(tab, **fields)[0])
    assert trainer.asked == []


def test_an_own_list_reaches_the_trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    from mark_core.training import adapt

    taken = []
    monkeypatch.setattr(adapt, "adapt", lambda *args, **kwargs: taken.append((*args, kwargs)))
    plan, stop = learning.Plan("own", "Winchester\t5\norders\n", 2), threading.Event()
    learning.adapt_model("model", [], plan, {}, lambda *_: None, stop, lambda *_: None)
    assert taken[0][2].words == ("orders", "winchester")
    assert taken[0][3]["minutes"] == 2
    learning.adapt_model("model", [], learning.Plan("none"), {}, lambda *_: None, stop, lambda *_: None)
    assert taken[1][2] is None


def test_scripts_that_were_told_reach_the_trainer(server: Server, trainer: Trainer) -> None:
    tab, _ = Tab.arrive(server)
    tab.add(upload(server, "b.png"), script="greek")
    trainer.go_on.set()
    learn(tab)
    assert trainer.scripts.tolist() == [-1, -1, -1, 1, 1, 1]


def test_confirmed_hits_of_a_typed_word_are_labels(server: Server, trainer: Trainer) -> None:
    tab, view = Tab.arrive(server)
    page = view["pages"][0]["id"]
    for typed, word in (("Orders", 1), ("ord*", 2)):
        tab.view("search", "search", text=typed)
        tab.view("feedback", "confirmed", search=tab.number, page=page, word=word, version=0)
    tab.view("feedback", "rejected", search=tab.number - 1, page=page, word=0, version=0)
    trainer.go_on.set()
    learn(tab)
    assert trainer.known == {1: "orders"}  # a pattern is no transcription
