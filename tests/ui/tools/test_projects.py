from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

import mark_core as mark
from mark_core import Page, Word, WordIndex
from mark_core.message import Message
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.weights import from_bytes, make_card, to_bytes
from mark_core.transcript.page_text import PageText, TextWord
from mark_core.ui.collection.decisions import Decision, QueryKey
from mark_core.ui.collection.edits import Edit
from mark_core.ui.collection.open_page import write_page
from mark_core.ui.editing.editing import edit_boxes
from mark_core.ui.server import Server
from mark_core.ui.session.limits import Limits
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore

from ..fakes import find
from ..tabs import Tab, notices, replies, text

WORDS = ["orders", "letter", "captain", "orders"]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Workshop:
    """A server whose pages need no segmentation, and a way to open what it saved."""

    server: Server
    clock: Clock
    model: MarkModel

    def session(self) -> Session:
        return self.server.store.open()

    def tab(self, session: Session) -> Tab:
        return Tab(self.server, session.key)

    def add(self, session: Session, title: str, index: WordIndex | None = None, note: str = "") -> str:
        """A page of four words; with an index of somebody else as a sample. Returns its id."""
        index = session.index if index is None else index
        page_id = index.add(*draw_page(title))
        said = Message(note) if note else None
        return session.keep(write_page(index, page_id, session.root, title=title, note=said)).id

    def save(self, session: Session) -> dict[str, Any]:
        """The reply to a request for the project file."""
        tab = self.tab(session)
        first, *_, view = tab.views("projects", "save")
        assert first["busy"]["step"] == first["replies"][-1]["step"]
        assert view["busy"] is None
        return replies(view, "projects")[-1]

    def saved(self, session: Session) -> dict[str, Any]:
        """The project file."""
        reply = self.save(session)
        assert (reply["state"], reply["error"]) == ("done", None)
        return reply["data"]

    def open(self, session: Session, path: str | Path, name: str = "x.mark") -> dict[str, Any]:
        folder = self.server.store.upload_folder
        upload = folder / f"{len(list(folder.iterdir()))}.mark"
        upload.write_bytes(Path(path).read_bytes())
        return self.tab(session).add({"path": str(upload), "name": name})


def draw_page(name: str) -> tuple[Page, list[Word]]:
    noise = np.random.default_rng(len(name)).integers(0, 9, (160, 900), np.uint8)
    pixels = 228 - noise
    words = []
    for i, written in enumerate(WORDS):  # each lower than the one before: equal words must not score alike
        cv2.putText(
            pixels, written, (20 + 220 * i, 80 + 2 * i), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 40, 2, cv2.LINE_AA
        )
        words.append(Word((16 + 220 * i, 44, 190, 50), 1.0, 0, i))
    return Page(np.stack([pixels] * 3, axis=2), name, f"sha-{name}"), words


@pytest.fixture
def model(random_model: MarkModel) -> MarkModel:
    """With scores that are neither 0 nor 1, and apart though random vectors are much alike."""
    return MarkModel(random_model.network, {"calibration": {"text": [0.0, 20.0, 0.0]}}, "cpu")


@pytest.fixture
def workshop(tmp_path: Path, model: MarkModel) -> Workshop:
    def new_index() -> WordIndex:
        return WordIndex(model)

    uploads, clock, limits = tmp_path / "uploads", Clock(), Limits(pages=4, undo_seconds=60)
    uploads.mkdir()
    store = SessionStore(new_index, tmp_path / "pages", limits, clock, upload_folder=uploads)
    return Workshop(Server(store), clock, model)


def shown(view: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What of a view a project must bring back."""
    return [
        tuple(page[key] for key in ("title", "note", "words", "width", "height")) for page in view["pages"]
    ]


def hits(session: Session, typed: str) -> list[tuple[Any, ...]]:
    places = {page.id: place for place, page in enumerate(session.pages)}
    found = find(session, typed, None)
    assert len({hit["score"] for hit in found}) >= 3  # two words of the page are alike
    return sorted((places[hit["page"]], hit["word"], hit["box"], hit["score"]) for hit in found)


def test_saved_and_opened_in_another_tab(workshop: Workshop, model: MarkModel) -> None:
    session = workshop.session()
    first, second = workshop.add(session, "To the governor", note="draft"), workshop.add(session, "b")
    workshop.add(session, "A sample", WordIndex(model))
    edit_boxes(session, first, 0, Edit("remove", (1,)))
    session.move(second, 0)
    key = QueryKey.of("orders", None)
    box = session.page(second).entry.words[3].box
    session.decisions = session.decisions.decided(key, Decision(second, box, "rejected", 2))
    session.word_names = {(second, box): "Orders"}
    texts = session.transcriptions.transcribed((second, box), "orders")
    session.transcriptions = texts.transcribed((first, box), "")
    answer = workshop.saved(session)
    assert answer["name"] == "letters.mark"
    assert (answer["pages"], answer["large"]) == (3, False)
    assert answer["bytes"] == Path(answer["file"]).stat().st_size
    other = workshop.session()
    view = workshop.open(other, answer["file"], "Fort letters.mark")
    assert view["notices"] == []
    assert shown(view) == shown(session.view())
    assert [page["words"] for page in view["pages"]] == [4, 3, 4]
    assert hits(other, "orders") == hits(session, "orders")
    assert view["focus"] == view["pages"][0]["id"]
    [decision] = other.decisions.of(key)
    assert (decision.page, decision.box, decision.kind) == (view["pages"][0]["id"], box, "rejected")
    assert other.transcriptions.texts == {(view["pages"][0]["id"], box): "orders"}
    assert view["active_learning"] == {"read": 1, "unreadable": 1, "learnable": 1, "undo": False}
    assert other.word_names == {(view["pages"][0]["id"], box): "Orders"}
    assert view["undo"] is None  # nothing of the visitor's own was put away
    assert workshop.saved(other)["name"] == "Fort letters.mark"
    # everything is the visitor's own now
    edit_boxes(other, view["pages"][2]["id"], 0, Edit("remove", (0,)))
    assert [page["words"] for page in other.view()["pages"]] == [4, 3, 3]
    assert [page["words"] for page in session.view()["pages"]] == [4, 3, 4]


def test_texts_of_pages_come_back(workshop: Workshop) -> None:
    session, other = workshop.session(), workshop.session()
    workshop.add(session, "a")
    page = session.page(workshop.add(session, "b"))
    box = page.entry.words[2].box
    words = (
        TextWord("orders", 0, page.entry.words[0].box, 0.5),
        TextWord("Captain,", 1, box, 1.0, by_hand=True),
    )
    text = PageText((*words, TextWord("lost", 1)))
    session.transcripts = session.transcripts.with_text(page.id, text)
    before = session.view()["transcript"]
    view = workshop.open(other, workshop.saved(session)["file"])
    opened = view["pages"][1]["id"]
    assert other.transcripts.now[opened].words == text.words
    assert set(other.transcripts.now) == {opened}
    assert view["transcript"]["pages"][opened] | {"data": ""} == before["pages"][page.id] | {"data": ""}
    assert view["transcript"]["undo"] is False
    # what was open before comes back with its texts
    mine = workshop.add(session, "mine")
    session.transcripts = session.transcripts.with_text(mine, text)
    view = workshop.open(session, workshop.saved(other)["file"])
    assert set(view["transcript"]["pages"]) == {view["pages"][1]["id"]}
    view = workshop.tab(session).view("pages", "undo", undo=view["undo"]["number"])
    assert set(view["transcript"]["pages"]) == {page.id, mine}


def test_a_project_without_texts_opens(workshop: Workshop, tmp_path: Path) -> None:
    index = WordIndex(workshop.model)
    index.add(*draw_page("a"))
    mark.save_project(tmp_path / "old.mark", index)  # as before there were any
    assert workshop.open(workshop.session(), tmp_path / "old.mark")["transcript"]["pages"] == {}


def test_sentences_come_back_as_messages(workshop: Workshop, model: MarkModel) -> None:
    session, other = workshop.session(), workshop.session()
    page_id = session.index.add(*draw_page("a"))
    title = Message("{name}, page {number}", {"name": "a.pdf", "number": 2})
    note = Message(
        "{note} · {other}", {"note": Message("Boxes from {file}", {"file": "a.xml"}), "other": "b"}
    )
    session.keep(write_page(session.index, page_id, session.root, title=title, note=note))
    (page,) = workshop.open(other, workshop.saved(session)["file"])["pages"]
    assert (page["title"], page["note"]) == (title.to_json(), note.to_json())


def test_what_was_open_before_comes_back(workshop: Workshop) -> None:
    session, other = workshop.session(), workshop.session()
    workshop.add(session, "saved")
    answer = workshop.saved(session)
    own = workshop.add(other, "mine")
    workshop.tab(other).view("search", "search", text="orders", example=None)
    before = hits(other, "orders")
    view = workshop.open(other, answer["file"])
    assert [page["title"] for page in view["pages"]] == ["saved"]
    assert (view["search"], view["focus"]) == (None, view["pages"][0]["id"])
    opened = other.pages[0].folder
    view = workshop.tab(other).view("pages", "undo", undo=view["undo"]["number"])
    assert [page["id"] for page in view["pages"]] == [own]
    assert view["search"]["text"] == "orders"
    assert hits(other, "orders") == before
    assert not opened.exists()


def test_what_was_put_away_is_deleted_after_a_while(workshop: Workshop) -> None:
    session = workshop.session()
    workshop.add(session, "a")
    answer = workshop.saved(session)
    old, pixels = session.pages[0].folder, 160 * 900 * 3
    assert session.nbytes == pixels
    workshop.open(session, answer["file"])
    assert old.exists()
    assert 2 * pixels < session.nbytes < 3 * pixels  # two pages, and the file of the second
    workshop.clock.now = 61
    workshop.server.store.sweep()
    assert not old.exists()
    assert pixels < session.nbytes < 2 * pixels
    folder = session.pages[0].folder
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
    workshop: Workshop, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    session = workshop.session()
    workshop.add(session, "a")
    data = Path(workshop.saved(session)["file"]).read_bytes()
    (tmp_path / "bad.mark").write_bytes(damage(data))
    before, files = session.view(), sorted(session.root.iterdir())
    view = workshop.open(session, tmp_path / "bad.mark", "bad.mark")
    assert [sentence.startswith("bad.mark: ") for sentence in notices(view)] == [True]
    assert notices(view)[0].endswith((".", "again."))
    assert view["pages"] == before["pages"]
    assert view["undo"] is None
    assert sorted(session.root.iterdir()) == files
    assert len(find(session, "orders", None)) == 4


def test_a_project_larger_than_the_session_is_refused(
    workshop: Workshop, model: MarkModel, tmp_path: Path
) -> None:
    index = WordIndex(model)
    for number in range(5):
        index.add(*draw_page(str(number)))
    index.save(tmp_path / "large.mark")
    session = workshop.session()
    workshop.add(session, "a")
    view = workshop.open(session, tmp_path / "large.mark")
    assert "5 pages, but there is room for 4 only" in notices(view)[0]
    assert len(view["pages"]) == 1


def test_nothing_is_saved_of_an_empty_session(workshop: Workshop) -> None:
    reply = workshop.save(workshop.session())
    assert text(reply["error"]).startswith("There is nothing to save yet")
    assert reply["data"] == {}


def test_a_fault_in_saving_is_told(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    session = workshop.session()
    workshop.add(session, "a")
    monkeypatch.setattr(mark, "save_project", lambda *_, **__: 1 / 0)
    assert text(workshop.save(session)["error"]).startswith("Something went wrong")


def test_opening_is_cancelled_without_a_trace(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    session = workshop.session()
    workshop.add(session, "a")
    answer = workshop.saved(session)
    before = sorted(session.root.iterdir())
    real = mark.open_project

    def slow(*args: Any, **kwargs: Any) -> Any:
        project = real(*args, **kwargs)
        session.upload_queue.cancel()
        return project

    monkeypatch.setattr(mark, "open_project", slow)
    view = workshop.open(session, answer["file"])
    assert [page["title"] for page in view["pages"]] == ["a"]
    assert view["notices"] == []
    assert sorted(session.root.iterdir()) == before


def of_other_weights(workshop: Workshop, tmp_path: Path, pages: int = 2) -> Path:
    """A project that was saved with weights that are not here."""
    session = workshop.session()
    for number in range(pages):
        workshop.add(session, f"page {number}")
    data = Path(workshop.saved(session)["file"]).read_bytes()
    path = tmp_path / "other.mark"
    path.write_bytes(changed(data, weights="0" * 64))
    return path


def test_words_that_are_encoded_again_are_told_before(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mark_core.model.page_script._CHUNK", 2)
    session = workshop.session()
    steps: list[tuple[str, float]] = []
    real = session.notify

    def notify(sentence: Any, calm: bool = False) -> None:
        steps.append((str(sentence), -1.0))
        real(sentence, calm)

    session.notify = notify  # type: ignore[method-assign]
    queue = session.upload_queue
    touch = queue._touch

    def touched() -> None:
        steps.extend((str(job.progress.step), job.progress.fraction) for job in queue.jobs)
        touch()

    queue._touch = touched  # type: ignore[method-assign]
    view = workshop.open(session, of_other_weights(workshop, tmp_path))
    (told,) = notices(view)
    assert told.startswith(
        "x.mark: This project was saved with other weights, so MARK looks at every word of its 2"
    )
    assert [notice["calm"] for notice in view["notices"]] == [True]
    names = [step for step, _ in steps]
    assert names.index(told) < names.index("Looking at every word again")
    shares = [share for step, share in steps if step == "Looking at every word again"]
    assert shares == sorted(shares)
    assert len(set(shares)) > 2  # within a page too
    assert [page["title"] for page in view["pages"]] == ["page 0", "page 1"]


def test_encoding_again_is_cancelled(workshop: Workshop, tmp_path: Path) -> None:
    path = of_other_weights(workshop, tmp_path)
    session = workshop.session()
    workshop.add(session, "mine")
    session.notify = lambda sentence, calm=False: session.upload_queue.cancel()  # type: ignore[method-assign]
    view = workshop.open(session, path)
    assert [page["title"] for page in view["pages"]] == ["mine"]
    assert view["uploads"] == []


def test_a_page_that_is_ready_after_its_project_was_put_away_leaves_nothing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, other = workshop.session(), workshop.session()
    workshop.add(session, "saved")
    workshop.add(other, "mine")
    view = workshop.open(other, workshop.saved(session)["file"])
    before = sorted(other.root.iterdir())
    real = WordIndex.add

    def slow(*args: Any, **kwargs: Any) -> str:
        page_id = real(*args, **kwargs)
        other.undo(view["undo"]["number"])
        return page_id

    monkeypatch.setattr(WordIndex, "add", slow)
    with pytest.raises(mark.MarkError, match="Another project"):
        other.add(draw_page("late")[0], "late")
    assert [page.title for page in other.pages] == ["mine"]
    assert set(other.root.iterdir()) < set(before)


def test_no_project_is_opened_or_put_away_while_a_hand_is_learnt(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, other = workshop.session(), workshop.session()
    workshop.add(session, "saved")
    workshop.add(other, "mine")
    saved = workshop.saved(session)["file"]
    number = workshop.open(other, saved)["undo"]["number"]
    with monkeypatch.context() as patch:
        patch.setattr(type(other.learning), "running", True)
        view = workshop.open(other, saved)
        assert "being learnt" in notices(view)[-1]
        view = workshop.tab(other).view("pages", "undo", undo=number)
        assert "being learnt" in notices(view)[-1]
        assert [page["title"] for page in view["pages"]] == ["saved"]
    view = workshop.tab(other).view("pages", "undo", undo=number)
    assert [page["title"] for page in view["pages"]] == ["mine"]


def test_a_learnt_hand_comes_back_with_the_project(workshop: Workshop, model: MarkModel) -> None:
    torch.manual_seed(7)
    data = to_bytes(MarkNetwork(model.network.config))
    network = from_bytes(model.network.config, data)
    learnt = MarkModel(network, make_card(network, data, hand={}, **model.card), "cpu")
    session, other = workshop.session(), workshop.session()
    workshop.add(session, "own")
    workshop.add(session, "sample", WordIndex(model))
    before = hits(session, "orders")
    session.copy_samples()
    session.index.set_model(learnt)
    view = workshop.open(other, workshop.saved(session)["file"])
    assert view["learning"]["state"] == "learnt"
    assert hits(other, "orders") == hits(session, "orders") != before
