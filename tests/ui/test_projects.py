from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
import torch

import mark_core as mark
from mark_core import Page, Word, WordIndex
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.weights import from_bytes, make_card, to_bytes
from mark_core.ui.correcting import correct
from mark_core.ui.corrections import Correction
from mark_core.ui.decisions import Decision, Topic
from mark_core.ui.desk import Desk
from mark_core.ui.limits import Limits
from mark_core.ui.samples import SampleShelf
from mark_core.ui.session import Session
from mark_core.ui.sheet import make_sheet
from mark_core.ui.store import SessionStore

from .fakes import find

WORDS = ["orders", "letter", "captain", "orders"]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Desks:
    """A desk whose pages need no segmentation, and a way to open what it saved."""

    desk: Desk
    clock: Clock
    model: MarkModel

    def session(self) -> Session:
        return self.desk.store.open()

    def lay(self, session: Session, title: str, index: WordIndex | None = None, note: str = "") -> str:
        """A page of four words; with an index of somebody else as a sample."""
        index = session.index if index is None else index
        page_id = index.add(*draw_page(title))
        return session.keep(make_sheet(index, page_id, session.root, title=title, note=note)).id

    def save(self, session: Session, seq: int = 1) -> dict[str, Any]:
        view = list(self.desk.save(session.key, event(seq=seq)))[-1]
        assert view["busy"] is None
        return view["panels"]["project"]

    def open(self, session: Session, path: str | Path, name: str = "x.mark") -> dict[str, Any]:
        upload = self.desk.uploads / f"{len(list(self.desk.uploads.iterdir()))}.mark"
        upload.write_bytes(Path(path).read_bytes())
        files = [{"path": str(upload), "name": name}]
        return list(self.desk.add(session.key, event(files=files, direction="auto")))[-1]


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def draw_page(name: str) -> tuple[Page, list[Word]]:
    noise = np.random.default_rng(len(name)).integers(0, 9, (160, 900), np.uint8)
    pixels = 228 - noise
    words = []
    for i, text in enumerate(WORDS):  # each lower than the one before: equal words must not score alike
        cv2.putText(
            pixels, text, (20 + 220 * i, 80 + 2 * i), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 40, 2, cv2.LINE_AA
        )
        words.append(Word((16 + 220 * i, 44, 190, 50), 1.0, 0, i))
    return Page(np.stack([pixels] * 3, axis=2), name, f"sha-{name}"), words


@pytest.fixture
def model(random_model: MarkModel) -> MarkModel:
    """With scores that are neither 0 nor 1."""
    return MarkModel(random_model.network, {"calibration": {"text": [0.0, 5.0, 0.0]}}, "cpu")


@pytest.fixture
def desks(tmp_path: Path, model: MarkModel) -> Desks:
    def new_index() -> WordIndex:
        return WordIndex(model)

    (tmp_path / "uploads").mkdir()
    clock, root = Clock(), tmp_path / "pages"
    store = SessionStore(new_index, root, Limits(pages=4, undo_seconds=60), clock)
    return Desks(Desk(store, SampleShelf(new_index, root, tmp_path), tmp_path / "uploads"), clock, model)


def look(view: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What of a view a project must bring back."""
    return [
        tuple(page[key] for key in ("title", "note", "words", "width", "height")) for page in view["pages"]
    ]


def hits(session: Session, text: str) -> list[tuple[Any, ...]]:
    places = {sheet.id: place for place, sheet in enumerate(session.sheets)}
    found = find(session, text, None)
    assert len({hit["score"] for hit in found}) > 3
    return sorted((places[hit["page"]], hit["word"], hit["box"], hit["score"]) for hit in found)


def test_saved_and_opened_in_another_tab(desks: Desks, model: MarkModel) -> None:
    session = desks.session()
    first, second = desks.lay(session, "To the governor", note="draft"), desks.lay(session, "b")
    desks.lay(session, "A sample", WordIndex(model))
    correct(session, first, 0, Correction("remove", (1,)))
    session.move(second, 0)
    topic = Topic.of("orders", None)
    box = session.sheet(second).entry.words[3].box
    session.decisions = session.decisions.decided(topic, Decision(second, box, "rejected", 2))
    session.word_names = {(second, box): "Orders"}
    session.answers = session.answers.answered((second, box), "orders").answered((first, box), "")
    answer = desks.save(session, 7)
    assert (answer["seq"], answer["error"], answer["name"]) == (7, None, "letters.mark")
    assert (answer["pages"], answer["large"]) == (3, False)
    assert answer["bytes"] == Path(answer["file"]).stat().st_size
    other = desks.session()
    view = desks.open(other, answer["file"], "Fort letters.mark")
    assert view["notices"] == []
    assert look(view) == look(session.view())
    assert [page["words"] for page in view["pages"]] == [4, 3, 4]
    assert hits(other, "orders") == hits(session, "orders")
    assert view["focus"] == view["pages"][0]["id"]
    [decision] = other.decisions.of(topic)
    assert (decision.page, decision.box, decision.kind) == (view["pages"][0]["id"], box, "rejected")
    assert other.answers.texts == {(view["pages"][0]["id"], box): "orders"}
    assert view["panels"]["taught"] == {"read": 1, "unreadable": 1, "learnt": 1, "undo": False}
    assert other.word_names == {(view["pages"][0]["id"], box): "Orders"}
    assert view["undo"] is None  # nothing of the visitor's own was put away
    assert desks.save(other)["name"] == "Fort letters.mark"
    # everything is the visitor's own now
    correct(other, view["pages"][2]["id"], 0, Correction("remove", (0,)))
    assert [page["words"] for page in other.view()["pages"]] == [4, 3, 3]
    assert [page["words"] for page in session.view()["pages"]] == [4, 3, 4]


def test_what_was_open_before_comes_back(desks: Desks) -> None:
    session, other = desks.session(), desks.session()
    desks.lay(session, "saved")
    answer = desks.save(session)
    own = desks.lay(other, "mine")
    list(desks.desk.search(other.key, event(seq=1, text="orders", example=None)))
    before = hits(other, "orders")
    view = desks.open(other, answer["file"])
    assert [page["title"] for page in view["pages"]] == ["saved"]
    assert (view["result"], view["focus"]) == (None, view["pages"][0]["id"])
    opened = other.sheets[0].folder
    view = desks.desk.undo(other.key, event(number=view["undo"]["number"]))
    assert [page["id"] for page in view["pages"]] == [own]
    assert view["result"]["text"] == "orders"
    assert hits(other, "orders") == before
    assert not opened.exists()


def test_what_was_put_away_is_deleted_after_a_while(desks: Desks) -> None:
    session = desks.session()
    desks.lay(session, "a")
    answer = desks.save(session)
    old, pixels = session.sheets[0].folder, 160 * 900 * 3
    assert session.nbytes == pixels
    desks.open(session, answer["file"])
    assert old.exists()
    assert 2 * pixels < session.nbytes < 3 * pixels  # two pages, and the file of the second
    desks.clock.now = 61
    desks.desk.store.sweep()
    assert not old.exists()
    assert pixels < session.nbytes < 2 * pixels
    folder = session.sheets[0].folder
    session.close()
    assert not folder.exists()
    assert not Path(answer["file"]).exists()
    assert list(session.root.iterdir()) == []


def broken(data: bytes) -> bytes:
    return data[: len(data) // 2]


def changed(data: bytes, **values: Any) -> bytes:
    """The project with other values in its table of contents."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "project.json":
                content = json.dumps({**json.loads(content), **values}).encode()
            archive.writestr(name, content)
    return target.getvalue()


def newer(data: bytes) -> bytes:
    return changed(data, version=99)


def foreign(data: bytes) -> bytes:
    return b"This is a letter."


def bad_decisions(data: bytes) -> bytes:
    return changed(data, decisions=[{"text": 1}])


@pytest.mark.parametrize("damage", [broken, newer, foreign, bad_decisions])
def test_a_file_that_cannot_be_opened_leaves_everything(
    desks: Desks, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    session = desks.session()
    desks.lay(session, "a")
    data = Path(desks.save(session)["file"]).read_bytes()
    (tmp_path / "bad.mark").write_bytes(damage(data))
    before, files = session.view(), sorted(session.root.iterdir())
    view = desks.open(session, tmp_path / "bad.mark", "bad.mark")
    assert [notice["text"].startswith("bad.mark: ") for notice in view["notices"]] == [True]
    assert view["notices"][0]["text"].endswith((".", "again."))
    assert view["pages"] == before["pages"]
    assert view["undo"] is None
    assert sorted(session.root.iterdir()) == files
    assert len(find(session, "orders", None)) == 4


def test_a_project_larger_than_the_desk_is_refused(desks: Desks, model: MarkModel, tmp_path: Path) -> None:
    index = WordIndex(model)
    for number in range(5):
        index.add(*draw_page(str(number)))
    index.save(tmp_path / "large.mark")
    session = desks.session()
    desks.lay(session, "a")
    view = desks.open(session, tmp_path / "large.mark")
    assert "5 pages, but there is room for 4 only" in view["notices"][0]["text"]
    assert len(view["pages"]) == 1


def test_nothing_is_saved_of_an_empty_desk(desks: Desks) -> None:
    answer = desks.save(desks.session())
    assert answer["error"].startswith("There is nothing to save yet")
    assert "file" not in answer


def test_a_fault_in_saving_is_told(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    session = desks.session()
    desks.lay(session, "a")
    monkeypatch.setattr(mark, "save_project", lambda *_, **__: 1 / 0)
    assert desks.save(session)["error"].startswith("Something went wrong")


def test_opening_is_cancelled_without_a_trace(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    session = desks.session()
    desks.lay(session, "a")
    answer = desks.save(session)
    before = sorted(session.root.iterdir())
    real = mark.open_project

    def slow(*args: Any, **kwargs: Any) -> Any:
        project = real(*args, **kwargs)
        session.intake.stop()
        return project

    monkeypatch.setattr(mark, "open_project", slow)
    view = desks.open(session, answer["file"])
    assert [page["title"] for page in view["pages"]] == ["a"]
    assert view["notices"] == []
    assert sorted(session.root.iterdir()) == before


def test_a_page_that_is_ready_after_its_project_was_put_away_leaves_nothing(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, other = desks.session(), desks.session()
    desks.lay(session, "saved")
    desks.lay(other, "mine")
    view = desks.open(other, desks.save(session)["file"])
    before = sorted(other.root.iterdir())
    real = WordIndex.add

    def slow(*args: Any, **kwargs: Any) -> str:
        page_id = real(*args, **kwargs)
        other.undo(view["undo"]["number"])
        return page_id

    monkeypatch.setattr(WordIndex, "add", slow)
    with pytest.raises(mark.MarkError, match="Another project"):
        other.add(draw_page("late")[0], "late")
    assert [sheet.title for sheet in other.sheets] == ["mine"]
    assert set(other.root.iterdir()) < set(before)


def test_no_project_is_opened_or_put_away_while_a_hand_is_learnt(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, other = desks.session(), desks.session()
    desks.lay(session, "saved")
    desks.lay(other, "mine")
    saved = desks.save(session)["file"]
    number = desks.open(other, saved)["undo"]["number"]
    with monkeypatch.context() as patch:
        patch.setattr(type(other.learning), "running", True)
        view = desks.open(other, saved)
        assert "being learnt" in view["notices"][-1]["text"]
        view = desks.desk.undo(other.key, event(number=number))
        assert "being learnt" in view["notices"][-1]["text"]
        assert [page["title"] for page in view["pages"]] == ["saved"]
    view = desks.desk.undo(other.key, event(number=number))
    assert [page["title"] for page in view["pages"]] == ["mine"]


def test_a_learnt_hand_comes_back_with_the_project(desks: Desks, model: MarkModel) -> None:
    torch.manual_seed(7)
    data = to_bytes(MarkNetwork(model.network.config))
    network = from_bytes(model.network.config, data)
    learnt = MarkModel(network, make_card(network, data, hand={}, **model.card), "cpu")
    session, other = desks.session(), desks.session()
    desks.lay(session, "own")
    desks.lay(session, "sample", WordIndex(model))
    before = hits(session, "orders")
    session.own_all()
    session.index.set_model(learnt)
    view = desks.open(other, desks.save(session)["file"])
    assert view["panels"]["learning"]["state"] == "learnt"
    assert hits(other, "orders") == hits(session, "orders") != before
