from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.ui import browser
from mark_core.ui.correcting import correct
from mark_core.ui.corrections import Correction
from mark_core.ui.layout import Layout
from mark_core.ui.question import Question
from mark_core.ui.session import Session
from mark_core.ui.store import SessionStore

from .fakes import FakeIndex, fake_page


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = SessionStore(FakeIndex, tmp_path / "pages").open()
    session.add(fake_page("a"), "a")
    return session


@pytest.mark.parametrize("data", [None, 3, "text", ["list"]])
def test_payload_is_always_a_dict(data: Any) -> None:
    assert browser.payload(SimpleNamespace(_data=data)) == {}
    assert browser.payload(object()) == {}


def test_text_is_cleaned_and_cut() -> None:
    assert browser.text("  two\nwords\x00 ") == "two words"
    assert browser.text(" \t ") is None
    assert browser.text(None) is None
    assert len(browser.text("x" * 10**6) or "") == browser.MAX_TEXT
    with pytest.raises(MarkError):
        browser.text({"text": "x"})


@pytest.mark.parametrize("value", [True, 1.5, "1", None, -1, 11, [1]])
def test_numbers_outside_are_refused(value: Any) -> None:
    with pytest.raises(MarkError):
        browser.number(value, 0, 10)


def test_an_example_must_be_a_word_of_an_open_page(session: Session) -> None:
    sheet = session.sheets[0]
    assert browser.example({"page": sheet.id, "word": 2}, session) == (sheet.id, 2)
    assert browser.example(None, session) is None
    for bad in (
        {"page": sheet.id, "word": 3},
        {"page": sheet.id, "word": -1},
        {"page": sheet.id, "word": True},
        {"page": sheet.id},
        {"page": "another", "word": 0},
        {"page": ["x"], "word": 0},
        "text",
        [sheet.id, 0],
    ):
        with pytest.raises(MarkError):
            browser.example(bad, session)


def test_an_example_names_the_boxes_it_was_clicked_on(session: Session) -> None:
    sheet = session.sheets[0]
    correct(session, sheet.id, 0, Correction("remove", (0,)))
    assert browser.example({"page": sheet.id, "word": 2, "version": 0}, session) == (sheet.id, 1)
    assert browser.example({"page": sheet.id, "word": 1, "version": 1}, session) == (sheet.id, 1)
    for word, version in ((0, 0), (3, 0), (2, 1), (1, 2), (1, "0"), (1, True), (-1, 0)):
        with pytest.raises(MarkError):
            browser.example({"page": sheet.id, "word": word, "version": version}, session)


def test_corrections_are_read(session: Session) -> None:
    page = session.sheets[0].id

    def read(**data: Any) -> Any:
        return browser.correction({"page": page, "version": 0, **data}, session)

    assert read(kind="undo") == (page, 0, Correction("undo"))
    assert read(kind="add", box=[1, 2.5, 30, 12]) == (page, 0, Correction("add", box=(1.0, 2.5, 30.0, 12.0)))
    assert read(kind="change", words=[2], box=[1, 2, 3, 4])[2].words == (2,)
    assert read(kind="split", words=[1], share=0.25)[2].share == 0.25
    assert read(kind="join", words=[1, 2])[2] == Correction("join", (1, 2))
    assert read(kind="remove", words=[0], box="x")[2] == Correction("remove", (0,))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "erase"},
        {"kind": ["undo"]},
        {"kind": "undo", "version": None},
        {"kind": "undo", "version": -1},
        {"kind": "undo", "version": True},
        {"kind": "undo", "page": "another"},
        {"kind": "undo", "words": [0]},
        {"kind": "remove"},
        {"kind": "remove", "words": []},
        {"kind": "remove", "words": "0"},
        {"kind": "remove", "words": [True]},
        {"kind": "remove", "words": [0.5]},
        {"kind": "remove", "words": [-1]},
        {"kind": "remove", "words": [0] * 201},
        {"kind": "join", "words": [0]},
        {"kind": "split", "words": [0]},
        {"kind": "split", "words": [0, 1], "share": 0.5},
        {"kind": "split", "words": [0], "share": 1.5},
        {"kind": "split", "words": [0], "share": float("nan")},
        {"kind": "split", "words": [0], "share": "0.5"},
        {"kind": "add"},
        {"kind": "add", "box": [1, 2, 3]},
        {"kind": "add", "box": [1, 2, 3, None]},
        {"kind": "add", "box": [1, 2, 3, True]},
        {"kind": "add", "box": [1, 2, 3, float("nan")]},
        {"kind": "add", "box": [1, 2, 3, float("inf")]},
        {"kind": "add", "box": [1, 2, 3, 10**400]},
        {"kind": "add", "box": {"x": 1}},
        {"kind": "add", "box": [1, 2, 3, 4], "words": [0]},
        {"kind": "change", "words": [], "box": [1, 2, 3, 4]},
        {"kind": "change", "words": [0, 1], "box": [1, 2, 3, 4]},
    ],
)
def test_corrections_that_make_no_sense_are_refused(session: Session, data: dict[str, Any]) -> None:
    with pytest.raises(MarkError):
        browser.correction({"page": session.sheets[0].id, "version": 0, **data}, session)


@pytest.mark.parametrize("value", ["up", None, 3, "", ["ltr"]])
def test_direction_is_one_of_five(value: Any) -> None:
    with pytest.raises(MarkError):
        browser.layout({"direction": value})
    assert browser.layout({"direction": "ttb-rl"}) == Layout("ttb-rl", False)


@pytest.mark.parametrize("value", [1, None, "true", [True]])
def test_flatten_is_yes_or_no(value: Any) -> None:
    with pytest.raises(MarkError):
        browser.layout({"direction": "auto", "flatten": value})
    assert browser.layout({"direction": "auto", "flatten": True}).flatten


def test_files_must_lie_in_the_upload_folder(tmp_path: Path) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (uploads / "page.png").write_bytes(b"x")
    (uploads / "link.png").symlink_to(tmp_path / "secret.png")
    good = {"path": str(uploads / "page.png"), "name": "my page.png"}
    assert browser.files([good], uploads) == [((uploads / "page.png").resolve(), "my page.png")]
    for bad in (
        str(tmp_path / "secret.png"),
        str(uploads / ".." / "secret.png"),
        str(uploads / "link.png"),
        str(uploads / "missing.png"),
        str(uploads),
        "/etc/passwd",
        "a\x00b",
        5,
    ):
        with pytest.raises(MarkError):
            browser.files([{"path": bad}], uploads)
    for bad_list in ([], None, "x", ["x"], [good] * 61):
        with pytest.raises(MarkError):
            browser.files(bad_list, uploads)


def test_long_names_are_cut(tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(b"x")
    [(_, name)] = browser.files([{"path": str(tmp_path / "page.png"), "name": "n" * 5000}], tmp_path)
    assert len(name) == browser.MAX_NAME


def test_a_question_is_what_how_and_where(session: Session) -> None:
    sheet = session.sheets[0]
    clicked = {"page": sheet.id, "word": 2}
    data = {"text": " one ", "example": clicked, "variants": True, "page": sheet.id}
    assert browser.question(data, session) == Question("one", (sheet.id, 2), True, sheet.id)
    assert browser.question({"text": "one"}, session) == Question("one")
    for bad in (
        {"variants": 1},
        {"variants": None},
        {"page": "another"},
        {"page": 3},
        {"example": {"page": 1}},
    ):
        with pytest.raises(MarkError):
            browser.question({"text": "one", **bad}, session)
