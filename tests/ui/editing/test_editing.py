from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from mark_core import MarkError, Word
from mark_core.ui.collection.edits import SEEN, STALE, STEPS, Edit, History, map_word, new_words
from mark_core.ui.collection.open_page import KEPT, OpenPage
from mark_core.ui.editing.editing import EXAMPLE_GONE, EditResult, edit_boxes
from mark_core.ui.replies import UNEXPECTED
from mark_core.ui.search.query import SearchQuery, search
from mark_core.ui.server import Server
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore

from ..fakes import FakeIndex, fake_page, find
from ..tabs import Tab, replies, text

BOXES = [(10, 10, 30, 12), (50, 10, 30, 12), (90, 10, 30, 12)]
SIZE = (200, 200)
WORDS = tuple(Word(box, order=i) for i, box in enumerate(BOXES))


def move(number: int, *box: int) -> Edit:
    return Edit("change", (number,), box=box)


def draw(*box: int) -> Edit:
    return Edit("add", box=box)


def delete(*numbers: int) -> Edit:
    return Edit("remove", numbers)


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(FakeIndex, tmp_path / "pages")


@pytest.fixture
def session(store: SessionStore) -> Session:
    session = store.open()
    session.add(fake_page("a"), "a")
    return session


def only(session: Session) -> OpenPage:
    [page] = session.pages
    return page


def boxes(session: Session) -> list[Any]:
    """As the browser fetches them; the index must say the same."""
    page = only(session)
    rows = json.loads(Path(page.to_view()["data"]).read_text())["words"]
    assert [row[0] for row in rows] == list(range(page.words))
    assert [tuple(row[1:5]) for row in rows] == [word.box for word in page.entry.words]
    return [tuple(row[1:5]) for row in rows]


def make(session: Session, edit: Edit, version: int | None = None) -> EditResult:
    page = only(session)
    return edit_boxes(session, page.id, page.version if version is None else version, edit)


@pytest.mark.parametrize(
    ("edit", "expected", "words", "text"),
    [
        (draw(130, 10, 30, 12), [*BOXES, (130, 10, 30, 12)], [3], "New box drawn."),
        (move(0, 12, 10, 30, 12), [(12, 10, 30, 12), *BOXES[1:]], [0], "Box moved."),
        (move(0, 10, 10, 35, 14), [(10, 10, 35, 14), *BOXES[1:]], [0], "Box resized."),
        (delete(1), [BOXES[0], BOXES[2]], [], "Box deleted."),
        (delete(0, 1), [BOXES[2]], [], "2 boxes deleted."),
        (Edit("join", (0, 1)), [(10, 10, 70, 12), BOXES[2]], [0], "2 boxes joined into one."),
        (
            Edit("split", (1,), share=0.4),
            [BOXES[0], (50, 10, 12, 12), (62, 10, 18, 12), BOXES[2]],
            [1, 2],
            "Box split into two.",
        ),
    ],
)
def test_an_edit_is_made_told_undone_and_made_again(
    session: Session, edit: Edit, expected: list[Any], words: list[int], text: str
) -> None:
    result = make(session, edit)
    assert (str(result.message), list(result.words)) == (f"{text} Undo is possible.", words)
    assert boxes(session) == expected
    view = only(session).to_view()
    assert (view["words"], view["version"], view["undo"], view["redo"]) == (len(expected), 1, True, False)
    make(session, Edit("undo"))
    assert boxes(session) == BOXES
    assert (only(session).to_view()["undo"], only(session).to_view()["redo"]) == (False, True)
    make(session, Edit("redo"))
    assert boxes(session) == expected


def test_nothing_to_undo_is_said_and_changes_nothing(session: Session) -> None:
    for action in ("undo", "redo"):
        with pytest.raises(MarkError, match=f"nothing to {action}"):
            make(session, Edit(action))
    make(session, delete(0))
    make(session, Edit("undo"))
    make(session, delete(1))
    with pytest.raises(MarkError, match="nothing to redo"):
        make(session, Edit("redo"))  # a new correction ends the way forward


def test_a_refused_edit_leaves_the_page_as_it_was(session: Session) -> None:
    before = only(session)
    for wrong in (
        draw(10, 10, 1, 1),
        draw(500, 500, 30, 30),
        delete(9),
        Edit("split", (0,), share=0.01),
    ):
        with pytest.raises(MarkError):
            make(session, wrong)
    assert only(session) is before
    assert boxes(session) == BOXES


def test_undo_and_old_files_are_bounded(session: Session) -> None:
    for step in range(STEPS + 5):
        make(session, move(0, 10 + step % 2 + 1, 10, 30, 12))
    assert len(list(only(session).folder.glob("words-*.json"))) == KEPT
    assert len(only(session).history.seen) == SEEN
    for _ in range(STEPS):
        make(session, Edit("undo"))
    with pytest.raises(MarkError, match="nothing to undo"):
        make(session, Edit("undo"))


def test_an_edit_of_older_boxes_finds_its_word_or_is_refused(session: Session) -> None:
    make(session, delete(0), version=0)
    make(session, delete(1), version=0)  # the middle word, number 0 by now
    assert boxes(session) == [BOXES[2]]
    make(session, draw(130, 10, 30, 12), version=0)
    for stale in (delete(1), Edit("undo"), Edit("redo")):
        with pytest.raises(MarkError, match="in the meantime"):
            make(session, stale, version=0)
    for unknown in (99, only(session).version + 1):
        with pytest.raises(MarkError, match="in the meantime"):
            make(session, delete(0), version=unknown)
    assert boxes(session) == [BOXES[2], (130, 10, 30, 12)]


def test_a_version_too_old_to_be_known_is_refused() -> None:
    history, now = History(), WORDS
    for step in range(SEEN + 1):
        now, history = history.apply(move(0, 11 + step % 2, 10, 30, 12), now, SIZE)
    assert history.rebase(delete(1), SEEN, now) == delete(1)
    with pytest.raises(MarkError, match=STALE[:20]):
        history.rebase(delete(1), SEEN + 1, now)


def test_edits_at_the_same_time_are_all_kept(session: Session) -> None:
    threads = [
        threading.Thread(target=make, args=(session, draw(10, 40 + 15 * k, 30, 10), 0)) for k in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(boxes(session)) == 3 + 8
    assert only(session).version == 8


def test_words_are_followed() -> None:
    assert map_word(1, WORDS, WORDS[1:]) == 0
    assert map_word(0, WORDS, WORDS[1:]) is None
    moved, _ = History().apply(move(0, 10, 150, 30, 12), WORDS, SIZE)
    assert moved[map_word(0, WORDS, moved)].box == (10, 150, 30, 12)
    joined, _ = History().apply(Edit("join", (0, 1)), WORDS, SIZE)
    assert [map_word(n, WORDS, joined) for n in range(3)] == [0, 0, 1]
    parted, _ = History().apply(Edit("split", (1,), share=0.3), WORDS, SIZE)
    assert [map_word(n, WORDS, parted) for n in range(3)] == [0, 2, 3]
    assert new_words(WORDS, parted) == [1, 2]


def lent(store: SessionStore, lender: Session) -> Session:
    """A session with a sample: a page that another index answers for."""
    session = store.open()
    session.keep(only(lender))
    return session


def test_a_sample_is_edited_as_a_copy(store: SessionStore, session: Session) -> None:
    shared = only(session)
    one, other = lent(store, session), lent(store, session)
    with pytest.raises(MarkError):
        make(one, delete(9))
    assert only(one) is shared  # a refused correction copies nothing
    make(one, delete(0))
    make(one, delete(0))
    assert boxes(one) == [BOXES[2]]
    assert boxes(other) == boxes(session) == BOXES
    assert only(other) is only(session) is shared
    assert (shared.version, len(shared.entry.words)) == (0, 3)
    own = only(one).to_view()
    assert (own["id"], own["picture"]) == (shared.id, str(shared.folder / "page.jpg"))
    assert len(one.index.pages) == 1  # the second correction made no second copy
    assert one.nbytes == 0  # its pixels are still the shared ones
    assert [hit["word"] for hit in find(one, "word", None)] == [0]
    one.keep(shared)  # opened again
    assert boxes(one) == [BOXES[2]]


def test_a_closed_copy_leaves_the_sample_and_its_pictures(store: SessionStore, session: Session) -> None:
    one = lent(store, session)
    make(one, delete(0))
    removed = only(one).boxes
    one.remove(only(one).id)
    assert one.index.pages == []
    one.keep(only(session))  # the sample itself again
    assert boxes(one) == BOXES
    make(one, delete(0))
    own = only(one).boxes
    store.close(one.key)
    assert not own.exists()
    assert not removed.exists()
    assert Path(only(session).to_view()["picture"]).is_file()
    assert boxes(session) == BOXES


def test_a_page_closed_meanwhile_is_not_edited(session: Session) -> None:
    page = only(session)
    session.remove(page.id)
    with pytest.raises(MarkError, match="no longer open"):
        edit_boxes(session, page.id, 0, delete(0))


def answered(session: Session, text: str | None, word: int | None) -> None:
    """The session's last search, as the feature leaves it."""
    page = only(session)
    session.query = SearchQuery(text, None if word is None else (page.id, word))
    session.result = search(4, session.query, [page], session.decisions)


def test_the_last_search_is_made_again(session: Session) -> None:
    make(session, delete(2))
    assert session.result is None  # nothing was asked yet
    answered(session, "word", 1)
    make(session, delete(0))
    assert session.index.asked[-1] == ("word", ("a-0", 0))
    result = session.result
    assert (result.number, result.revision, result.error) == (4, 1, None)
    assert result.query.example == (only(session).id, 0)
    assert [(hit["word"], tuple(hit["box"])) for hit in result.hits] == [(0, BOXES[1])]


def test_a_deleted_example_is_dropped_with_a_sentence(session: Session) -> None:
    answered(session, "word", 1)
    make(session, delete(1))
    assert session.notices.last[-1].message == EXAMPLE_GONE
    assert (session.result.query.example, session.result.error) == (None, None)
    assert session.index.asked[-1] == ("word", None)
    answered(session, None, 1)
    make(session, delete(1))
    assert (session.result.query.example, session.result.error) == (None, EXAMPLE_GONE)
    assert session.result.hits == ()


def test_a_search_that_fails_does_not_undo_the_edit(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(session, "word", None)
    monkeypatch.setattr(FakeIndex, "search", lambda *_, **__: 1 / 0)
    make(session, delete(0))
    assert boxes(session) == BOXES[1:]
    assert "press Find" in str(session.result.error)


def test_a_word_clicked_on_older_boxes_is_the_same_word(session: Session) -> None:
    page = only(session)
    make(session, delete(0))
    assert session.page(page.id).current_word(2, 0) == 1
    assert session.page(page.id).current_word(1, 1) == 1
    for gone in (0, 7):
        with pytest.raises(MarkError, match="no box any more"):
            session.page(page.id).current_word(gone, 0)


def test_all_boxes_may_go_and_new_ones_come(session: Session) -> None:
    make(session, delete(0, 1, 2))
    assert boxes(session) == []
    make(session, draw(10, 10, 30, 12))
    assert boxes(session) == [(10, 10, 30, 12)]


# From the browser's request to its view


def test_an_edit_is_answered_with_new_boxes_and_new_hits(server: Server) -> None:
    tab, view = Tab.arrive(server)
    before = view["pages"][0]
    tab.view("search", "search", text="one", example={"page": before["id"], "word": 1, "version": 0})
    view = tab.view("editing", "remove", page=before["id"], version=0, words=[0])
    after = view["pages"][0]
    (reply,) = replies(view, "editing")
    assert (reply["number"], reply["state"], reply["data"]["words"]) == (2, "done", [])
    assert text(reply["data"]["message"]) == "Box deleted. Undo is possible."
    assert (after["id"], after["sample"], after["words"], after["version"]) == (before["id"], "a.png", 2, 1)
    assert after["data"] != before["data"]
    assert (view["search"]["number"], view["search"]["revision"]) == (1, 1)
    assert view["search"]["example"]["word"] == 0
    assert [hit["word"] for hit in view["search"]["hits"]] == [0, 1]
    again = tab.view("uploads", "open_sample", file="a.png")
    assert again["pages"] == view["pages"]  # opening it again does not lose what was edited
    _, other = Tab.arrive(server, "other tab")
    assert other["pages"] == [before]


@pytest.mark.parametrize(
    ("action", "fields"), [("", {}), ("remove", {}), ("remove", {"words": [9], "version": 0})]
)
def test_an_edit_that_cannot_be_made_gets_a_sentence(
    server: Server, action: str, fields: dict[str, Any]
) -> None:
    tab, view = Tab.arrive(server)
    after = tab.view("editing", action, page=view["pages"][0]["id"], **fields)
    assert text(replies(after, "editing")[-1]["error"]).endswith(".")
    assert after["pages"] == view["pages"]


def test_a_fault_in_an_edit_is_told_and_survived(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, view = Tab.arrive(server)
    asked = {"page": view["pages"][0]["id"], "version": 0, "words": [0]}
    with monkeypatch.context() as patch:
        patch.setattr(FakeIndex, "edit_words", lambda *_: 1 / 0)
        assert tab.error("editing", "remove", **asked) == str(UNEXPECTED)
    assert tab.session.index.pages == []  # the copy of the sample went again
    assert tab.reply("editing", "remove", **asked)["state"] == "done"
