from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mark_core import MarkError, Word
from mark_core.ui.requests import Request
from mark_core.ui.search import reading
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore

from ..fakes import FakeIndex, fake_page


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A page with two words on one line and one on the next."""
    session = SessionStore(FakeIndex, tmp_path / "pages").open()
    words = [
        Word((10, 10, 30, 12), line=0, order=0),
        Word((50, 10, 30, 12), line=0, order=1),
        Word((10, 40, 30, 12), line=1, order=2),
    ]
    session.add(fake_page("a"), "a")
    (page,) = session.pages
    page.index.edit_words(page.page_id, words)
    return session


def read(session: Session, **fields: Any) -> dict[str, Any]:
    fields = {"page": session.pages[0].id, "boxes": 1, **fields}
    return reading.read_lines(session, Request("reading", "line", 1, fields))


def test_the_line_of_a_word_is_read_and_the_word_marked(session: Session) -> None:
    (line,) = read(session, word=1)["lines"]
    assert line["line"] == 0
    assert [word["text"] for word in line["words"]] == ["w0", "w1"]
    assert [word["here"] for word in line["words"]] == [False, True]
    assert line["words"][0]["certainties"] == [0.95, 0.4]


def test_what_goes_on_in_the_next_line_is_read_in_both(session: Session) -> None:
    lines = read(session, word=1, boxes=2)["lines"]
    assert [line["line"] for line in lines] == [0, 1]
    assert [[word["text"] for word in line["words"] if word["here"]] for line in lines] == [["w1"], ["w2"]]


@pytest.mark.parametrize("fields", [{"word": 9}, {"word": 0, "boxes": 0}, {"word": 0, "boxes": 99}, {}])
def test_what_makes_no_sense_is_refused(session: Session, fields: dict[str, Any]) -> None:
    with pytest.raises(MarkError):
        read(session, **fields)


def test_a_word_whose_line_was_not_read_says_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    index, before = session.pages[0].index, FakeIndex.read
    monkeypatch.setattr(FakeIndex, "read", lambda self, page: before(self, page)[1:])
    assert index.read(session.pages[0].page_id)
    with pytest.raises(MarkError, match="could not read"):
        read(session, word=0)
