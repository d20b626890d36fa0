from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from mark_core import MarkError, Word
from mark_core.ui import correcting
from mark_core.ui.correcting import GONE
from mark_core.ui.corrections import SEEN, STALE, STEPS, Correction, History, follow, fresh
from mark_core.ui.question import Question
from mark_core.ui.session import Session
from mark_core.ui.sheet import KEPT, Sheet
from mark_core.ui.store import SessionStore

from .fakes import FakeIndex, fake_page, find

BOXES = [(10, 10, 30, 12), (50, 10, 30, 12), (90, 10, 30, 12)]
SIZE = (200, 200)
WORDS = tuple(Word(box, order=i) for i, box in enumerate(BOXES))


def move(number: int, *box: int) -> Correction:
    return Correction("change", (number,), box=box)


def draw(*box: int) -> Correction:
    return Correction("add", box=box)


def delete(*numbers: int) -> Correction:
    return Correction("remove", numbers)


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(FakeIndex, tmp_path / "pages")


@pytest.fixture
def session(store: SessionStore) -> Session:
    session = store.open()
    session.add(fake_page("a"), "a")
    return session


def only(session: Session) -> Sheet:
    [sheet] = session.sheets
    return sheet


def boxes(session: Session) -> list[Any]:
    """As the browser fetches them; the index must say the same."""
    sheet = only(session)
    rows = json.loads(Path(sheet.to_view()["data"]).read_text())["words"]
    assert [row[0] for row in rows] == list(range(sheet.words))
    assert [tuple(row[1:5]) for row in rows] == [word.box for word in sheet.entry.words]
    return [tuple(row[1:5]) for row in rows]


def correct(session: Session, correction: Correction, version: int | None = None) -> dict[str, Any]:
    sheet = only(session)
    correcting.correct(session, sheet.id, sheet.version if version is None else version, correction, 7)
    return session.corrected


@pytest.mark.parametrize(
    ("correction", "expected", "words", "text"),
    [
        (draw(130, 10, 30, 12), [*BOXES, (130, 10, 30, 12)], [3], "New box drawn."),
        (move(0, 12, 10, 30, 12), [(12, 10, 30, 12), *BOXES[1:]], [0], "Box moved."),
        (move(0, 10, 10, 35, 14), [(10, 10, 35, 14), *BOXES[1:]], [0], "Box resized."),
        (delete(1), [BOXES[0], BOXES[2]], [], "Box deleted."),
        (delete(0, 1), [BOXES[2]], [], "2 boxes deleted."),
        (Correction("join", (0, 1)), [(10, 10, 70, 12), BOXES[2]], [0], "2 boxes joined into one."),
        (
            Correction("split", (1,), share=0.4),
            [BOXES[0], (50, 10, 12, 12), (62, 10, 18, 12), BOXES[2]],
            [1, 2],
            "Box split into two.",
        ),
    ],
)
def test_a_correction_is_made_told_undone_and_made_again(
    session: Session, correction: Correction, expected: list[Any], words: list[int], text: str
) -> None:
    answer = correct(session, correction)
    assert answer == {"seq": 7, "error": None, "text": f"{text} Undo is possible.", "words": words}
    assert boxes(session) == expected
    view = only(session).to_view()
    assert (view["words"], view["version"], view["undo"], view["redo"]) == (len(expected), 1, True, False)
    correct(session, Correction("undo"))
    assert boxes(session) == BOXES
    assert (only(session).to_view()["undo"], only(session).to_view()["redo"]) == (False, True)
    correct(session, Correction("redo"))
    assert boxes(session) == expected


def test_nothing_to_undo_is_said_and_changes_nothing(session: Session) -> None:
    for kind in ("undo", "redo"):
        with pytest.raises(MarkError, match=f"nothing to {kind}"):
            correct(session, Correction(kind))
    correct(session, delete(0))
    correct(session, Correction("undo"))
    correct(session, delete(1))
    with pytest.raises(MarkError, match="nothing to redo"):
        correct(session, Correction("redo"))  # a new correction ends the way forward


def test_a_refused_correction_leaves_the_page_as_it_was(session: Session) -> None:
    before = only(session)
    for wrong in (
        draw(10, 10, 1, 1),
        draw(500, 500, 30, 30),
        delete(9),
        Correction("split", (0,), share=0.01),
    ):
        with pytest.raises(MarkError):
            correct(session, wrong)
    assert only(session) is before
    assert boxes(session) == BOXES


def test_undo_and_old_files_are_bounded(session: Session) -> None:
    for step in range(STEPS + 5):
        correct(session, move(0, 10 + step % 2 + 1, 10, 30, 12))
    assert len(list(only(session).folder.glob("words-*.json"))) == KEPT
    assert len(only(session).history.seen) == SEEN
    for _ in range(STEPS):
        correct(session, Correction("undo"))
    with pytest.raises(MarkError, match="nothing to undo"):
        correct(session, Correction("undo"))


def test_a_correction_of_older_boxes_finds_its_word_or_is_refused(session: Session) -> None:
    correct(session, delete(0), version=0)
    correct(session, delete(1), version=0)  # the middle word, number 0 by now
    assert boxes(session) == [BOXES[2]]
    correct(session, draw(130, 10, 30, 12), version=0)
    for stale in (delete(1), Correction("undo"), Correction("redo")):
        with pytest.raises(MarkError, match="in the meantime"):
            correct(session, stale, version=0)
    for unknown in (99, only(session).version + 1):
        with pytest.raises(MarkError, match="in the meantime"):
            correct(session, delete(0), version=unknown)
    assert boxes(session) == [BOXES[2], (130, 10, 30, 12)]


def test_a_version_too_old_to_be_known_is_refused() -> None:
    history, now = History(), WORDS
    for step in range(SEEN + 1):
        now, history = history.step(move(0, 11 + step % 2, 10, 30, 12), now, SIZE)
    assert history.rebase(delete(1), SEEN, now) == delete(1)
    with pytest.raises(MarkError, match=STALE[:20]):
        history.rebase(delete(1), SEEN + 1, now)


def test_corrections_at_the_same_time_are_all_kept(session: Session) -> None:
    threads = [
        threading.Thread(target=correct, args=(session, draw(10, 40 + 15 * k, 30, 10), 0)) for k in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(boxes(session)) == 3 + 8
    assert only(session).version == 8


def test_words_are_followed() -> None:
    assert follow(1, WORDS, WORDS[1:]) == 0
    assert follow(0, WORDS, WORDS[1:]) is None
    moved, _ = History().step(move(0, 10, 150, 30, 12), WORDS, SIZE)
    assert moved[follow(0, WORDS, moved)].box == (10, 150, 30, 12)
    joined, _ = History().step(Correction("join", (0, 1)), WORDS, SIZE)
    assert [follow(n, WORDS, joined) for n in range(3)] == [0, 0, 1]
    parted, _ = History().step(Correction("split", (1,), share=0.3), WORDS, SIZE)
    assert [follow(n, WORDS, parted) for n in range(3)] == [0, 2, 3]
    assert fresh(WORDS, parted) == [1, 2]


def lent(store: SessionStore, lender: Session) -> Session:
    """A session with a sample: a sheet that another index answers for."""
    session = store.open()
    session.keep(only(lender))
    return session


def test_a_sample_is_corrected_as_a_copy(store: SessionStore, session: Session) -> None:
    shared = only(session)
    one, other = lent(store, session), lent(store, session)
    with pytest.raises(MarkError):
        correct(one, delete(9))
    assert only(one) is shared  # a refused correction copies nothing
    correct(one, delete(0))
    correct(one, delete(0))
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
    correct(one, delete(0))
    removed = only(one).boxes
    one.remove(only(one).id)
    assert one.index.pages == []
    one.keep(only(session))  # the sample itself again
    assert boxes(one) == BOXES
    correct(one, delete(0))
    own = only(one).boxes
    store.close(one.key)
    assert not own.exists()
    assert not removed.exists()
    assert Path(only(session).to_view()["picture"]).is_file()
    assert boxes(session) == BOXES


def test_a_page_closed_meanwhile_is_not_corrected(session: Session) -> None:
    sheet = only(session)
    session.remove(sheet.id)
    with pytest.raises(MarkError, match="no longer open"):
        correcting.correct(session, sheet.id, 0, delete(0))


def answered(session: Session, text: str | None, word: int | None) -> None:
    """The session's last search, as the desk leaves it."""
    sheet = only(session)
    question = Question(text, None if word is None else (sheet.id, word))
    session.question = question
    session.result = {"seq": 4, "turn": 0, **question.answer([sheet], session.decisions), "error": None}


def test_the_last_search_is_made_again(session: Session) -> None:
    correct(session, delete(2))
    assert session.result is None  # nothing was asked yet
    answered(session, "word", 1)
    correct(session, delete(0))
    assert session.index.asked[-1] == ("word", ("a-0", 0))
    result = session.result
    assert (result["seq"], result["turn"], result["error"]) == (4, 1, None)
    assert result["example"] == {"page": only(session).id, "word": 0}
    assert [(hit["word"], tuple(hit["box"])) for hit in result["hits"]] == [(0, BOXES[1])]


def test_a_deleted_example_is_dropped_with_a_sentence(session: Session) -> None:
    answered(session, "word", 1)
    correct(session, delete(1))
    assert session.notices[-1]["text"] == GONE
    assert (session.result["example"], session.result["error"]) == (None, None)
    assert session.index.asked[-1] == ("word", None)
    answered(session, None, 1)
    correct(session, delete(1))
    assert (session.result["example"], session.result["error"]) == (None, GONE)
    assert session.result["hits"] == []


def test_a_search_that_fails_does_not_undo_the_correction(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(session, "word", None)
    monkeypatch.setattr(FakeIndex, "search", lambda *_, **__: 1 / 0)
    correct(session, delete(0))
    assert boxes(session) == BOXES[1:]
    assert "press Find" in session.result["error"]


def test_a_word_clicked_on_older_boxes_is_the_same_word(session: Session) -> None:
    sheet = only(session)
    correct(session, delete(0))
    assert session.sheet(sheet.id).word_now(2, 0) == 1
    assert session.sheet(sheet.id).word_now(1, 1) == 1
    for gone in (0, 7):
        with pytest.raises(MarkError, match="no box any more"):
            session.sheet(sheet.id).word_now(gone, 0)


def test_all_boxes_may_go_and_new_ones_come(session: Session) -> None:
    correct(session, delete(0, 1, 2))
    assert boxes(session) == []
    correct(session, draw(10, 10, 30, 12))
    assert boxes(session) == [(10, 10, 30, 12)]
