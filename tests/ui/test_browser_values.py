from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.ui import browser
from mark_core.ui.session import Session, SessionStore

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


@pytest.mark.parametrize("value", ["up", None, 3, "", ["ltr"]])
def test_direction_is_one_of_four(value: Any) -> None:
    with pytest.raises(MarkError):
        browser.direction(value)
    assert browser.direction("ttb") == "ttb"


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
