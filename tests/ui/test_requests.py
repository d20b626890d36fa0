from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.ui import requests
from mark_core.ui.collection.edits import Edit
from mark_core.ui.editing.editing import edit_boxes, read_edit
from mark_core.ui.requests import Request
from mark_core.ui.search.query import SearchQuery
from mark_core.ui.search.search import read_query
from mark_core.ui.session.session import Session
from mark_core.ui.session.store import SessionStore
from mark_core.ui.uploads.layout import Layout
from mark_core.ui.uploads.uploads import read_layout

from .fakes import FakeIndex, fake_page


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = SessionStore(FakeIndex, tmp_path / "pages").open()
    session.add(fake_page("a"), "a")
    return session


def request(action: Any = "", **fields: Any) -> Request:
    return Request("feature", action, 1, fields)


@pytest.mark.parametrize(
    "data", [None, 3, "text", ["list"], {}, {"action": "a"}, {"number": 1}, {"action": ["a"], "number": 1}]
)
def test_what_is_no_request_is_refused(data: Any) -> None:
    for event in (SimpleNamespace(_data=data), object()):
        with pytest.raises(MarkError, match="makes no sense"):
            Request.of_event("search", event)


def test_a_request_is_what_of_which_feature_with_its_fields() -> None:
    data = {"action": "search", "number": 3, "text": "fort"}
    read = Request.of_event("search", SimpleNamespace(_data=data))
    assert (read.feature, read.action, read.number, read.get("text")) == ("search", "search", 3, "fort")
    assert read.get("page") is None


def test_text_is_cleaned_and_cut() -> None:
    assert requests.text("  two\nwords\x00 ") == "two words"
    assert requests.text(" \t ") is None
    assert requests.text(None) is None
    assert len(requests.text("x" * 10**6) or "") == requests.MAX_TEXT
    with pytest.raises(MarkError):
        requests.text({"text": "x"})


@pytest.mark.parametrize("value", [True, 1.5, "1", None, -1, 11, [1]])
def test_numbers_outside_are_refused(value: Any) -> None:
    with pytest.raises(MarkError):
        requests.whole_number(value, 0, 10)


def test_an_example_must_be_a_word_of_an_open_page(session: Session) -> None:
    page = session.pages[0]
    assert requests.word_place({"page": page.id, "word": 2}, session) == (page.id, 2)
    assert requests.word_place(None, session) is None
    for bad in (
        {"page": page.id, "word": 3},
        {"page": page.id, "word": -1},
        {"page": page.id, "word": True},
        {"page": page.id},
        {"page": "another", "word": 0},
        {"page": ["x"], "word": 0},
        "text",
        [page.id, 0],
    ):
        with pytest.raises(MarkError):
            requests.word_place(bad, session)


def test_an_example_names_the_boxes_it_was_clicked_on(session: Session) -> None:
    page = session.pages[0]
    edit_boxes(session, page.id, 0, Edit("remove", (0,)))
    assert requests.word_place({"page": page.id, "word": 2, "version": 0}, session) == (page.id, 1)
    assert requests.word_place({"page": page.id, "word": 1, "version": 1}, session) == (page.id, 1)
    for word, version in ((0, 0), (3, 0), (2, 1), (1, 2), (1, "0"), (1, True), (-1, 0)):
        with pytest.raises(MarkError):
            requests.word_place({"page": page.id, "word": word, "version": version}, session)


def test_edits_are_read(session: Session) -> None:
    page = session.pages[0].id

    def read(action: str, **fields: Any) -> Any:
        return read_edit(request(action, page=page, version=0, **fields), session)

    assert read("undo") == (page, 0, Edit("undo"))
    assert read("add", box=[1, 2.5, 30, 12]) == (page, 0, Edit("add", box=(1.0, 2.5, 30.0, 12.0)))
    assert read("change", words=[2], box=[1, 2, 3, 4])[2].words == (2,)
    assert read("split", words=[1], share=0.25)[2].share == 0.25
    assert read("join", words=[1, 2])[2] == Edit("join", (1, 2))
    assert read("remove", words=[0], box="x")[2] == Edit("remove", (0,))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": "erase"},
        {"action": ["undo"]},
        {"action": "undo", "version": None},
        {"action": "undo", "version": -1},
        {"action": "undo", "version": True},
        {"action": "undo", "page": "another"},
        {"action": "undo", "words": [0]},
        {"action": "remove"},
        {"action": "remove", "words": []},
        {"action": "remove", "words": "0"},
        {"action": "remove", "words": [True]},
        {"action": "remove", "words": [0.5]},
        {"action": "remove", "words": [-1]},
        {"action": "remove", "words": [0] * 201},
        {"action": "join", "words": [0]},
        {"action": "split", "words": [0]},
        {"action": "split", "words": [0, 1], "share": 0.5},
        {"action": "split", "words": [0], "share": 1.5},
        {"action": "split", "words": [0], "share": float("nan")},
        {"action": "split", "words": [0], "share": "0.5"},
        {"action": "add"},
        {"action": "add", "box": [1, 2, 3]},
        {"action": "add", "box": [1, 2, 3, None]},
        {"action": "add", "box": [1, 2, 3, True]},
        {"action": "add", "box": [1, 2, 3, float("nan")]},
        {"action": "add", "box": [1, 2, 3, float("inf")]},
        {"action": "add", "box": [1, 2, 3, 10**400]},
        {"action": "add", "box": {"x": 1}},
        {"action": "add", "box": [1, 2, 3, 4], "words": [0]},
        {"action": "change", "words": [], "box": [1, 2, 3, 4]},
        {"action": "change", "words": [0, 1], "box": [1, 2, 3, 4]},
    ],
)
def test_edits_that_make_no_sense_are_refused(session: Session, data: dict[str, Any]) -> None:
    with pytest.raises(MarkError):
        read_edit(request(**{"page": session.pages[0].id, "version": 0, **data}), session)


@pytest.mark.parametrize("value", ["up", None, 3, "", ["ltr"]])
def test_direction_is_one_of_five(value: Any) -> None:
    with pytest.raises(MarkError):
        read_layout(request(direction=value))
    assert read_layout(request(direction="ttb-rl")) == Layout("ttb-rl", False)


@pytest.mark.parametrize("value", ["runes", None, 3, "", ["greek"]])
def test_script_is_one_that_is_read(value: Any) -> None:
    with pytest.raises(MarkError):
        read_layout(request(direction="auto", script=value))
    assert read_layout(request(direction="auto", script="greek")) == Layout("auto", False, "greek")
    assert read_layout(request(direction="auto", script="auto")) == read_layout(request(direction="auto"))


@pytest.mark.parametrize("value", [1, None, "true", [True]])
def test_flatten_is_yes_or_no(value: Any) -> None:
    with pytest.raises(MarkError):
        read_layout(request(direction="auto", flatten=value))
    assert read_layout(request(direction="auto", flatten=True)).flatten


def test_files_must_lie_in_the_upload_folder(tmp_path: Path) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (uploads / "page.png").write_bytes(b"x")
    (uploads / "link.png").symlink_to(tmp_path / "secret.png")
    good = {"path": str(uploads / "page.png"), "name": "my page.png"}
    assert requests.files([good], uploads) == [((uploads / "page.png").resolve(), "my page.png")]
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
            requests.files([{"path": bad}], uploads)
    for bad_list in ([], None, "x", ["x"], [good] * 61):
        with pytest.raises(MarkError):
            requests.files(bad_list, uploads)


def test_long_names_are_cut(tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(b"x")
    [(_, name)] = requests.files([{"path": str(tmp_path / "page.png"), "name": "n" * 5000}], tmp_path)
    assert len(name) == requests.MAX_NAME


def test_a_query_is_what_how_and_where(session: Session) -> None:
    page = session.pages[0]
    clicked = {"page": page.id, "word": 2}
    data = {"text": " one ", "example": clicked, "variants": True, "page": page.id}
    assert read_query(request(**data), session) == SearchQuery("one", (page.id, 2), True, page.id)
    assert read_query(request(**{"text": "one"}), session) == SearchQuery("one")
    in_latin = request(**{"text": "one", "abbreviations": "la"})
    assert read_query(in_latin, session) == SearchQuery("one", abbreviations="la")
    for bad in (
        {"variants": 1},
        {"variants": None},
        {"abbreviations": "xx"},
        {"abbreviations": ["la"]},
        {"page": "another"},
        {"page": 3},
        {"example": {"page": 1}},
    ):
        with pytest.raises(MarkError):
            read_query(request(**{"text": "one", **bad}), session)
